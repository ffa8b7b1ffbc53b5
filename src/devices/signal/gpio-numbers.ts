import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { LINES, type Line } from '../../base/signal.ts';
import type { SignalWiring } from './signal-wiring.ts';

/** Where the kernel shows its GPIO chips; onoff uses the same folder. */
export const GPIO_FOLDER = '/sys/class/gpio';

export interface GpioChip {
  readonly label: string;
  /** The kernel number of its first line: 0 on old kernels, 512 or anything else on newer ones. */
  readonly base: number;
  readonly lineCount: number;
}

/** The chips of `folder`; none where the folder is absent or unreadable. */
export function readChips(folder: string): readonly GpioChip[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^gpiochip\d+$/.test(name))
      .map((name) => {
        const read = (member: string): string => readFileSync(join(folder, name, member), 'utf8').trim();
        return { label: read('label'), base: Number(read('base')), lineCount: Number(read('ngpio')) };
      });
  } catch {
    return [];
  }
}

/**
 * The kernel numbers of all lines: the base of the chip with that label plus the line's own number. An error is one
 * sentence that says what to correct in hardware.yaml.
 */
export function kernelNumbers(
  chips: readonly GpioChip[],
  { chip: label, lines }: SignalWiring,
): Result<ReadonlyMap<Line, number>, string> {
  if (chips.length === 0) {
    return err(
      `This system shows no GPIO chip in ${GPIO_FOLDER}: use a kernel with GPIO sysfs, or signal.driver simulated.`,
    );
  }
  const found = chips.filter((chip) => chip.label === label);
  const [chip] = found;
  if (chip === undefined) {
    const labels = [...new Set(chips.map((other) => `"${other.label}"`))].join(', ');
    return err(`No GPIO chip is called "${label}": write one of ${labels} as signal.chip in hardware.yaml.`);
  }
  if (found.length > 1) {
    return err(`${found.length} GPIO chips are called "${label}": write the label of another one as signal.chip.`);
  }
  const numbers = new Map<Line, number>();
  for (const line of LINES) {
    const { gpio } = lines[line];
    if (!Number.isInteger(gpio) || gpio < 0 || gpio >= chip.lineCount) {
      const last = chip.lineCount - 1;
      return err(`The chip "${label}" has lines 0 to ${last} and no ${gpio}: correct signal.lines.${line}.gpio.`);
    }
    const other = [...numbers].find(([, number]) => number === chip.base + gpio)?.[0];
    if (other !== undefined)
      return err(`The lines ${other} and ${line} are both on gpio ${gpio}: correct one of them.`);
    numbers.set(line, chip.base + gpio);
  }
  return ok(numbers);
}
