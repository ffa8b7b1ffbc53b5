import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_LINE_BYTES, type Scanner, type ScannerEvent } from '../../src/devices/scanner/scanner.ts';
import { Recorder } from '../support/recorder.ts';

/** A scanner under test and the hand that holds codes up to it. */
export interface ScannerRig {
  readonly scanner: Scanner;
  /** Sends bytes down the wire. */
  write(bytes: Buffer): void;
  close(): Promise<void>;
}

/** A rig whose wire can be pulled and come back. */
export interface PluggedRig extends ScannerRig {
  unplug(): Promise<void>;
  plug(): Promise<void>;
}

const isStatus = (event: ScannerEvent) => event.kind === 'status';
const isLine = (event: ScannerEvent): event is Extract<ScannerEvent, { kind: 'line' }> => event.kind === 'line';
const statusIs = (state: string) => (event: ScannerEvent) => event.kind === 'status' && event.status.state === state;
const told = (event: ScannerEvent): string => (event.kind === 'line' ? event.line.toString('latin1') : event.kind);

/** What every scanner does, whatever the wire is made of. */
export function scannerContract(name: string, makeRig: () => Promise<ScannerRig>): void {
  describe(`scanner contract: ${name}`, () => {
    let rig: ScannerRig;
    let events: Recorder<ScannerEvent>;
    /** Plays a kiosk that asks for a pause with every line. */
    let isBusy = false;
    const send = (text: string): void => rig.write(Buffer.from(text, 'latin1'));
    /** Everything but statuses up to the line that closes the experiment. */
    const until = async (last: string): Promise<readonly string[]> => {
      await events.next((event) => told(event) === last);
      return events.all.filter((event) => !isStatus(event)).map(told);
    };

    beforeEach(async () => {
      rig = await makeRig();
      events = new Recorder();
      isBusy = false;
      rig.scanner.start((event) => {
        events.listener(event);
        if (isBusy) rig.scanner.pause();
      });
      await events.next(statusIs('ready'));
    });
    afterEach(async () => {
      await rig.scanner.stop();
      await rig.close();
    });

    test('the first event is a status, and a ready one has nothing to add', () => {
      expect(events.all[0]).toEqual({ kind: 'status', status: { state: 'ready', detail: '' } });
      expect(rig.scanner.describe()).toMatch(/^scanner: ./);
    });

    test('CR, LF and CRLF each end a line, and empty lines are no scans', async () => {
      send('cr\rlf\ncrlf\r\n\r\r\n\n\nlast\r');
      expect(await until('last')).toEqual(['cr', 'lf', 'crlf', 'last']);
    });

    test('a line that arrives in pieces is one line, its spaces untouched', async () => {
      for (const piece of ['  HC', '1:A', 'B  C ', '\r', '\n', 'last', '\n']) send(piece);
      expect(await until('last')).toEqual(['  HC1:AB  C ', 'last']);
    });

    test('every byte but a terminator reaches the line as it was sent', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value).filter((b) => b !== 10 && b !== 13));
      rig.write(Buffer.concat([bytes, Buffer.from('\r')]));
      expect((await events.next(isLine)).line.equals(bytes)).toBe(true);
    });

    test('two codes glued together are one wrong line, and the next one is whole', async () => {
      send('HC1:AAAHC1:BBB\rHC1:CCC\r');
      expect(await until('HC1:CCC')).toEqual(['HC1:AAAHC1:BBB', 'HC1:CCC']);
    });

    test('a line of exactly the limit passes, one byte more is told once and dropped', async () => {
      const longest = 'x'.repeat(MAX_LINE_BYTES);
      send(`${longest}\r${longest}y\r${longest}${longest}\rlast\r`);
      expect(await until('last')).toEqual([longest, 'overlong', 'overlong', 'last']);
    });

    test('six megabytes without a terminator are told once and cost neither the next line nor the loop', async () => {
      const block = Buffer.alloc(64 * 1024, 'z');
      for (let sent = 0; sent < 6 * 1024 * 1024; sent += block.length) rig.write(block);
      send('\rlast\r');
      expect(await until('last')).toEqual(['overlong', 'last']);
    });

    test('a burst of a thousand codes arrives complete and in order', async () => {
      const codes = Array.from({ length: 1_000 }, (_, number) => `CODE-${number}`);
      send(`${codes.join('\r')}\r`);
      expect(await until('CODE-999')).toEqual(codes);
    });

    test('a flood waits in the wire while the kiosk is busy, and none of it is lost', async () => {
      const codes = Array.from({ length: 1_000 }, (_, number) => `${number}-${'c'.repeat(500)}`);
      isBusy = true;
      send(`${codes.join('\r')}\r`);
      const lines: string[] = [];
      let mostWaiting = 0;
      while (lines.length < codes.length) {
        lines.push(told(await events.next((event) => !isStatus(event))));
        const waiting = events.all.length - 1 - lines.length;
        if (waiting === 0) rig.scanner.resume();
        mostWaiting = Math.max(mostWaiting, waiting);
        // A wire that does not wait gets further ahead with every turn of the loop.
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(lines).toEqual(codes);
      expect(mostWaiting).toBeLessThan(200);
    });

    test('no event follows a stop', async () => {
      await rig.scanner.stop();
      const before = events.all.length;
      send('late\r');
      expect(events.all.length).toBe(before);
    });
  });
}

/** What a scanner on a cable does besides. */
export function replugContract(name: string, makeRig: () => Promise<PluggedRig>): void {
  test(`${name}: a re-plugged scanner is ready by itself and does not prepend the old half line`, async () => {
    const rig = await makeRig();
    const events = new Recorder<ScannerEvent>();
    rig.scanner.start(events.listener);
    await events.next(statusIs('ready'));
    for (const line of ['first', 'second', 'third']) {
      rig.write(Buffer.from(`${line}\rold half`));
      expect(told(await events.next((event) => !isStatus(event)))).toBe(line);
      await rig.unplug();
      const lost = await events.next(statusIs('lost'));
      expect(lost.kind === 'status' && lost.status.detail).toMatch(/^[A-Z].*\.$/);
      await rig.plug();
      await events.next(statusIs('ready'));
    }
    rig.write(Buffer.from('new\r'));
    expect(told(await events.next((event) => !isStatus(event)))).toBe('new');
    await rig.scanner.stop();
    await rig.close();
  });
}
