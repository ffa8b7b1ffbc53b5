import { beforeAll, describe, expect, it } from 'vitest';
import { LAST_INSTANT_MS, parseInstant } from '../../src/base/time.ts';
import type { CheckpointTime } from '../../src/journal/checkpoint.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import {
  cosignatureBytes,
  cosignedMessage,
  formatVerifierKey,
  parseNote,
  signatureLine,
} from '../../src/journal/signed-note.ts';
import {
  beheaded,
  type ExportedLog,
  edited,
  exportedLog,
  hasPython,
  newLogKey,
  recordedLog,
  signedAnew,
  verdictsOn,
} from '../support/exported-log.ts';

const ENTRIES = 620;
const SIZES = [100, 200, 300, 400, 500, 600, 620];
const YEAR_2090_MS = Date.UTC(2090, 0, 1);

let key: LogKey;
let log: ExportedLog;
beforeAll(() => {
  key = newLogKey('7A');
  log = exportedLog(recordedLog(key, ENTRIES).path);
});

const at = (texts: readonly string[], index: number): string => texts[index] ?? '';
const wallMs = (seq: number, entries = log.entries): number =>
  (JSON.parse(at(entries, seq)) as { wallMs: number }).wallMs;
const instant = (ms: number): string => new Date(ms).toISOString();

/** The head of a log of `size` entries, as a witness kept it, with the time that the kiosk wrote into it. */
function keptHead(entries: readonly string[], size: number, time?: CheckpointTime, by = key): string {
  const notes = time === undefined ? signedAnew(entries, by, [size]) : signedAnew(entries, by, [size], () => time);
  return at(notes, 0);
}

/** Entries under a clock that showed another year. */
function underWrongClock(from: number, upTo: number, clock: 'trusted' | 'unsure'): readonly string[] {
  return log.entries.map((entry, seq) =>
    seq < from || seq > upTo ? entry : edited(entry, { wallMs: YEAR_2090_MS + seq, clock }),
  );
}

const pythonNote = hasPython ? '' : ' (skipped: install python3)';

describe.skipIf(!hasPython)(`one wrong date of the future${pythonNote}`, () => {
  it('under an unsure clock does not make a witness of the years up to it', async () => {
    const entries = underWrongClock(390, 399, 'unsure');
    const timeAt = (atMs: number): CheckpointTime => ({ atMs, trusted: atMs < YEAR_2090_MS });
    const shown = { ...log, entries, checkpoints: signedAnew(entries, key, SIZES, timeAt) };
    const unsure = keptHead(entries, 400, { atMs: YEAR_2090_MS, trusted: false });
    for (const says of await verdictsOn(shown, { key: key.verifierText, witnesses: [unsure] })) {
      expect(says).toMatchObject({ problems: [], witnessedSize: 400, unwitnessedSince: instant(wallMs(389)) });
    }
    const later = keptHead(entries, 500);
    for (const says of await verdictsOn(shown, { key: key.verifierText, witnesses: [unsure, later] })) {
      expect(says).toMatchObject({ problems: [], witnessedSize: 500, unwitnessedSince: instant(wallMs(499)) });
    }
  });

  it('that was trusted spoils only its own entries once a later checkpoint is witnessed', async () => {
    const entries = underWrongClock(390, 399, 'trusted');
    const shown = { ...log, entries, checkpoints: signedAnew(entries, key, SIZES) };
    const wrong = keptHead(entries, 400);
    const right = keptHead(entries, 500);
    for (const says of await verdictsOn(shown, { key: key.verifierText, witnesses: [wrong, right] })) {
      expect(says).toMatchObject({
        problems: [{ code: 'time-contradicts-witness', seq: 390, upTo: 399 }],
        unwitnessedSince: instant(wallMs(499)),
      });
    }
    // Without a later witness the log's own next checkpoint shows that the date was wrong.
    for (const says of await verdictsOn(shown, { key: key.verifierText, witnesses: [wrong] })) {
      expect(says).toMatchObject({ witnessedSize: 400, unwitnessedSince: instant(wallMs(499)) });
    }
  });

  it('of the first entries does not become the time since when nobody vouches', async () => {
    const unsure = underWrongClock(0, 9, 'unsure');
    for (const says of await verdictsOn(
      { ...log, entries: unsure, checkpoints: signedAnew(unsure, key, SIZES) },
      { key: key.verifierText },
    )) {
      expect(says).toMatchObject({ problems: [], witnessedSize: null, unwitnessedSince: instant(wallMs(10)) });
    }
    const never = underWrongClock(0, ENTRIES, 'unsure');
    const checkpoints = signedAnew(never, key, SIZES, (atMs) => ({ atMs, trusted: false }));
    for (const says of await verdictsOn({ ...log, entries: never, checkpoints }, { key: key.verifierText })) {
      expect(says).toMatchObject({ problems: [], unwitnessedSince: null });
    }
  });
});

