import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, formatInstant, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/base/time.ts';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { formatVerifierKey } from '../../src/journal/signed-note.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { cosign } from '../../src/journal/witness.ts';
import { exportedLog, hasPython, newLogKey, temporaryFolder, verdictsOn } from '../support/exported-log.ts';
import { LUNCH_MS } from '../support/passes.ts';

const START = { type: 'start', lastEnd: 'first-start', version: '1' } as const;
const SECRET = Buffer.alloc(32, 7);

let key: LogKey;
let path: string;
let machine: SimulatedTime;
let clock: HandSetClock<SimulatedTime>;
let journal: SqliteJournal;

beforeEach(() => {
  key = newLogKey('7A');
  path = join(temporaryFolder(), 'journal.db');
  machine = new SimulatedTime(LUNCH_MS);
  clock = new HandSetClock(machine);
  const open = () => openJournalFile(path);
  const opened = SqliteJournal.open({ open, clock, bootId: 'one', useKeySecret: SECRET });
  if (!opened.ok) throw new Error(opened.error);
  journal = opened.value;
});

function setByHand(byMs: number): void {
  const toMs = clock.wall().atMs + byMs;
  clock.setByHand(clock.settingFor(toMs));
  journal.record({ type: 'clock-set', toMs, byMs });
}

const verdictsWith = (kept: readonly string[], witnessKeys: readonly string[] = []) =>
  verdictsOn(exportedLog(path), { key: key.verifierText, witnesses: kept, witnessKeys });

const pythonNote = hasPython ? '' : ' (skipped: install python3)';

describe.skipIf(!hasPython)(`a stranger keeps a checkpoint of a kiosk whose clock a hand has set${pythonNote}`, () => {
  it('nine hours ahead, and the honest log is not accused once a time server has put it right', async () => {
    machine.trust(false);
    journal.record(START);
    setByHand(9 * HOUR_MS);
    const kept = journal.checkpoint(key);
    machine.advance(10 * MINUTE_MS);
    machine.trust(true);
    journal.record({ type: 'clock-trust', trusted: true });
    journal.record({ type: 'dropped', count: 1 });
    journal.checkpoint(key);
    for (const says of await verdictsWith([kept])) {
      expect(says).toMatchObject({
        ...{ problems: [], witnessedSize: 2 },
        unwitnessedSince: formatInstant(LUNCH_MS + 10 * MINUTE_MS),
      });
    }
  });

  it('a year ahead, and it does not vouch for the year that is to come', async () => {
    journal.record(START);
    setByHand(365 * DAY_MS);
    const kept = journal.checkpoint(key);
    for (const says of await verdictsWith([kept])) {
      expect(says).toMatchObject({ problems: [], witnessedSize: 2, unwitnessedSince: formatInstant(LUNCH_MS) });
    }
  });
});

describe.skipIf(!hasPython)(`a kiosk whose clock a hand has set keeps a countersignature${pythonNote}`, () => {
  /** A countersignature of the log as it is, by another kiosk whose clock shows this. */
  function cosignedAt(atMs: number): { readonly note: string; readonly by: LogKey } {
    const by = newLogKey('8B');
    const checkpoint = journal.checkpoint(key);
    const signed = cosign({ old: 0, path: [], checkpoint }, key.verifier, null, by, atMs / SECOND_MS);
    if (!signed.ok) throw new Error(signed.error.sentence);
    return { note: checkpoint + signed.value.line, by };
  }
  const adopt = ({ note, by }: ReturnType<typeof cosignedAt>) =>
    journal.witness((book) => book.adopt(note, by.cosigner, key, clock.wall()));
  const differs = { ok: false, error: { kind: 'clocks-differ' } };

  it('of now, and none of weeks ago, which would call its earlier entries made up', async () => {
    journal.record(START);
    machine.trust(false);
    setByHand(MINUTE_MS);
    for (let count = 0; count < 5; count += 1) journal.record({ type: 'dropped', count });
    expect(adopt(cosignedAt(LUNCH_MS - 21 * DAY_MS))).toMatchObject(differs);
    expect(adopt(cosignedAt(LUNCH_MS - 11 * MINUTE_MS))).toMatchObject(differs);
    const now = cosignedAt(LUNCH_MS + MINUTE_MS);
    expect(adopt(now).ok).toBe(true);
    journal.checkpoint(key);
    for (const says of await verdictsWith([now.note], [formatVerifierKey(now.by.cosigner)])) {
      expect(says).toMatchObject({ problems: [], witnessedBy: [now.by.origin] });
    }
  });

  it('also where the battery that it was set against was a year ahead', () => {
    machine.stepWall(365 * DAY_MS);
    journal.record(START);
    setByHand(-365 * DAY_MS);
    expect(adopt(cosignedAt(LUNCH_MS - 11 * MINUTE_MS))).toMatchObject(differs);
    expect(adopt(cosignedAt(LUNCH_MS)).ok).toBe(true);
  });
});
