import { beforeEach, describe, expect, it } from 'vitest';
import { type ConsistencyProof, parseConsistency } from '../../src/journal/consistency.ts';
import type { Entry } from '../../src/journal/entry.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import { consistencyPath } from '../../src/journal/merkle.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { openJournalFile, openJournalReader } from '../../src/journal/open.ts';
import { newestEntries } from '../../src/journal/query.ts';
import { LOG_SIGNATURE, openNote, parseNote, verifierKey } from '../../src/journal/signed-note.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { TreeStore } from '../../src/journal/tree-store.ts';
import { signCheckpoint, type WitnessRefusal } from '../../src/journal/witness.ts';
import { MAX_COSIGNATURES } from '../../src/journal/witness-book.ts';
import { MAX_TEXT_QR_BYTES } from '../../src/sticker/qr.ts';
import { edited, exportedLog, newLogKey, recordedLog, signedAnew } from '../support/exported-log.ts';
import { open, path, read, SECRET, time, useJournalFile } from '../support/journal-file.ts';
import { LUNCH_MS } from '../support/passes.ts';

useJournalFile();

const AT_MS = LUNCH_MS;
const MINUTE_MS = 60_000;
let witness: SqliteJournal;
let witnessKey: LogKey;
let log: SqliteJournal;
let logKey: LogKey;
let proof: (old: number) => ConsistencyProof;

beforeEach(() => {
  witnessKey = newLogKey('8B');
  logKey = newLogKey('7A');
  log = open();
  for (let count = 0; count < 20; count += 1) log.record({ type: 'dropped', count });
  proof = (old) => {
    const checkpoint = log.checkpoint(logKey);
    return read((db) => ({
      old,
      path: consistencyPath(sha256, new TreeStore(db).subtree, old, log.size()),
      checkpoint,
    }));
  };
  // The witness keeps what it has seen in its own journal; here that is the same file under another key.
  witness = log;
});

const countersign = (shown: ConsistencyProof, from = logKey, by = witnessKey) =>
  witness.witness((book) => book.countersign(shown, from.verifier, by, AT_MS));
const add = (count: number): void => {
  for (let at = 0; at < count; at += 1) log.record({ type: 'dropped', count: at });
};
const exportedEntries = (file: string): readonly Entry[] => {
  const db = openJournalReader(file);
  if (!db.ok) throw new Error(db.error);
  const entries = newestEntries(db.value, 1_000);
  db.value.close();
  return entries;
};
const typesOf = (type: Entry['type']): readonly Entry[] => exportedEntries(path).filter((entry) => entry.type === type);
const says = (sentence: RegExp, kind: WitnessRefusal['kind']) => ({
  ok: false,
  error: { kind, sentence: expect.stringMatching(sentence) },
});

