import { beforeEach, describe, expect, it } from 'vitest';
import { type ConsistencyProof, parseConsistency } from '../../src/journal/consistency.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import { consistencyPath } from '../../src/journal/merkle.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { openNote, parseNote } from '../../src/journal/signed-note.ts';
import type { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { TreeStore } from '../../src/journal/tree-store.ts';
import { edited, exportedLog, newLogKey, recordedLog, signedAnew } from '../support/exported-log.ts';
import { open, read, time, useJournalFile } from '../support/journal-file.ts';

useJournalFile();

const AT_MS = Date.UTC(2022, 0, 3, 12);
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

const countersign = (shown: ConsistencyProof, from = logKey) =>
  witness.countersign(shown, from.verifier, witnessKey, AT_MS);

describe('another kiosk as a witness', () => {
  it('countersigns a log that it has never seen, and later what was only added to', () => {
    const first = countersign(proof(0));
    if (!first.ok) throw new Error(first.error);
    const note = parseNote(`${log.checkpoint(logKey)}${first.value}`);
    if (!note.ok) throw new Error(note.error);
    const opened = openNote(note.value, [logKey.verifier, witnessKey.cosigner], verifyEd25519);
    expect(opened).toMatchObject({ ok: true, value: [{ atS: null }, { atS: AT_MS / 1_000 }] });
    time.advance(1_000);
    for (let count = 0; count < 7; count += 1) log.record({ type: 'dropped', count });
    expect(countersign(proof(20)).ok).toBe(true);
  });

  it('does not countersign what contradicts what it has seen, and says so', () => {
    expect(countersign(proof(0)).ok).toBe(true);
    const { entries } = exportedLog(recordedLog(logKey, 30).path);
    const forged = entries.map((entry) => edited(entry, { count: 0 }));
    const [checkpoint = ''] = signedAnew(forged, logKey, [30]);
    const refused = countersign({ old: 20, path: [], checkpoint });
    expect(refused).toMatchObject({ ok: false, error: expect.stringMatching(/contradicts/) });
    // The same size with another root is a contradiction too.
    const [sameSize = ''] = signedAnew(forged, logKey, [20]);
    expect(countersign({ old: 20, path: [], checkpoint: sameSize }).ok).toBe(false);
    expect(countersign(proof(20)).ok).toBe(true);
  });

  it('asks for the proof since its own last sight, whatever the other claims it was', () => {
    expect(countersign(proof(0)).ok).toBe(true);
    expect(countersign(proof(0))).toMatchObject({ ok: false, error: expect.stringMatching(/proof since 20/) });
    expect(countersign(proof(5))).toMatchObject({ ok: false, error: expect.stringMatching(/proof since 20/) });
  });

  it('countersigns no forged checkpoint, none of a third log, and not its own', () => {
    const shown = proof(0);
    const bent = shown.checkpoint.replace('trusted', 'unsure');
    expect(countersign({ ...shown, checkpoint: bent })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/forged/),
    });
    expect(countersign(shown, newLogKey('7A'))).toMatchObject({
      ok: false,
      error: expect.stringMatching(/none of the keys/),
    });
    expect(witness.countersign(shown, logKey.verifier, logKey, AT_MS).ok).toBe(false);
    expect(parseConsistency(shown.checkpoint).ok).toBe(false);
  });
});
