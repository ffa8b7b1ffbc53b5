import { beforeAll, describe, expect, it } from 'vitest';
import { type Checkpoint, parseCheckpoint } from '../../src/journal/checkpoint.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import { CompactRange, consistencyPath, isConsistent, leafHashOf, type Subtree } from '../../src/journal/merkle.ts';
import { sha256 } from '../../src/journal/native-crypto.ts';
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
  newLogKey,
  recordedLog,
  signedAnew,
  verdictsOn,
} from '../support/exported-log.ts';

const ENTRIES = 620;
const SIZES = [100, 200, 300, 310, 400, 500, 600, 620];
/** Minutes after the first entry. */
const minuteMs = (entry: string): number => (JSON.parse(entry) as { wallMs: number }).wallMs;

interface Scene {
  readonly log: ExportedLog;
  readonly key: LogKey;
  /** The checkpoint of 400 entries, photographed on the day. */
  readonly kept: string;
}

let set: Scene;
beforeAll(() => {
  set = scene();
});

function scene(): Scene {
  const key = newLogKey('7A');
  const log = exportedLog(recordedLog(key, ENTRIES).path);
  const kept = log.checkpoints[4] ?? '';
  return { log, key, kept };
}

const textOf = (note: string): string => {
  const parsed = parseNote(note);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value.text;
};

/** Numbers entries from their place on, as somebody does who hopes that nobody hashes them. */
const renumbered = (entries: readonly string[]): readonly string[] =>
  entries.map((entry, seq) => (JSON.parse(entry).seq === seq ? entry : edited(entry, { seq })));

const subtreesOf =
  (entries: readonly string[]): Subtree =>
  (level, index) => {
    const range = CompactRange.empty(sha256);
    const width = 2 ** level;
    for (const entry of entries.slice(index * width, (index + 1) * width)) {
      range.push(leafHashOf(sha256, Buffer.from(entry)));
    }
    return range.root();
  };

type Tampering = (scene: Scene) => ExportedLog;

const withEntries =
  (change: (entries: readonly string[]) => readonly string[]): Tampering =>
  ({ log }) => ({ ...log, entries: change(log.entries) });

const at = (entries: readonly string[], index: number): string => entries[index] ?? '';

/** Whoever has only the files. Each is found with the public key alone. */
const WITHOUT_KEY: readonly [string, string, Tampering][] = [
  ['an entry is taken out', 'seq-broken', withEntries((all) => all.toSpliced(250, 1))],
  [
    'an entry is taken out and the rest renumbered',
    'root-differs',
    withEntries((all) => renumbered(all.toSpliced(250, 1))),
  ],
  ['an entry is put in', 'seq-broken', withEntries((all) => all.toSpliced(250, 0, edited(at(all, 249), { count: 1 })))],
  ['an entry stands twice', 'seq-broken', withEntries((all) => all.toSpliced(250, 0, at(all, 250)))],
  [
    'two entries change places',
    'seq-broken',
    withEntries((all) => all.with(250, at(all, 251)).with(251, at(all, 250))),
  ],
  [
    'a word of an entry is changed',
    'root-differs',
    withEntries((all) => all.with(250, edited(at(all, 250), { count: 0 }))),
  ],
  [
    'the time of an entry is changed',
    'root-differs',
    withEntries((all) => all.with(250, edited(at(all, 250), { wallMs: 0 }))),
  ],
  [
    'an entry is spelled otherwise',
    'entry-unreadable',
    withEntries((all) => all.with(250, at(all, 250).replace(':', ': '))),
  ],
  ['the first entries are cut off', 'seq-broken', withEntries((all) => all.slice(100))],
  ['the first entries are cut off and their hashes kept', 'beginning-missing', ({ log }) => beheaded(log, 256)],
  [
    'entries are added after the last checkpoint',
    'unsigned-tail',
    withEntries((all) => [...all, edited(at(all, 619), { seq: 620 })]),
  ],
  [
    'an entry is changed and every hash with it',
    'checkpoint-forged',
    ({ log }) => {
      const entries = log.entries.with(250, edited(at(log.entries, 250), { count: 0 }));
      const hashed = signedAnew(entries, newLogKey('7A'), SIZES).map(textOf);
      const checkpoints = log.checkpoints.map((note, index) => {
        const lines = note.split('\n');
        return lines.with(2, hashed[index]?.split('\n')[2] ?? '').join('\n');
      });
      return { ...log, entries, checkpoints };
    },
  ],
  [
    'the size of a checkpoint is changed',
    'checkpoint-forged',
    ({ log }) => ({
      ...log,
      checkpoints: log.checkpoints.with(7, at(log.checkpoints, 7).replace('\n620\n', '\n619\n')),
    }),
  ],
  [
    'a signature is moved to another checkpoint',
    'checkpoint-forged',
    ({ log }) => {
      const [text, signature] = [textOf(at(log.checkpoints, 7)), at(log.checkpoints, 6).split('\n\n')[1]];
      return { ...log, checkpoints: log.checkpoints.with(7, `${text}\n${signature}`) };
    },
  ],
  [
    'a checkpoint is swapped for one of another kiosk',
    'checkpoint-foreign',
    ({ log }) => ({
      ...log,
      checkpoints: log.checkpoints.with(7, signedAnew(log.entries, newLogKey('8B'), [620])[0] ?? ''),
    }),
  ],
  [
    'everything is signed with another key',
    'checkpoint-foreign',
    ({ log }) => ({ ...log, checkpoints: signedAnew(log.entries, newLogKey('7A'), SIZES) }),
  ],
];