describe.skipIf(!hasPython)(`a countersignature of a year that no calendar writes${pythonNote}`, () => {
  const LAST_S = Math.floor(LAST_INSTANT_MS / 1_000);

  function cosignedAt(atS: number, other: LogKey): ExportedLog {
    const last = at(log.checkpoints, log.checkpoints.length - 1);
    const note = parseNote(last);
    if (!note.ok) throw new Error(note.error);
    const bytes = cosignatureBytes(atS, other.sign(cosignedMessage(note.value.text, atS)));
    const line = signatureLine({ name: other.origin, id: other.cosigner.id, bytes });
    return { ...log, checkpoints: log.checkpoints.with(-1, `${last}${line}`) };
  }

  it.each([LAST_S, LAST_S + 1, 300_000_000_000, Number.MAX_SAFE_INTEGER])('%i breaks no verifier', async (atS) => {
    const other = newLogKey('8B');
    const stranger = { key: key.verifierText, witnessKeys: [formatVerifierKey(other.cosigner)] };
    for (const says of await verdictsOn(cosignedAt(atS, other), stranger)) {
      if (atS === LAST_S) {
        expect(says).toMatchObject({ problems: [], unwitnessedSince: '9999-12-31T23:59:59.000Z' });
      } else {
        expect(says.problems).toContainEqual({ code: 'checkpoint-forged', seq: ENTRIES, upTo: ENTRIES });
      }
      expect(parseInstant(says.unwitnessedSince ?? '').ok).toBe(true);
    }
  });
});

describe.skipIf(!hasPython)(`a kiosk that has lost its key${pythonNote}`, () => {
  it('names who signed what, so that a thief of the new key is not taken for the old kiosk', async () => {
    const next = newLogKey('7A');
    const stranger = { key: key.verifierText, keys: [next.verifierText] };
    const rewritten = log.entries.with(300, edited(at(log.entries, 300), { count: 0 }));
    const checkpoints = [...signedAnew(rewritten, key, [100]), ...signedAnew(rewritten, next, [400, ENTRIES])];
    for (const says of await verdictsOn({ ...log, entries: rewritten, checkpoints }, stranger)) {
      expect(says).toMatchObject({
        problems: [],
        signedBy: [
          { origin: key.origin, from: 0, upTo: 99 },
          { origin: next.origin, from: 100, upTo: ENTRIES - 1 },
        ],
      });
    }
    for (const says of await verdictsOn(log, stranger)) {
      expect(says.signedBy).toEqual([{ origin: key.origin, from: 0, upTo: ENTRIES - 1 }]);
    }
  });

  it('does not go back to it: whoever found it signs nothing more', async () => {
    const next = newLogKey('7A');
    const stranger = { key: key.verifierText, keys: [next.verifierText] };
    const by = (who: LogKey, ...sizes: readonly number[]) => signedAnew(log.entries, who, sizes);
    const returned = { code: 'key-returned', seq: ENTRIES, upTo: ENTRIES };
    const back = { ...log, checkpoints: [...by(key, 100), ...by(next, 400), ...by(key, ENTRIES)] };
    for (const says of await verdictsOn(back, stranger)) expect(says.problems).toEqual([returned]);
    // That the new key had signed may be known from a witness alone.
    const hidden = { ...log, checkpoints: by(key, 100, ENTRIES) };
    const kept = keptHead(log.entries, 400, undefined, next);
    for (const says of await verdictsOn(hidden, { ...stranger, witnesses: [kept] })) {
      expect(says.problems).toEqual([returned]);
    }
  });
});

it.skipIf(!hasPython)(
  `a checkpoint kept of entries that are not in the export is named as not checked, not passed over${pythonNote}`,
  async () => {
    const kept = [keptHead(log.entries, 100), keptHead(log.entries, 200)];
    for (const says of await verdictsOn(beheaded(log, 256), { key: key.verifierText, from: 256, witnesses: kept })) {
      expect(says).toMatchObject({ problems: [], uncheckedWitnesses: { count: 2, largest: 200 }, witnessedSize: null });
    }
    const checkable = [...kept, keptHead(log.entries, 400)];
    for (const says of await verdictsOn(beheaded(log, 200), { key: key.verifierText, witnesses: checkable })) {
      expect(says).toMatchObject({ uncheckedWitnesses: { count: 1, largest: 100 }, witnessedSize: 400 });
    }
  },
);