describe('another kiosk as a witness', () => {
  it('countersigns a log that it has never seen, and later what was only added to', () => {
    const first = countersign(proof(0));
    if (!first.ok) throw new Error(first.error.sentence);
    const note = parseNote(first.value.note);
    if (!note.ok) throw new Error(note.error);
    const opened = openNote(note.value, [logKey.verifier, witnessKey.cosigner], verifyEd25519);
    expect(opened).toMatchObject({ ok: true, value: [{ atS: null }, { atS: AT_MS / 1_000 }] });
    time.advance(1_000);
    add(7);
    expect(countersign(proof(20))).toMatchObject({ ok: true, value: { log: logKey.origin, size: log.size() - 1 } });
    expect(typesOf('log-countersigned')).toHaveLength(2);
  });

  it('does not countersign what contradicts what it has seen, says so, and keeps it in its own log', () => {
    expect(countersign(proof(0)).ok).toBe(true);
    const { entries } = exportedLog(recordedLog(logKey, 30).path);
    const forged = entries.map((entry) => edited(entry, { count: 0 }));
    const [checkpoint = ''] = signedAnew(forged, logKey, [30]);
    expect(countersign({ old: 20, path: [], checkpoint })).toMatchObject(says(/contradicts/, 'forked'));
    // The same size with another root is a contradiction too.
    const [sameSize = ''] = signedAnew(forged, logKey, [20]);
    expect(countersign({ old: 20, path: [], checkpoint: sameSize })).toMatchObject(says(/contradicts/, 'forked'));
    // Fewer entries than were seen: an older code, or a log that was cut off.
    const [fewer = ''] = signedAnew(entries, logKey, [19]);
    expect(countersign({ old: 0, path: [], checkpoint: fewer })).toMatchObject(says(/covers 19/, 'fewer'));
    expect(typesOf('log-contradicted')).toMatchObject([
      { log: logKey.origin, why: 'forked', size: 30, seen: 20 },
      { why: 'forked', size: 20, seen: 20 },
      { why: 'fewer', size: 19, seen: 20 },
    ]);
    expect(countersign(proof(20)).ok).toBe(true);
  });

  it('begins anew with a log that was replaced, once its owner says so, and holds on to who vouches for itself', () => {
    expect(countersign(proof(0)).ok).toBe(true);
    const replaced = exportedLog(recordedLog(logKey, 5).path);
    const [checkpoint = ''] = signedAnew(replaced.entries, logKey, [5]);
    const shown = { old: 0, path: [], checkpoint };
    expect(countersign(shown)).toMatchObject(says(/covers 5/, 'fewer'));
    expect(witness.witness((book) => book.forget('munjigi/venue/99/none'))).toBe(false);
    expect(witness.witness((book) => book.forget(logKey.origin))).toBe(true);
    expect(witness.witness((book) => book.forget(logKey.origin))).toBe(false);
    expect(typesOf('log-forgotten')).toMatchObject([{ log: logKey.origin, seen: 20 }]);
    expect(countersign(shown)).toMatchObject({ ok: true, value: { size: 5 } });
  });

  it('countersigns the same head again for whoever lost the first signature, without a proof', () => {
    const shown = proof(0);
    expect(countersign(shown).ok).toBe(true);
    expect(countersign(shown).ok).toBe(true);
  });

  it('asks for the proof since its own last sight, whatever the other claims it was', () => {
    expect(countersign(proof(0)).ok).toBe(true);
    add(3);
    expect(countersign(proof(0))).toMatchObject(says(/proof since 20/, 'unproven'));
    expect(countersign(proof(5))).toMatchObject(says(/proof since 20/, 'unproven'));
  });

  it('countersigns no forged checkpoint, none of a third log, and not its own', () => {
    const shown = proof(0);
    const bent = shown.checkpoint.replace('trusted', 'unsure');
    expect(countersign({ ...shown, checkpoint: bent })).toMatchObject(says(/forged/, 'damaged'));
    expect(countersign(shown, newLogKey('7A'))).toMatchObject(says(/none of the keys/, 'damaged'));
    expect(countersign(shown, logKey, logKey)).toMatchObject(says(/this kiosk itself/, 'own-log'));
    expect(parseConsistency(shown.checkpoint).ok).toBe(false);
  });

  it('a second key under a name that it knows is countersigned by nobody', () => {
    const named = (key: LogKey): LogKey => {
      const origin = 'example.org/log';
      return { ...key, origin, verifier: verifierKey(sha256, origin, LOG_SIGNATURE, key.verifier.publicKey) };
    };
    const shownBy = (key: LogKey) => {
      const head = { size: 5, root: sha256(Buffer.from('root')) };
      const checkpoint = signCheckpoint(key, head, { atMs: AT_MS, trusted: true });
      return countersign({ old: 0, path: [], checkpoint }, key);
    };
    expect(shownBy(named(logKey)).ok).toBe(true);
    expect(shownBy(named(newLogKey('7A')))).toMatchObject(says(/another key before/, 'other-key'));
  });

  it('a passer-by with a key of their own cannot take another kiosk’s name before that kiosk has come', () => {
    const own = newLogKey('7A');
    const verifier = verifierKey(sha256, logKey.origin, LOG_SIGNATURE, own.verifier.publicKey);
    const thief: LogKey = { ...own, origin: logKey.origin, verifier };
    const head = { size: 5, root: sha256(Buffer.from('none')) };
    const checkpoint = signCheckpoint(thief, head, { atMs: AT_MS, trusted: true });
    const refused = countersign({ old: 0, path: [], checkpoint }, thief);
    expect(refused).toMatchObject(says(/belongs to another key/, 'other-key'));
    expect(countersign(proof(0)).ok).toBe(true);
  });

  it('no name that a terminal would obey is met, shown or written down', () => {
    for (const name of ['venue\u009b2J', 'venue\u202eABC', 'venue\u007f']) {
      const pretended = verifierKey(sha256, name, LOG_SIGNATURE, logKey.verifier.publicKey);
      expect(countersign(proof(0), { ...logKey, verifier: pretended })).toMatchObject(says(/the name/, 'damaged'));
    }
  });
});

