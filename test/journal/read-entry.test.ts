import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonObject } from '../../src/base/json.ts';
import { entryBytes, type Note, type Stamp } from '../../src/journal/entry.ts';
import { readEntry } from '../../src/journal/read-entry.ts';

const STAMP: Stamp = { seq: 3, boot: 'boot', monoMs: 5, wallMs: 1_639_363_200_000, clock: 'trusted' };
const read = (members: JsonObject) => readEntry(Buffer.from(canonicalJson({ v: 1, ...STAMP, ...members }), 'utf8'));

/** One of each form in which the kiosk writes. */
const NOTES: readonly Note[] = [
  { type: 'start', lastEnd: 'power', version: '1.0.0' },
  { type: 'stop' },
  {
    type: 'log-continued',
    why: 'SQLITE_CORRUPT',
    file: 'journal-20211213T114000000Z.db',
    origin: null,
    size: null,
    root: null,
    uses: 3,
    stickers: 0,
    whole: false,
  },
  {
    type: 'scan',
    verdict: 'assist',
    reason: 'needs-server',
    rule: null,
    format: 'coov-session',
    kind: null,
    issuer: null,
    policy: 'any-genuine',
    pass: null,
    facts: null,
  },
  { type: 'staff-admitted', because: 'papers', of: 1 },
  { type: 'trust-imported', signed: false, sha256: 'ab', keys: 2 },
  { type: 'trust-imported', signed: true, version: 4, sha256: 'ab', keys: 2 },
  { type: 'clock-set', toMs: 1_639_363_200_000, byMs: -5 },
  { type: 'settings-changed', members: ['zone'], sha256: 'ab' },
  { type: 'policy-changed', id: 'any-genuine', sha256: 'ab' },
  { type: 'register-sealed', to: 'thumbprint', visits: 2, total: 5 },
  { type: 'register-exported', fromMs: -1, toMs: 1_639_363_200_000, visits: 2, sha256: 'ab' },
  { type: 'register-deleted', visits: 2, total: 2 },
  { type: 'use-key-lost', untilMs: 1_639_363_200_000 },
  { type: 'register-continued', why: 'SQLITE_CORRUPT', file: null, visits: 0 },
  {
    type: 'health',
    scanner: 'ready',
    signal: 'fault',
    printer: 'absent',
    trust: 'stale',
    trustHours: -1,
    freeMib: null,
    served: 0,
  },
];

describe('a log that a newer version wrote is not half understood:', () => {
  it.each(NOTES.map((note) => [note.type, note] as const))('%s is read back as it was written', (_, note) => {
    expect(readEntry(entryBytes(STAMP, note))).toEqual({ ok: true, value: { v: 1, ...STAMP, ...note } });
  });

  it('an entry of a command is read back as one, and no other writer is known', () => {
    const stop = { type: 'stop' } as const;
    const isRead = (writer: string) => read({ ...stop, writer }).ok;
    expect([isRead('command'), isRead('kiosk'), isRead('')]).toEqual([true, false, false]);
    const stamp: Stamp = { ...STAMP, writer: 'command' };
    expect(readEntry(entryBytes(stamp, stop))).toEqual({ ok: true, value: { v: 1, ...stamp, ...stop } });
  });

  it('an entry of an earlier version that lacks a later member is read', () => {
    expect(read({ type: 'settings-changed', members: ['zone'] }).ok).toBe(true);
    expect(read({ type: 'staff-admitted', of: 1 }).ok).toBe(true);
  });

  it.each([
    ['an unknown kind', { type: 'teleported' }, 'entry 3 is of a kind that this version does not know; '],
    ['a name of every object', { type: 'constructor' }, 'entry 3 is of a kind'],
    ['an unknown member', { type: 'stop', why: 'lunch' }, 'entry 3 has a form that this version does not know; '],
    ['a lacking member', { type: 'start', lastEnd: 'power' }, 'entry 3 has a form'],
    ['an unknown value', { type: 'start', lastEnd: 'meteor', version: '1' }, 'entry 3 has a form'],
    ['a reason that is none', { type: 'staff-admitted', of: 1, because: 'charm' }, 'entry 3 has a form'],
    ['a count below none', { type: 'dropped', count: -1 }, 'entry 3 has a form'],
    ['another version of the form', { type: 'stop', v: 2 }, 'an entry of this log cannot be read; '],
    ['a time that no year of four digits holds', { type: 'stop', wallMs: 253_402_300_800_000 }, 'an entry of this log'],
    ['no JSON', null, 'an entry of this log cannot be read; '],
  ] as const)('%s is an error sentence', (_, members, sentence) => {
    const result = members === null ? readEntry(Buffer.from('{')) : read(members);
    if (result.ok) throw new Error('it was read');
    expect(result.error).toContain(sentence);
    expect(result.error).toMatch(/use the version that wrote it$/);
  });
});