/** Whoever has the kiosk's key, the owner included. Each is found with a checkpoint that was kept elsewhere. */
const WITH_KEY: readonly [string, string, Tampering][] = [
  [
    'the end is cut off at an earlier checkpoint',
    'witness-longer',
    ({ log }) => ({ ...log, entries: log.entries.slice(0, 300), checkpoints: log.checkpoints.slice(0, 3) }),
  ],
  [
    'an older copy is put back and goes on',
    'witness-differs',
    ({ log, key }) => {
      const entries = log.entries.map((entry, seq) => (seq < 350 ? entry : edited(entry, { count: 1 })));
      return { ...log, entries, checkpoints: signedAnew(entries, key, SIZES) };
    },
  ],
  [
    'history is written anew',
    'witness-differs',
    ({ log, key }) => {
      const entries = renumbered(log.entries.toSpliced(250, 1));
      return { ...log, entries, checkpoints: signedAnew(entries, key, [100, 200, 300, 400, 500, 619]) };
    },
  ],
  [
    'entries are made today with the time of yesterday',
    'time-contradicts-witness',
    ({ log, key }) => {
      const dayMs = 86_400_000;
      const entries = log.entries.map((entry, seq) =>
        seq < 500 ? entry : edited(entry, { wallMs: minuteMs(entry) - dayMs }),
      );
      return { ...log, entries, checkpoints: signedAnew(entries, key, SIZES) };
    },
  ],
  [
    'the witness is shown one log and the stranger another of the same size',
    'witness-differs',
    ({ log, key }) => {
      const entries = log.entries.with(399, edited(at(log.entries, 399), { count: 1 }));
      return { ...log, entries, checkpoints: signedAnew(entries, key, SIZES) };
    },
  ],
];

