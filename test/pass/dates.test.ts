import { describe, expect, it } from 'vitest';
import { checkDates } from '../../src/pass/dates.ts';
import { NO_FINDING } from '../../src/pass/pass.ts';

const pass = { ...NO_FINDING, validFromMs: 1_000, validUntilMs: 2_000 };
const at = (atMs: number, more: { trusted?: boolean; floorMs?: number } = {}) =>
  checkDates(pass, { atMs, trusted: true, ...more });

describe('the dates of a pass', () => {
  it('hold from the first millisecond to the last one before the end', () => {
    expect([at(999), at(1_000), at(1_999), at(2_000)]).toEqual(['not-yet-valid', null, null, 'expired']);
  });

  it('are left to the policy while the clock is unsure: a board without a battery starts in the past', () => {
    expect([at(0, { trusted: false }), at(9_999, { trusted: false })]).toEqual([null, null]);
  });

  it('are certainly over if they ended before anything that this kiosk knows to have happened', () => {
    expect(at(0, { trusted: false, floorMs: 1_999 })).toBeNull();
    expect(at(0, { trusted: false, floorMs: 2_000 })).toBe('expired');
  });
});
