import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bitmap } from '../../src/base/bitmap.ts';
import type { DeviceStatus } from '../../src/base/device.ts';
import type { Printer } from '../../src/devices/printer/printer.ts';
import { Recorder } from '../support/recorder.ts';

/** A printer of 320 dots under test, and the hands at the other end of its cable. */
export interface PrinterRig {
  readonly printer: Printer;
  /** How many stickers have been cut off so far. */
  stickers(): number;
  /** Resolves when everything sent so far has been worked through. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** A rig that can stop taking bytes in the middle of a picture. */
export interface JammingRig extends PrinterRig {
  jam(): void;
}

/** A rig whose printer tells of its paper and cover. */
export interface AnsweringRig extends PrinterRig {
  setPaperOut(isOut: boolean): void;
  setCoverOpen(isOpen: boolean): void;
}

/** A rig whose cable can be pulled. */
export interface PluggedRig extends PrinterRig {
  unplug(): Promise<void>;
  plug(): Promise<void>;
}

/** A picture of a pattern that no driver makes by accident. */
export function patternPicture(width: number, height: number): Bitmap {
  const rows = Uint8Array.from({ length: Math.ceil(width / 8) * height }, (_, index) => (index * 37) & 0xff);
  return { width, height, rows };
}

const SENTENCE = /^[A-Z].*[^.]\.$/;
const DONE = { ok: true, value: undefined };
const job = (id: string, width = 320, height = 640) => ({ id, picture: patternPicture(width, height) });
const failed = (kind: string, detail = SENTENCE) => ({
  ok: false,
  error: { kind, detail: expect.stringMatching(detail) },
});
const statusIs = (state: string) => (status: DeviceStatus) => status.state === state;

function started<Rig extends PrinterRig>(makeRig: () => Promise<Rig>): () => [Rig, Recorder<DeviceStatus>] {
  let running: [Rig, Recorder<DeviceStatus>] | null = null;
  beforeEach(async () => {
    const rig = await makeRig();
    const statuses = new Recorder<DeviceStatus>();
    rig.printer.start(statuses.listener);
    await statuses.next(statusIs('ready'));
    running = [rig, statuses];
  });
  afterEach(async () => {
    await running?.[0].printer.stop();
    await running?.[0].close();
  });
  return () => {
    if (running === null) throw new Error('the rig has not been started');
    return running;
  };
}

/** What every printer does, whatever it hangs on. */
export function printerContract(name: string, makeRig: () => Promise<PrinterRig>): void {
  describe(`printer contract: ${name}`, () => {
    const running = started(makeRig);

    test('a printer that is ready says so first and has nothing to add', () => {
      const [rig, statuses] = running();
      expect(statuses.all[0]).toEqual({ state: 'ready', detail: '' });
      expect(rig.printer.describe()).toMatch(/^printer: .*320 dots wide at 203 dpi$/);
    });

    test('one sticker comes out for each job', async () => {
      const [rig] = running();
      for (const id of ['K7000001', 'K7000002', 'K7000003']) {
        expect(await rig.printer.print(job(id))).toEqual(DONE);
      }
      await rig.drained();
      expect(rig.stickers()).toBe(3);
    });

    test('a second job while one is being printed is busy and never comes out', async () => {
      const [rig] = running();
      const first = rig.printer.print(job('K7000001'));
      expect(await rig.printer.print(job('K7000002'))).toEqual(failed('busy'));
      expect(await first).toEqual(DONE);
      await rig.drained();
      expect(rig.stickers()).toBe(1);
    });

    test('a picture of exactly the width prints, one dot more is refused before a byte is sent', async () => {
      const [rig] = running();
      expect(await rig.printer.print(job('K7000001', 321))).toEqual(failed('too-wide'));
      expect(await rig.printer.print(job('K7000002', 320))).toEqual(DONE);
      await rig.drained();
      expect(rig.stickers()).toBe(1);
    });

    test('a job after the stop is a fault, not a hang', async () => {
      const [rig] = running();
      await rig.printer.stop();
      expect(await rig.printer.print(job('K7000001'))).toEqual(failed('lost'));
    });

    test('a stop ends the job that is being printed', async () => {
      const [rig] = running();
      const printing = rig.printer.print(job('K7000001'));
      await rig.printer.stop();
      expect(await printing).toEqual(failed('lost'));
    });
  });
}

/** What a printer does besides that can stop in the middle. */
export function jammingContract(name: string, makeRig: () => Promise<JammingRig>): void {
  describe(`jamming printer contract: ${name}`, () => {
    const running = started(makeRig);

    test('a printer that stops in the middle of a sticker is told in time, and nothing is cut off', async () => {
      const [rig, statuses] = running();
      rig.jam();
      expect(await rig.printer.print(job('K7000001', 320, 16_000))).toEqual(failed('timeout'));
      expect((await statuses.next(statusIs('fault'))).detail).toMatch(SENTENCE);
      expect(rig.stickers()).toBe(0);
    });
  });
}

/** What a printer does besides that knows its paper and cover. */
export function answeringContract(name: string, makeRig: () => Promise<AnsweringRig>): void {
  describe(`answering printer contract: ${name}`, () => {
    const running = started(makeRig);

    test('without paper nothing is printed, and a new roll prints the next job alone', async () => {
      const [rig, statuses] = running();
      rig.setPaperOut(true);
      expect(await rig.printer.print(job('K7000001'))).toEqual(failed('paper-out', /paper/));
      expect((await statuses.next(statusIs('fault'))).detail).toMatch(SENTENCE);
      rig.setPaperOut(false);
      await statuses.next(statusIs('ready'));
      expect(await rig.printer.print(job('K7000002'))).toEqual(DONE);
      await rig.drained();
      expect(rig.stickers()).toBe(1);
    });

    test('an open cover is told as such', async () => {
      const [rig] = running();
      rig.setCoverOpen(true);
      expect(await rig.printer.print(job('K7000001'))).toEqual(failed('paper-out', /cover/));
    });
  });
}

/** What a printer on a cable does besides. */
export function replugContract(name: string, makeRig: () => Promise<PluggedRig>): void {
  describe(`re-plugged printer contract: ${name}`, () => {
    const running = started(makeRig);

    test('a job for an unplugged printer is a fault and does not come out when it is back', async () => {
      const [rig, statuses] = running();
      for (const round of [1, 2]) {
        await rig.unplug();
        expect(await rig.printer.print(job(`K700000${round}`))).toEqual(failed('lost'));
        await statuses.next(statusIs('lost'));
        await rig.plug();
        await statuses.next(statusIs('ready'));
        expect(await rig.printer.print(job(`K710000${round}`))).toEqual(DONE);
        await rig.drained();
        expect(rig.stickers()).toBe(round);
      }
    });
  });
}
