import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DayKeys, keyDayOf, MAX_DAY_KEYS } from '../../src/register/day-keys.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'day-keys-'));
  path = join(folder, 'days.keys');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the keys of the days', () => {
  it('survive a restart, each its own', () => {
    const keys = DayKeys.open(path);
    const [first, second] = [keys.keyFor(1)?.toString('hex'), keys.keyFor(2)?.toString('hex')];
    expect(first).not.toBe(second);
    const again = DayKeys.open(path);
    expect([again.keyOf(1)?.toString('hex'), again.keyFor(2)?.toString('hex'), again.keyOf(3)]).toEqual([
      first,
      second,
      null,
    ]);
  });

  it('are destroyed where they lay: a new file would leave the old blocks on the disk', () => {
    const keys = DayKeys.open(path);
    const key = Buffer.from(keys.keyFor(1) ?? expect.fail());
    const { ino, size } = statSync(path);
    keys.destroy(1);
    keys.destroy(1);
    expect(statSync(path)).toMatchObject({ ino, size });
    expect(readFileSync(path).includes(key)).toBe(false);
    expect([keys.keyOf(1), DayKeys.open(path).keyOf(1)]).toEqual([null, null]);
  });

  it(`are at most ${MAX_DAY_KEYS}, and a destroyed one makes room`, () => {
    const keys = DayKeys.open(path);
    for (let day = 1; day <= MAX_DAY_KEYS; day += 1) expect(keys.keyFor(day)).not.toBeNull();
    expect(keys.keyFor(MAX_DAY_KEYS + 1)).toBeNull();
    keys.destroy(7);
    expect(keys.keyFor(MAX_DAY_KEYS + 1)).not.toBeNull();
    expect(DayKeys.open(path).days).toHaveLength(MAX_DAY_KEYS);
  });

  it('one that a power cut left half written is none', () => {
    DayKeys.open(path).keyFor(1);
    const bytes = readFileSync(path);
    bytes.fill(0, 20, 36);
    writeFileSync(path, bytes);
    expect(DayKeys.open(path).days).toEqual([]);
    writeFileSync(path, bytes.subarray(0, 30));
    expect(DayKeys.open(path).days).toEqual([]);
    expect(DayKeys.open(path).keyFor(5)).not.toBeNull();
    expect(DayKeys.open(path).days).toEqual([5]);
  });

  it('a day begins at midnight in UTC', () => {
    expect([keyDayOf(86_399_999), keyDayOf(86_400_000)]).toEqual([0, 1]);
  });
});
