import { describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { PURGE_AGAIN_MS, PURGE_EVERY_MS, Retention, TELL_EVERY_MS } from '../../src/kiosk/retention.ts';
import { LUNCH_MS } from '../support/passes.ts';

/** A retention over a journal and a register that only say when they were called. */
function site() {
  const time = new SimulatedTime(LUNCH_MS);
  const called: string[] = [];
  const told: unknown[] = [];
  const state = { mayDelete: true, isGone: true, trouble: null as string | null };
  const retention = new Retention({
    clock: time,
    journal: {
      purge(nowMs: number): boolean {
        called.push(`journal ${nowMs - LUNCH_MS}`);
        return state.isGone;
      },
    },
    register: {
      purge(nowMs: number): string | null {
        called.push(`register ${nowMs - LUNCH_MS}`);
        return state.trouble;
      },
      tell(): string | null {
        called.push('tell');
        return state.trouble;
      },
    },
    deletesByMs: () => (state.mayDelete ? time.wall().atMs : null),
    log: (event, fields) => void told.push([event, fields]),
  });
  const calledAfter = (ms: number): readonly string[] => {
    called.length = 0;
    time.advance(ms);
    retention.look();
    return [...called];
  };
  return { state, told, calledAfter };
}

describe('what must be forgotten is looked after', () => {
  it('at the start and every half hour, register and journal by the same time', () => {
    const { calledAfter } = site();
    expect(calledAfter(0)).toEqual(['tell', 'register 0', 'journal 0']);
    expect(calledAfter(PURGE_EVERY_MS - 1)).toEqual([]);
    expect(calledAfter(1)).toEqual(['tell', `register ${PURGE_EVERY_MS}`, `journal ${PURGE_EVERY_MS}`]);
  });

  it('never by a clock that may not delete, and at once when it may; the log hears of visits meanwhile', () => {
    const { state, calledAfter } = site();
    state.mayDelete = false;
    expect(calledAfter(0)).toEqual(['tell']);
    expect(calledAfter(TELL_EVERY_MS)).toEqual(['tell']);
    expect(calledAfter(1)).toEqual([]);
    state.mayDelete = true;
    expect(calledAfter(0)).toHaveLength(2);
    expect(calledAfter(0)).toEqual([]);
  });

  it('again in a minute where something was left, and it is said why', () => {
    const { state, told, calledAfter } = site();
    state.trouble = 'the visitor register is being read';
    expect(calledAfter(0)).toHaveLength(3);
    expect(told).toContainEqual(['register', { warning: state.trouble }]);
    expect(calledAfter(PURGE_AGAIN_MS - 1)).toEqual([]);
    expect(calledAfter(1)).toHaveLength(2);
    state.trouble = null;
    state.isGone = false;
    expect(calledAfter(PURGE_AGAIN_MS)).toHaveLength(2);
    expect(calledAfter(PURGE_AGAIN_MS)).toHaveLength(2);
    state.isGone = true;
    expect(calledAfter(PURGE_AGAIN_MS)).toHaveLength(2);
    expect(calledAfter(PURGE_AGAIN_MS)).toHaveLength(0);
  });
});