describe('a log as it was written', () => {
  it('is clean to all three verifiers, which also say since when nobody vouches', async () => {
    const { log, key, kept } = set;
    const alone = await verdictsOn(log, { key: key.verifierText });
    const first = new Date(minuteMs(at(log.entries, 0))).toISOString();
    for (const says of alone) {
      expect(says).toMatchObject({
        problems: [],
        size: ENTRIES,
        checkpoints: 8,
        witnessedSize: null,
        unwitnessedSince: first,
      });
    }
    const since = new Date(minuteMs(at(log.entries, 399))).toISOString();
    for (const says of await verdictsOn(log, { key: key.verifierText, witnesses: [kept] })) {
      expect(says).toMatchObject({ problems: [], witnessedSize: 400, unwitnessedSince: since });
    }
  });

  it('can be given away from the middle on, and the same entries changed are found', async () => {
    const key = newLogKey('7A');
    const { path } = recordedLog(key, ENTRIES);
    const stretch = exportedLog(path, 333);
    for (const says of await verdictsOn(stretch, { key: key.verifierText, from: 333 })) {
      expect(says).toMatchObject({ problems: [], from: 333, size: ENTRIES, checkpoints: 4 });
    }
    for (const says of await verdictsOn(stretch, { key: key.verifierText, from: 332 })) {
      expect(says.problems).toEqual([{ code: 'beginning-missing', seq: 332, upTo: 332 }]);
    }
    const bent = { ...stretch, entries: stretch.entries.with(0, edited(at(stretch.entries, 0), { count: 0 })) };
    for (const says of await verdictsOn(bent, { key: key.verifierText, from: 333 })) {
      expect(says.problems).toEqual([{ code: 'root-differs', seq: 333, upTo: 399 }]);
    }
  });

  it('that goes on from a damaged one says so, for whoever kept a checkpoint of that', async () => {
    const { log, key, kept } = set;
    const named = { file: 'f', origin: key.origin, size: 400, root: 'R', stickers: 0, uses: 0, whole: true, why: 'w' };
    for (const [members, continues] of [
      [named, { size: 400, root: 'R' }],
      [
        { ...named, size: null, root: null },
        { size: null, root: null },
      ],
    ] as const) {
      const first = edited(at(log.entries, 0), { type: 'log-continued', ...members });
      const entries = [first, ...log.entries.slice(1, 200)];
      const renewed = { ...log, entries, checkpoints: signedAnew(entries, key, [100, 200]) };
      for (const says of await verdictsOn(renewed, { key: key.verifierText })) {
        expect(says).toMatchObject({ problems: [], continues });
      }
      for (const says of await verdictsOn(renewed, { key: key.verifierText, witnesses: [kept] })) {
        expect(says).toMatchObject({ problems: [{ code: 'witness-longer' }], continues });
      }
    }
    for (const says of await verdictsOn(log, { key: key.verifierText })) expect(says.continues).toBeNull();
  });

  it('that another kiosk has countersigned is vouched for by that kiosk, and backdating before its hour is found', async () => {
    const { log, key } = set;
    const other = newLogKey('8B');
    const last = at(log.checkpoints, 7);
    const atS = Math.floor(minuteMs(at(log.entries, 619)) / 1_000) + 3_600;
    const line = signatureLine({
      name: other.origin,
      id: other.cosigner.id,
      bytes: cosignatureBytes(atS, other.sign(cosignedMessage(textOf(last), atS))),
    });
    const witnessed = { ...log, checkpoints: log.checkpoints.with(7, `${last}${line}`) };
    const stranger = { key: key.verifierText, witnessKeys: [formatVerifierKey(other.cosigner)] };
    for (const says of await verdictsOn(witnessed, stranger)) {
      expect(says).toMatchObject({
        problems: [],
        witnessedSize: 620,
        witnessedBy: [other.origin],
        unusedWitnessKeys: [],
        unwitnessedSince: new Date(atS * 1_000).toISOString(),
      });
    }
    // The other kiosk's key as a log in place of its key as a witness, and one of nobody.
    const wrong = [other.verifierText, formatVerifierKey(newLogKey('9C').cosigner)];
    for (const says of await verdictsOn(witnessed, { key: key.verifierText, witnessKeys: wrong })) {
      const unusedWitnessKeys = wrong.map((text) => text.split('+').slice(0, 2).join('+'));
      expect(says).toMatchObject({ problems: [], witnessedSize: null, unusedWitnessKeys });
    }
    const forged = { ...log, checkpoints: log.checkpoints.with(7, `${last}${line.replace(/.{8}\n$/, 'AAAAAA==\n')}`) };
    for (const says of await verdictsOn(forged, stranger)) {
      expect(says.problems).toContainEqual({ code: 'checkpoint-forged', seq: 620, upTo: 620 });
    }
  });
});

