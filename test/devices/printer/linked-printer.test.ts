import { beforeEach, describe, expect, test } from 'vitest';
import type { DeviceStatus } from '../../../src/base/device.ts';
import type { Result } from '../../../src/base/result.ts';
import { SimulatedTime } from '../../../src/devices/clock/simulated-time.ts';
import { encodeSticker } from '../../../src/devices/printer/encode.ts';
import { DEFAULT_PATIENCE, LinkedPrinter } from '../../../src/devices/printer/linked-printer.ts';
import type { PrintFault } from '../../../src/devices/printer/printer.ts';
import { patternPicture } from '../../contracts/printer.contract.ts';
import { readCommands } from '../../support/escpos.ts';
import { type LinkScript, ScriptedRoute } from './scripted-route.ts';

const COVER_CLOSED = ['100402', 0x12] as const;
const PAPER_PRESENT = ['100404', 0x12] as const;
const PAPER_WORKED_THROUGH = ['1d7201', 0x00] as const;
const TALKATIVE: LinkScript = { answers: true, replies: [COVER_CLOSED, PAPER_PRESENT, PAPER_WORKED_THROUGH] };

const picture = patternPicture(320, 640);
const JOB = { id: 'K7000001', picture };
const JOB_BYTES = encodeSticker(picture, { type: 'epson' });

