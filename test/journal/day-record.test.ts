import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { dayRecord } from '../../src/journal/day-record.ts';
import { newLogKey } from '../support/exported-log.ts';
import { open, read, time, useJournalFile } from '../support/journal-file.ts';
import { LUNCH_MS } from '../support/passes.ts';

useJournalFile();

const key = newLogKey('7A');
const dayFrom = (fromMs: number) => read((db) => dayRecord(db, 'Asia/Seoul', fromMs, fromMs + DAY_MS));

it('a day before the log began is not one without a minute off: nobody knows', () => {
  const journal = open('boot-1');
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  journal.checkpoint(key);
  const { entries, down, off } = dayFrom(LUNCH_MS - 7 * DAY_MS);
  expect([entries, down.minutes, off.minutes]).toEqual([null, null, null]);
});

it('a day on which the kiosk lay in a drawer between two others is one off, whole', () => {
  const journal = open('boot-1');
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  journal.record({ type: 'stop' });
  journal.checkpoint(key);
  journal.close();
  time.advance(3 * DAY_MS);
  const next = open('boot-2');
  next.record({ type: 'start', lastEnd: 'stopped', version: '1' });
  next.checkpoint(key);
  const { entries, off } = dayFrom(LUNCH_MS + DAY_MS + HOUR_MS);
  expect([entries, off]).toEqual([null, { minutes: DAY_MS / MINUTE_MS, isMeasured: true }]);
});