describe('a countersignature that is carried back', () => {
  const carriedBack = (shown = proof(0), by = witnessKey): string => {
    const signed = countersign(shown, logKey, by);
    if (!signed.ok) throw new Error(signed.error.sentence);
    return signed.value.note;
  };
  const adopt = (note: string, by = witnessKey.cosigner, key = logKey) =>
    log.witness((book) => book.adopt(note, by, key, time.wall()));
  const storedNote = (size: number): string =>
    read((db) => db.prepare('SELECT note FROM checkpoint WHERE size = ?').pluck().get(size)) as string;

  it('is kept under the checkpoint once, however often it is scanned', () => {
    const note = carriedBack();
    expect(adopt(note)).toEqual({ ok: true, value: { by: witnessKey.origin, size: 20 } });
    expect(adopt(note).ok).toBe(true);
    expect(storedNote(20)).toBe(note);
    expect(typesOf('log-witnessed')).toMatchObject([{ by: witnessKey.origin, size: 20 }]);
    expect(log.witness((book) => book.witnessedSize())).toBe(20);
  });

  it('of a clock that is far off is not taken: it would call this log’s own times made up for ever', () => {
    const cosignedAt = (atMs: number): string => {
      const signed = witness.witness((book) => book.countersign(shown, logKey.verifier, witnessKey, atMs));
      if (!signed.ok) throw new Error(signed.error.sentence);
      return signed.value.note;
    };
    const shown = proof(0);
    const nowMs = time.wall().atMs;
    for (const byMs of [-11 * MINUTE_MS, 11 * MINUTE_MS, 60_000 - nowMs]) {
      expect(adopt(cosignedAt(nowMs + byMs))).toMatchObject(says(/clocks of .* differ/, 'clocks-differ'));
    }
    // Whoever does not know the time cannot say that another is ahead, but what was signed before cannot come after.
    time.trust(false);
    expect(adopt(cosignedAt(nowMs - 11 * MINUTE_MS))).toMatchObject(says(/clocks of .* differ/, 'clocks-differ'));
    time.trust(true);
    expect([typesOf('log-witnessed'), storedNote(20).includes(witnessKey.origin)]).toEqual([[], false]);
    expect(adopt(cosignedAt(nowMs + 9 * MINUTE_MS)).ok).toBe(true);
  });

  it('shows that this log was put back to an older copy, and says so in the log', () => {
    const note = carriedBack();
    time.advance(1_000);
    const { path: rewritten } = recordedLog(logKey, 25);
    const journal = SqliteJournal.open({
      open: () => openJournalFile(rewritten),
      clock: time,
      bootId: 'boot-3',
      useKeySecret: SECRET,
    });
    if (!journal.ok) throw new Error(journal.error);
    const refused = journal.value.witness((book) => book.adopt(note, witnessKey.cosigner, logKey, time.wall()));
    expect(refused).toMatchObject(says(/not in it any more/, 'not-in-log'));
    journal.value.close();
    const found = exportedEntries(rewritten).filter(({ type }) => type === 'log-contradicted');
    expect(found).toMatchObject([{ log: logKey.origin, why: 'not-in-log', size: 20, seen: 25 }]);
  });

  it('does not count with a forged signature, by another key, or for another log', () => {
    const note = carriedBack();
    const forged = note.replace(/.{8}\n$/, 'AAAAAA==\n');
    expect(adopt(forged)).toMatchObject(says(/forged or damaged/, 'damaged'));
    expect(adopt(note, witnessKey.cosigner, newLogKey('9C'))).toMatchObject(says(/none of the keys/, 'damaged'));
    // The log's own signature, or its own key as a witness, is nobody else's word.
    for (const key of [logKey.verifier, logKey.cosigner, witnessKey.verifier, newLogKey('8B').cosigner]) {
      const kind = key.name === logKey.origin ? 'own-log' : 'damaged';
      expect(adopt(note, key)).toMatchObject(says(/no countersignature here is by that key: give/, kind));
      expect(adopt(proof(0).checkpoint, key)).toMatchObject(says(/this kiosk itself/, 'own-log'));
    }
    expect(typesOf('log-witnessed')).toEqual([]);
    expect(storedNote(20)).not.toContain(witnessKey.origin);
  });

  it('brings in nobody else’s signature beside it', () => {
    const shown = proof(0);
    const note = carriedBack(shown);
    const line = carriedBack(shown, newLogKey('9C')).slice(shown.checkpoint.length);
    expect(adopt(note + line).ok).toBe(true);
    expect(storedNote(20)).toBe(note);
  });

  it('stands beside those of the newest 12 kiosks, and what was said to be kept is kept', () => {
    const shown = proof(0);
    const kiosks = Array.from({ length: MAX_COSIGNATURES + 1 }, (_, at) =>
      newLogKey(`0${at.toString(32).toUpperCase()}`),
    );
    for (const kiosk of kiosks) {
      expect(adopt(carriedBack(shown, kiosk), kiosk.cosigner).ok).toBe(true);
    }
    expect(typesOf('log-witnessed')).toHaveLength(MAX_COSIGNATURES + 1);
    expect(storedNote(20)).toContain(kiosks.at(-1)?.origin);
    expect(storedNote(20)).not.toContain(kiosks[0]?.origin);
    const longest =
      Buffer.byteLength(storedNote(20)) + (MAX_COSIGNATURES + 2) * ('x'.repeat(21).length - 'venue'.length);
    expect(longest).toBeLessThanOrEqual(MAX_TEXT_QR_BYTES);
    expect(parseNote(storedNote(20))).toMatchObject({
      ok: true,
      value: { signatures: { length: MAX_COSIGNATURES + 1 } },
    });
  });
});
