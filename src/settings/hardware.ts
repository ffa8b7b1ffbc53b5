import * as z from 'zod';
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { BOARD_NAMES, BOARDS, type BoardName } from './boards.ts';
import { wrongValue } from './complaint.ts';
import { byDriver, group, oneOf, text, wholeNumber, yesOrNo } from './members.ts';
import { parseYaml } from './yaml-document.ts';

export const MIN_RELAY_ON_MS = 100;
export const MAX_RELAY_ON_MS = 10_000;
const USUAL_RELAY_ON_MS = 5_000;
export const BAUD_RATES = [
  1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
] as const;
const USUAL_BAUD = 115_200;
export const MIN_WIDTH_DOTS = 200;
export const MAX_WIDTH_DOTS = 2_000;
const USUAL_WIDTH_DOTS = 384;
export const MIN_DPI = 100;
export const MAX_DPI = 600;
const USUAL_DPI = 203;
const RAW_PRINT_PORT = 9_100;
export const MIN_DIAGONAL_MM = 50;
export const MAX_DIAGONAL_MM = 2_000;
const SEVEN_INCH_MM = 178;

const gpio = wholeNumber(BOARDS.generic.firstGpio, BOARDS.generic.lastGpio, ' (the BCM number, not the header pin)');
const wire = { gpio, activeLow: yesOrNo.default(false) };
const relay = group({
  ...wire,
  maxOnMs: wholeNumber(MIN_RELAY_ON_MS, MAX_RELAY_ON_MS, ' milliseconds').default(USUAL_RELAY_ON_MS),
});
const lines = group({ green: group(wire), amber: group(wire), red: group(wire), buzzer: group(wire), relay });
const CHIP_WANTED = 'the label of the GPIO chip, as in /sys/class/gpio/gpiochip*/label, or name your board';
const chip = text(CHIP_WANTED).optional();

const devicePath = (example: string) => text(`the path of the device, such as ${example}`);
const baud = z
  .literal(BAUD_RATES, { error: (issue) => wrongValue(issue.input, `one of ${BAUD_RATES.join(', ')}`) })
  .default(USUAL_BAUD);
// Each driver knows the members of the others, so that one can be tried by changing a single word.
const scannerPath = devicePath('/dev/munjigi-scanner');
const scanner = byDriver([
  group({ driver: z.literal('serial'), path: scannerPath, baud }),
  group({ driver: z.literal('stdin'), path: scannerPath.optional(), baud }),
  group({ driver: z.literal('simulated'), path: scannerPath.optional(), baud }),
]);

const signalPath = text('the path of the pipe that is told every change').optional();
const signal = byDriver([
  group({ driver: z.literal('onoff'), chip, lines, path: signalPath }),
  group({ driver: z.literal('gpiod'), chip, lines, path: signalPath }),
  group({ driver: z.literal('simulated'), chip, lines: lines.optional(), path: signalPath }),
]);

const printerPath = devicePath('/dev/munjigi-printer');
const host = text('the name or address of the printer');
const paper = {
  widthDots: wholeNumber(MIN_WIDTH_DOTS, MAX_WIDTH_DOTS, ' dots').default(USUAL_WIDTH_DOTS),
  dpi: wholeNumber(MIN_DPI, MAX_DPI, ' dots an inch').default(USUAL_DPI),
  type: oneOf(['epson', 'star']).default('epson'),
  port: wholeNumber(1, 65_535, '').default(RAW_PRINT_PORT),
};
const unused = { path: printerPath.optional(), host: host.optional(), ...paper, baud };
const printer = byDriver([
  group({ driver: z.literal('usb'), ...unused, path: printerPath }),
  group({ driver: z.literal('serial'), ...unused, path: printerPath }),
  group({ driver: z.literal('tcp'), ...unused, host }),
  group({ driver: z.literal('file'), ...unused, path: text('the path of the file that takes the bytes') }),
  group({ driver: z.literal('simulated'), ...unused }),
  group({ driver: z.literal('none'), ...unused }),
]);

const input = group(wire).optional();
const screen = group({
  diagonalMm: wholeNumber(MIN_DIAGONAL_MM, MAX_DIAGONAL_MM, ' millimetres').default(SEVEN_INCH_MM),
  orientation: oneOf(['landscape', 'portrait']).default('landscape'),
});
const sound = text('the ALSA name of the sound device').optional();
const voice = byDriver([
  group({ driver: z.literal('alsa'), device: sound }),
  group({ driver: z.literal('simulated'), device: sound }),
  group({ driver: z.literal('none'), device: sound }),
]);

