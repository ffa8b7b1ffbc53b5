import { Gpio } from 'onoff';
import { reasonOf } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Levels, Line } from '../../base/signal.ts';
import { GPIO_FOLDER, kernelNumbers, readChips } from './gpio-numbers.ts';
import type { SignalWiring, Wire } from './signal-wiring.ts';

/** The wires, owned. */
export interface SignalLines {
  /** Puts all lines on these levels; throws where the kernel refuses. */
  write(levels: Levels): void;
  /** Puts every line to rest that can still be reached; never throws. */
  makeSafe(): void;
}

/**
 * Takes the lines of `wiring`, each at rest from the first moment. An error is one sentence for the technician; the
 * lines taken until then are at rest.
 */
export function openLines(wiring: SignalWiring): Result<SignalLines, string> {
  const numbers = kernelNumbers(readChips(GPIO_FOLDER), wiring);
  if (!numbers.ok) return numbers;
  const outputs = new Map<Line, Gpio>();
  for (const [line, number] of numbers.value) {
    const output = openOutput(line, number, wiring.lines[line]);
    if (!output.ok) return output;
    outputs.set(line, output.value);
  }
  return ok({
    write(levels) {
      for (const [line, output] of outputs) output.writeSync(levels[line] ? Gpio.HIGH : Gpio.LOW);
    },
    makeSafe() {
      for (const output of outputs.values()) {
        try {
          output.writeSync(Gpio.LOW);
        } catch {
          // One dead line must not keep the others on; whoever calls this is on the way out and has said why.
        }
      }
    },
  });
}

function openOutput(line: Line, number: number, { gpio, activeLow }: Wire): Result<Gpio, string> {
  try {
    // 'high' and 'low' are levels of the wire whatever active_low says, and set direction and level in one write: the
    // line goes straight to rest. It is never unexported, which would let some pin controllers float it.
    const output = new Gpio(number, activeLow ? 'high' : 'low', undefined, { activeLow });
    // onoff ignores what it cannot set on a line that was exported before.
    if (output.direction() === 'in' || output.activeLow() !== activeLow) {
      return err(`The line ${line} (gpio ${gpio}) cannot be made an output: end the program that has exported it.`);
    }
    output.writeSync(Gpio.LOW);
    return ok(output);
  } catch (thrown) {
    return err(explain(line, gpio, thrown));
  }
}

function explain(line: Line, gpio: number, thrown: unknown): string {
  const message = reasonOf(thrown);
  if (/EACCES|EPERM|EROFS/.test(message)) {
    return `This user may not use the line ${line} (gpio ${gpio}): add it to the group gpio and start again.`;
  }
  if (message.includes('EBUSY')) {
    return `The line ${line} (gpio ${gpio}) is used by another driver: free it in config.txt or wire another one.`;
  }
  return `The line ${line} (gpio ${gpio}) cannot be used (${message.slice(0, 120)}): correct signal.lines.${line}.gpio.`;
}