/** Lets everything happen that needs no time. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a printer behind a route', () => {
  let time: SimulatedTime;
  let route: ScriptedRoute;
  let printer: LinkedPrinter;
  let statuses: DeviceStatus[];
  const started = async (script: LinkScript, type: 'epson' | 'star' = 'epson'): Promise<void> => {
    route.script = script;
    printer = new LinkedPrinter({ route, type, widthDots: 320, dpi: 203, timers: time });
    printer.start((status) => statuses.push(status));
    await settle();
  };
  const pass = async (ms: number): Promise<void> => {
    time.advance(ms);
    await settle();
  };
  const print = (): { outcome: () => Result<void, PrintFault> | null } => {
    let outcome: Result<void, PrintFault> | null = null;
    void printer.print(JOB).then((result) => {
      outcome = result;
    });
    return { outcome: () => outcome };
  };

  beforeEach(() => {
    time = new SimulatedTime(0);
    route = new ScriptedRoute();
    statuses = [];
  });

  test('a printer that cannot answer gets exactly the bytes of the job', async () => {
    await started({});
    const { outcome } = print();
    await settle();
    expect(outcome()).toEqual({ ok: true, value: undefined });
    expect(route.last.sent.equals(JOB_BYTES)).toBe(true);
    expect(route.last.fate).toBe('closed');
  });

  test('a job is done only when the printer says that it has worked through it', async () => {
    await started(TALKATIVE);
    const { outcome } = print();
    route.last.events.received(Buffer.from([0x00]));
    await settle();
    expect(outcome()).toEqual({ ok: true, value: undefined });

    route.script = { ...TALKATIVE, replies: [COVER_CLOSED, PAPER_PRESENT] };
    const second = print();
    await settle();
    await pass(DEFAULT_PATIENCE.printedMs - 1);
    expect(second.outcome()).toBeNull();
    route.last.events.received(Buffer.from([0x12, 0x00]));
    await settle();
    expect(second.outcome()).toEqual({ ok: true, value: undefined });
  });

  test('a printer that fell silent gets no job: it would print it when somebody switches it on again', async () => {
    await started(TALKATIVE);
    route.script = { answers: true };
    const { outcome } = print();
    await settle();
    await pass(DEFAULT_PATIENCE.answerMs);
    expect(outcome()).toMatchObject({ ok: false, error: { kind: 'timeout' } });
    expect(route.last.sent.toString('hex')).toBe('100402');
    expect(route.last.fate).toBe('abandoned');
  });

  test('a printer that never answered is taken at its word', async () => {
    await started({ answers: true });
    await pass(DEFAULT_PATIENCE.answerMs);
    const { outcome } = print();
    await settle();
    await pass(DEFAULT_PATIENCE.answerMs);
    expect(outcome()).toEqual({ ok: true, value: undefined });
    expect(readCommands(route.last.sent).at(0)).toEqual({ kind: 'real-time status', number: 2 });
  });

  test('noise on the line is not taken for an answer about the paper', async () => {
    await started({ answers: true, replies: [COVER_CLOSED] });
    expect(route.last.sent.toString('hex')).toBe('100402100404');
    route.last.events.received(Buffer.from([0xff, 0x00, 0x11, 0x13]));
    await settle();
    expect(statuses).toEqual([]);
    route.last.events.received(Buffer.from([0xff, 0x72]));
    await settle();
    expect(statuses).toEqual([{ state: 'fault', detail: 'The printer is out of paper: put in a new roll.' }]);
  });

  test('a Star printer is not asked in a language that it would print', async () => {
    await started(TALKATIVE, 'star');
    expect(route.last.sent).toHaveLength(0);
    expect(statuses).toEqual([{ state: 'ready', detail: '' }]);
  });

  test('a stalled job ends at its deadline, not before and not later', async () => {
    await started({});
    route.script = { takesSlices: 2 };
    const { outcome } = print();
    await settle();
    await pass(DEFAULT_PATIENCE.stallMs - 1);
    expect(outcome()).toBeNull();
    await pass(1);
    expect(outcome()).toMatchObject({ ok: false, error: { kind: 'timeout' } });
    expect(route.last.fate).toBe('abandoned');
  });

  test('the rest of a failed job never comes out: the next link carries only the next job', async () => {
    await started({});
    route.script = { takesSlices: 2 };
    print();
    await settle();
    await pass(DEFAULT_PATIENCE.stallMs);
    route.script = {};
    const before = route.links.length;
    await pass(DEFAULT_PATIENCE.lastRetryMs);
    expect(route.links.slice(before).every(({ sent }) => sent.length === 0)).toBe(true);
    print();
    await settle();
    const { sent } = route.last;
    const filler = sent.subarray(0, sent.length - JOB_BYTES.length);
    expect(sent.subarray(filler.length).equals(JOB_BYTES)).toBe(true);
    expect(filler.every((byte) => byte === 0)).toBe(true);
  });

  test('the job after a broken one is not eaten by the half band that the printer still waits for', async () => {
    await started({});
    route.script = { takesSlices: 2 };
    print();
    await settle();
    await pass(DEFAULT_PATIENCE.stallMs);
    const torn = route.links.findLast(({ sent }) => sent.length > 0)?.sent ?? Buffer.alloc(0);
    expect(() => readCommands(torn)).toThrow(/ends inside/);
    route.script = {};
    print();
    await settle();
    const kinds = readCommands(Buffer.concat([torn, route.last.sent])).map(({ kind }) => kind);
    const restart = kinds.lastIndexOf('nothing') + 1;
    expect(kinds.slice(restart)).toEqual(readCommands(JOB_BYTES).map(({ kind }) => kind));
    print();
    await settle();
    expect(route.last.sent.equals(JOB_BYTES)).toBe(true);
  });

  test('a printer that is absent is looked for after 1, 2, 4, 5 and again 5 seconds, and told once', async () => {
    await started({ opens: false });
    const gone: PrintFault = { kind: 'lost', detail: 'There is no printer.' };
    for (const waitMs of [1_000, 2_000, 4_000, 5_000, 5_000]) {
      route.last.events.ended(gone);
      await settle();
      const looks = route.links.length;
      await pass(waitMs - 1);
      expect(route.links).toHaveLength(looks);
      await pass(1);
      expect(route.links).toHaveLength(looks + 1);
    }
    expect(statuses).toEqual([{ state: 'lost', detail: 'There is no printer.' }]);
    route.last.events.opened();
    await settle();
    expect(statuses.at(-1)).toEqual({ state: 'ready', detail: '' });
  });

  test('a look that hangs gives way to a job at once', async () => {
    await started({ opens: false });
    const look = route.last;
    route.script = {};
    const { outcome } = print();
    await settle();
    expect(look.fate).toBe('abandoned');
    expect(outcome()).toEqual({ ok: true, value: undefined });
    expect(statuses).toEqual([{ state: 'ready', detail: '' }]);
  });

  test('paper that ends below a finished sticker does not make it unprinted', async () => {
    await started({ ...TALKATIVE, replies: [COVER_CLOSED, PAPER_PRESENT, ['1d7201', 0x0c]] });
    const { outcome } = print();
    await settle();
    expect(outcome()).toEqual({ ok: true, value: undefined });
  });

  test('a stop leaves no timer that would open the printer again', async () => {
    await started({});
    await printer.stop();
    const looks = route.links.length;
    await pass(DEFAULT_PATIENCE.idleMs * 10);
    expect(route.links).toHaveLength(looks);
  });
});
