import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { RELEASED_AT_MS } from '../../src/base/version.ts';
import { LEAP_DAYS, LEAP_PROVES_ITSELF_HOURS, LEAP_WAITS_DAYS } from '../../src/journal/trusted-time.ts';
import { clockFloorMs } from '../../src/kiosk/clock-floor.ts';
import { newLogKey } from '../support/exported-log.ts';
import { open, storeAnything, time, useJournalFile } from '../support/journal-file.ts';

useJournalFile();

const TEN_YEARS_MS = 3_650 * DAY_MS;
const note = { type: 'dropped', count: 1 } as const;

/** Brings the clock of the test to where a kiosk in use has it. */
function inUse(): number {
  time.stepWall(RELEASED_AT_MS + DAY_MS - time.wall().atMs);
  return time.wall().atMs;
}

it.each([2 ** 62, -1, 'soon', 0.5])(
  'a bit that turns over in the time that a head carries (%s) shuts no door for good',
  (spoilt) => {
    inUse();
    const journal = open('boot-1');
    journal.record(note);
    journal.checkpoint(newLogKey('7A'));
    journal.close();
    storeAnything('checkpoint', (db) => db.prepare('UPDATE checkpoint SET last_trusted_ms = ?').run(spoilt));
    const again = open('boot-2');
    expect(again.lastTrustedMs()).toBeNull();
  },
);

describe('a time server that is ten years ahead for an hour', () => {
  it.each(['signed', 'not signed'])('does not make the right time unbelievable after a power cut (%s)', (signed) => {
    const rightMs = inUse();
    const journal = open('boot-1');
    journal.record(note);
    journal.checkpoint(newLogKey('7A'));
    time.stepWall(TEN_YEARS_MS);
    journal.record(note);
    time.advance(HOUR_MS);
    journal.record(note);
    if (signed === 'signed') journal.checkpoint(newLogKey('7A'));
    journal.close();
    time.stepWall(-TEN_YEARS_MS);
    const again = open('boot-2');
    expect(again.lastTrustedMs()).toBe(rightMs);
    const floorMs = clockFloorMs({ lastTrustedMs: again.lastTrustedMs(), listIssuedAtMs: null });
    expect(time.wall().atMs).toBeGreaterThanOrEqual(floorMs);
  });

  it('nor if that was its first start', () => {
    inUse();
    time.stepWall(TEN_YEARS_MS);
    const journal = open('boot-1');
    journal.record(note);
    journal.close();
    expect(open('boot-2').lastTrustedMs()).toBeNull();
  });
});

it.each([9, 20, 24])(
  'a battery-backed clock %i hours ahead for a minute does not make the right time unbelievable',
  (hours) => {
    inUse();
    const journal = open('boot-1');
    journal.record(note);
    journal.checkpoint(newLogKey('7A'));
    time.stepWall(hours * HOUR_MS);
    journal.record(note);
    time.advance(MINUTE_MS);
    journal.checkpoint(newLogKey('7A'));
    journal.close();
    time.stepWall(-hours * HOUR_MS);
    const lastTrustedMs = open('boot-2').lastTrustedMs();
    expect(time.wall().atMs).toBeGreaterThanOrEqual(clockFloorMs({ lastTrustedMs, listIssuedAtMs: null }));
  },
);

describe('a kiosk that was stored away', () => {
  it(`believes the new time once it has run under it for ${LEAP_PROVES_ITSELF_HOURS} hours, and not before`, () => {
    const before = inUse();
    const journal = open('boot-1');
    journal.record(note);
    time.stepWall((LEAP_DAYS + 1) * DAY_MS);
    journal.record(note);
    time.advance(LEAP_PROVES_ITSELF_HOURS * HOUR_MS - 1);
    journal.record(note);
    expect(journal.lastTrustedMs()).toBe(before);
    time.advance(1);
    journal.record(note);
    expect(journal.lastTrustedMs()).toBe(time.wall().atMs);
    journal.checkpoint(newLogKey('7A'));
    journal.close();
    expect(open('boot-2').lastTrustedMs()).toBe(time.wall().atMs);
  });

  it(`for no more than ${LEAP_DAYS} days believes it at once`, () => {
    inUse();
    const journal = open('boot-1');
    journal.record(note);
    time.stepWall(LEAP_DAYS * DAY_MS);
    journal.record(note);
    expect(journal.lastTrustedMs()).toBe(time.wall().atMs);
  });
});

describe('a kiosk that runs for less than an hour every other day', () => {
  /** It runs for 48 minutes, signs as it stops, and is off. */
  function runAndRest(boot: number, offMs: number): number | null {
    const journal = open(`boot-${boot}`);
    journal.record(note);
    journal.checkpoint(newLogKey('7A'));
    for (let minutes = 0; minutes < 48; minutes += 1) {
      time.advance(MINUTE_MS);
      journal.record(note);
    }
    journal.checkpoint(newLogKey('7A'));
    journal.close();
    time.stepWall(offMs);
    return journal.lastTrustedMs();
  }

  it('believes its clock after five of them: what it keeps is not kept for ever', () => {
    const before = inUse();
    const first = open('boot-0');
    first.record(note);
    first.checkpoint(newLogKey('7A'));
    first.close();
    time.stepWall(2 * DAY_MS);
    const vouched = Array.from({ length: 6 }, (_, boot) => runAndRest(boot + 1, 2 * DAY_MS));
    expect(vouched.slice(0, 4)).toEqual([before, before, before, before]);
    expect(vouched[4]).toBe(time.wall().atMs - 4 * DAY_MS - 48 * MINUTE_MS);
  });

  it.each([
    ['was off for longer than that', LEAP_WAITS_DAYS * DAY_MS + 1],
    ['leaps again by ten years', TEN_YEARS_MS],
    ['falls back', -HOUR_MS],
  ])('begins anew with one that %s', (_what, byMs) => {
    const before = inUse();
    runAndRest(0, 2 * DAY_MS);
    const vouchedMs = before + 48 * MINUTE_MS;
    for (let boot = 1; boot <= 4; boot += 1) runAndRest(boot, boot === 4 ? byMs : 0);
    expect(runAndRest(5, 0)).toBe(vouchedMs);
  });

  it('a leap within one that proves itself begins anew', () => {
    const vouchedMs = inUse();
    const journal = open('boot-1');
    journal.record(note);
    time.stepWall(40 * DAY_MS);
    journal.record(note);
    time.advance(LEAP_PROVES_ITSELF_HOURS * HOUR_MS - 1);
    journal.record(note);
    time.stepWall(TEN_YEARS_MS);
    time.advance(1);
    journal.record(note);
    expect(journal.lastTrustedMs()).toBe(vouchedMs);
  });
});