const hardware = group({
  board: oneOf(BOARD_NAMES).default('generic'),
  scanner,
  signal,
  inputs: group({ call: input, staff: input, tamper: input, door: input }).default({}),
  printer: printer.prefault({ driver: 'none' }),
  screen: screen.prefault({}),
  voice: voice.prefault({ driver: 'none' }),
});

type DeepReadonly<T> = T extends object ? { readonly [Member in keyof T]: DeepReadonly<T[Member]> } : T;
type Written = DeepReadonly<z.output<typeof hardware>>;
type GpioSignal = Extract<Written['signal'], { readonly driver: 'onoff' | 'gpiod' }>;

/** What is wired to this kiosk: `hardware.yaml` with its defaults filled in and its wiring checked. */
export type Hardware = Omit<Written, 'signal'> & {
  readonly signal: Exclude<Written['signal'], GpioSignal> | (GpioSignal & { readonly chip: string });
};

interface Wire {
  readonly path: readonly [string, ...string[]];
  readonly gpio: number;
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly complaint: string;
}

function wiresOf(written: Written): Wire[] {
  const outputs = Object.entries(written.signal.lines ?? {}).map(
    ([name, { gpio }]): Wire => ({ path: ['signal', 'lines', name], gpio }),
  );
  const inputs = Object.entries(written.inputs).flatMap(([name, wire]): Wire[] =>
    wire === undefined ? [] : [{ path: ['inputs', name], gpio: wire.gpio }],
  );
  return [...outputs, ...inputs];
}

function wiringProblem(board: BoardName, wires: readonly Wire[]): Problem | null {
  const { title, firstGpio, lastGpio } = BOARDS[board];
  const taken = new Map<number, string>();
  for (const { path, gpio } of wires) {
    const here = [...path, 'gpio'];
    if (gpio < firstGpio || gpio > lastGpio) {
      const wanted = `a BCM number from ${firstGpio} to ${lastGpio}, the lines that ${title} has on its header`;
      return { path: here, complaint: wrongValue(gpio, wanted) };
    }
    const other = taken.get(gpio);
    if (other !== undefined) {
      return { path: here, complaint: `is ${gpio}, which is ${other} already: wire and write another line` };
    }
    taken.set(gpio, path.join('.'));
  }
  return null;
}

/**
 * Reads `hardware.yaml` (DESIGN.md section 5): text in, the wiring out, or one sentence that begins with `file:line` and
 * says what is wrong and what to do. A driver of the list may still be one that this version has no code for.
 */
export function parseHardware(text: string, fileName: string): Result<Hardware, string> {
  const document = parseYaml(text, fileName);
  if (!document.ok) return document;
  const { content, lineOf } = document.value;
  const refuse = ({ path, complaint }: Problem, line = lineOf(path)): Result<Hardware, string> =>
    err(`${fileName}:${line}: ${path.length === 0 ? 'the file' : path.join('.')} ${complaint}.`);

  if (content === null) return err(`${fileName}:1: the file is empty: start from the example of your board.`);
  const parsed = hardware.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      const line = lineOf([...issue.path, ...unknown]);
      return { path: issue.path, complaint: issue.message, line, isUnknown: unknown.length > 0 };
    });
    // A misspelt member is told before the one that seems to be missing because of it.
    const [first] = problems.sort(
      (one, other) => Number(other.isUnknown) - Number(one.isUnknown) || one.line - other.line,
    );
    assert(first !== undefined, 'zod refuses with an issue');
    return refuse(first, first.line);
  }
  const written: Written = parsed.data;
  const problem = wiringProblem(written.board, wiresOf(written));
  if (problem !== null) return refuse(problem);
  if (written.signal.driver === 'simulated') return ok({ ...written, signal: written.signal });
  const label = written.signal.chip ?? BOARDS[written.board].chip;
  if (label === null) {
    return refuse({ path: ['signal', 'chip'], complaint: wrongValue(undefined, CHIP_WANTED) });
  }
  return ok({ ...written, signal: { ...written.signal, chip: label } });
}
