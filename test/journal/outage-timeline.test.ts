import { describe, expect, it } from 'vitest';
import { OutageTimeline } from '../../src/journal/outage-timeline.ts';
import { WELL, WrittenLog } from '../support/written-log.ts';

const START = { type: 'start', lastEnd: 'power', version: '1' } as const;
const SET = { type: 'clock-set', toMs: 1, byMs: 1 } as const;

function marksOf(log: WrittenLog): readonly string[] {
  const timeline = new OutageTimeline();
  return log.entries.map((entry) => timeline.entry(entry));
}

const handSet = (log: WrittenLog): readonly unknown[] => {
  const timeline = new OutageTimeline();
  for (const entry of log.entries) timeline.entry(entry);
  return timeline
    .since(0)
    .filter(({ cause }) => cause === 'clock-hand-set')
    .map(({ from, to }) => [from.entry.seq, to?.entry.seq ?? null]);
};

describe('a clock that was set by hand while no time server was in reach', () => {
  it('is hand-set no more once the program starts under a server that took over while it was stopped', () => {
    const log = new WrittenLog();
    const unsure = { clock: 'unsure' } as const;
    log.write(0, START, unsure);
    const set = log.write(1, SET, unsure);
    log.write(2, { type: 'stop' }, unsure);
    const start = log.write(10, { ...START, lastEnd: 'stopped' });
    for (let minute = 11; minute < 20; minute += 1) log.write(minute, { type: 'health', ...WELL });
    expect(marksOf(log).slice(0, start)).toEqual(['unsure', 'hand-set', 'hand-set']);
    expect(new Set(marksOf(log).slice(start))).toEqual(new Set(['trusted']));
    expect(handSet(log)).toEqual([[set, start]]);
    expect(log.faultOf({ cause: 'clock-hand-set', reason: null }, set, start)).toBeNull();
  });

  it('is hand-set still where the program has only been started again under it', () => {
    const log = new WrittenLog();
    const unsure = { clock: 'unsure' } as const;
    log.write(0, START, unsure);
    const set = log.write(1, SET, unsure);
    log.write(2, { type: 'stop' }, unsure);
    log.write(10, { ...START, lastEnd: 'stopped' }, unsure);
    log.write(11, { type: 'health', ...WELL }, unsure);
    expect(marksOf(log).at(-1)).toBe('hand-set');
    expect(handSet(log)).toEqual([[set, null]]);
  });
});
