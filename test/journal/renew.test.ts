import { expect, it } from 'vitest';
import { formatInstant } from '../../src/base/time.ts';
import { openKioskJournal } from '../../src/kiosk/open-journal.ts';
import { newLogKey } from '../support/exported-log.ts';
import {
  eventTicket,
  judge,
  open,
  opened,
  path,
  read,
  SECRET,
  storeAnything,
  time,
  useJournalFile,
} from '../support/journal-file.ts';
import { passOf } from '../support/passes.ts';

useJournalFile();

const key = newLogKey('7A');
const REGISTER = 'register of-the-authority';

/** A log with one used ticket and one head, opened again by a kiosk once something in it was spoilt. */
async function reopenedAfter(spoil: () => void) {
  const journal = open('boot-1');
  const used = passOf({ single: true });
  journal.shown(judge(journal, used, eventTicket).seq);
  journal.record({ type: 'stop' });
  journal.checkpoint(key, [REGISTER]);
  journal.close();
  spoil();
  const around = { path, key, clock: time, bootId: 'boot-2', useKeySecret: SECRET };
  const again = await openKioskJournal(around, () => {}, null);
  if (!again.ok) throw new Error(again.error);
  opened.push(again.value);
  const told = [used, passOf({ single: true })].map((pass) => judge(again.value, pass, eventTicket).decision.verdict);
  return { journal: again.value, told };
}

it.each(['many', 1.5])('a count of people that reads as %s ends no start and stops no door', async (inside) => {
  const { journal, told } = await reopenedAfter(() =>
    storeAnything('head_count', (db) =>
      db.prepare('INSERT INTO head_count (id, seq, inside, since_ms) VALUES (1, 0, ?, 0)').run(inside),
    ),
  );
  expect(journal.continuedAtMs()).toBe(time.wall().atMs);
  expect([told, journal.occupancy().inside]).toEqual([['refuse', 'admit'], 0]);
});

it('a head whose time is spoilt beside a spoilt entry is carried over without it', async () => {
  const { journal, told } = await reopenedAfter(() =>
    storeAnything('checkpoint', (db) => {
      db.exec("UPDATE checkpoint SET last_trusted_ms = 'soon'");
      db.exec("UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE seq = 0");
    }),
  );
  expect(journal.continuedAtMs()).toBe(time.wall().atMs);
  expect(told).toEqual(['refuse', 'admit']);
});

it('a log that nothing has damaged was not begun anew', async () => {
  const { journal } = await reopenedAfter(() => {});
  expect(journal.continuedAtMs()).toBeNull();
});

it('the first head of a new log still says to whom visits are sealed, and its own time', async () => {
  const { journal } = await reopenedAfter(() => {
    time.advance(60_000);
    storeAnything('entry', (db) => db.exec("UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE seq = 0"));
  });
  expect(journal.continuedAtMs()).not.toBeNull();
  const first = 'SELECT note FROM checkpoint ORDER BY size LIMIT 1';
  const note = read((db) => db.prepare<[], string>(first).pluck().get()) ?? '';
  const [, size, , ...lines] = note.split('\n');
  expect([size, ...lines.slice(0, 3)]).toEqual(['1', `time ${formatInstant(time.wall().atMs)} trusted`, REGISTER, '']);
});