describe('without the kiosk’s key nobody changes what the log says unnoticed:', () => {
  it.each(WITHOUT_KEY)('%s', async (_, code, tamper) => {
    const [command, ...others] = await verdictsOn(tamper(set), { key: set.key.verifierText });
    expect(command?.problems.map((problem) => problem.code)).toContain(code);
    for (const other of others) expect(other).toEqual(command);
  });

  it('nor without any checkpoint', async () => {
    const { log, key } = set;
    for (const says of await verdictsOn({ ...log, checkpoints: [] }, { key: key.verifierText })) {
      expect(says.problems).toEqual([{ code: 'no-checkpoint', seq: null, upTo: null }]);
    }
  });
});

describe('with the kiosk’s key nobody goes back behind a witness:', () => {
  it.each(WITH_KEY)('%s', async (_, code, tamper) => {
    const tampered = tamper(set);
    const [command, ...others] = await verdictsOn(tampered, { key: set.key.verifierText, witnesses: [set.kept] });
    expect(command?.problems.map((problem) => problem.code)).toContain(code);
    for (const other of others) expect(other).toEqual(command);
    // What no log can show by itself: this is why there are witnesses.
    for (const says of await verdictsOn(tampered, { key: set.key.verifierText })) expect(says.problems).toEqual([]);
  });
});

describe('what a witness was not shown', () => {
  it('is not laid to somebody with the key where a byte was damaged, which the log’s own heads show as well', async () => {
    const { log, key, kept } = set;
    const countersigned = at(log.checkpoints, 1);
    for (const [damaged, witnesses, own, theirs] of [
      [250, [kept], [200, 299], [0, 399]],
      [350, [countersigned, kept], [310, 399], [200, 399]],
      [395, [kept], [310, 399], [0, 399]],
    ] as const) {
      const entries = log.entries.with(damaged, edited(at(log.entries, damaged), { count: 0 }));
      for (const says of await verdictsOn({ ...log, entries }, { key: key.verifierText, witnesses })) {
        expect(says.problems).toEqual([
          { code: 'root-differs', seq: own[0], upTo: own[1] },
          { code: 'witness-differs-too', seq: theirs[0], upTo: theirs[1] },
        ]);
      }
    }
  });

  it('is laid to whoever has the key and left one old head in, so that it should look like damage', async () => {
    const { log, key, kept } = set;
    const entries = log.entries.map((entry, seq) => (seq < 250 ? entry : edited(entry, { count: 1 })));
    const anew = signedAnew(entries, key, SIZES);
    for (const size of [2, 3]) {
      const checkpoints = anew.with(size, at(log.checkpoints, size));
      for (const says of await verdictsOn(
        { ...log, entries, checkpoints },
        { key: key.verifierText, witnesses: [kept] },
      )) {
        expect(says.problems.map(({ code }) => code)).toEqual(['root-differs', 'witness-differs']);
      }
    }
  });
});

describe('two checkpoints of one log', () => {
  it('that contradict each other have no proof between them', () => {
    const { log, key, kept } = set;
    const entries = log.entries.with(399, edited(at(log.entries, 399), { count: 1 }));
    const headOf = (note: string): Checkpoint => {
      const head = parseCheckpoint(textOf(note));
      if (!head.ok) throw new Error(head.error);
      return head.value;
    };
    const seen = headOf(kept);
    const honest = headOf(at(log.checkpoints, 5));
    const forked = headOf(at(signedAnew(entries, key, [500]), 0));
    expect([seen.size, honest.size, forked.size]).toEqual([400, 500, 500]);
    const honestPath = consistencyPath(sha256, subtreesOf(log.entries), 400, 500);
    const forkedPath = consistencyPath(sha256, subtreesOf(entries), 400, 500);
    expect(isConsistent(sha256, seen, honest, honestPath)).toBe(true);
    for (const path of [honestPath, forkedPath, []]) expect(isConsistent(sha256, seen, forked, path)).toBe(false);
  });
});
