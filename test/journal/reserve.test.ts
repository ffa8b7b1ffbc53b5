import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalFault } from '../../src/journal/journal.ts';
import { RESERVE_BYTES, Reserve, withReserve } from '../../src/journal/reserve.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reserve-'));
  path = join(folder, 'reserve');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FULL = new JournalFault('SQLITE_FULL');

/** Fails as often as it is told, then gives its number. */
function attemptAfter(faults: readonly Error[]): () => number {
  let calls = 0;
  return () => {
    const fault = faults[calls];
    calls += 1;
    if (fault !== undefined) throw fault;
    return calls;
  };
}

describe('the reserve of the journal', () => {
  it('takes its space for real, or a full disk would find it empty', () => {
    expect(new Reserve(path).isLow).toBe(false);
    expect(statSync(path)).toMatchObject({ size: RESERVE_BYTES });
    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(RESERVE_BYTES);
  });

  it('is readable by nobody else', () => {
    new Reserve(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on from what a power cut left of it', () => {
    new Reserve(path);
    truncateSync(path, RESERVE_BYTES - 1);
    expect(new Reserve(path).isLow).toBe(false);
    expect(statSync(path).size).toBeGreaterThanOrEqual(RESERVE_BYTES);
    appendFileSync(path, 'x');
    expect(new Reserve(path).grow()).toBe(false);
  });

  it('is given up once, and then grows a step at a time so that nobody waits for it', () => {
    const reserve = new Reserve(path);
    expect([reserve.release(), reserve.release()]).toEqual([true, false]);
    expect([existsSync(path), reserve.isLow]).toEqual([false, true]);
    let steps = 0;
    while (reserve.grow()) steps += 1;
    expect(steps).toBeGreaterThan(10);
    expect(reserve.isLow).toBe(false);
  });

  it('is low where its folder is gone, and stops nothing', () => {
    const reserve = new Reserve(path);
    reserve.release();
    rmSync(folder, { recursive: true });
    expect([reserve.grow(), reserve.isLow]).toEqual([false, true]);
    expect(withReserve(reserve, attemptAfter([]))).toBe(1);
  });
});

describe('a commit on a full disk', () => {
  it('is made once more on the space of the reserve, and only once', () => {
    const reserve = new Reserve(path);
    expect(withReserve(reserve, attemptAfter([FULL]))).toBe(2);
    expect(existsSync(path)).toBe(false);
    expect(() => withReserve(reserve, attemptAfter([FULL]))).toThrow(FULL);
    expect(() => withReserve(new Reserve(path), attemptAfter([FULL, FULL]))).toThrow(FULL);
  });

  it('that is full for the shared index alone gets the reserve too', () => {
    expect(withReserve(new Reserve(path), attemptAfter([new JournalFault('SQLITE_IOERR_SHMSIZE')]))).toBe(2);
  });

  it('keeps the reserve for any other fault', () => {
    const fault = new JournalFault('SQLITE_IOERR_FSYNC');
    expect(() => withReserve(new Reserve(path), attemptAfter([fault]))).toThrow(fault);
    expect(existsSync(path)).toBe(true);
    expect(() => withReserve(null, attemptAfter([FULL]))).toThrow(FULL);
  });
});
