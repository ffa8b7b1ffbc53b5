import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkProof } from '../../src/journal/check-proof.ts';
import { entryBytes, leafHash } from '../../src/journal/entry.ts';
import { JournalFault } from '../../src/journal/journal.ts';
import { LogAudit } from '../../src/journal/log-audit.ts';
import { type LogKey, loadLogKey } from '../../src/journal/log-key.ts';
import { CompactRange, consistencyPath, isConsistent } from '../../src/journal/merkle.ts';
import { MIGRATIONS } from '../../src/journal/migrations.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { openCheckpoint } from '../../src/journal/open-checkpoint.ts';
import { proveEntry } from '../../src/journal/prove.ts';
import { checkStored } from '../../src/journal/stored-log.ts';
import { TreeStore } from '../../src/journal/tree-store.ts';
import { newLogKey, temporaryFolder } from '../support/exported-log.ts';
import { open, path, read, time, useJournalFile } from '../support/journal-file.ts';

useJournalFile();

let key: LogKey;
beforeEach(() => {
  key = newLogKey('7A');
});

/** Rows as a journal of the first version holds them: entries and leaves, no hashes above. */
function writeOldFile(entries: number): void {
  const db = new Database(path);
  db.exec(MIGRATIONS[0] ?? '');
  db.pragma('user_version = 1');
  const add = db.prepare('INSERT INTO entry (seq, bytes, leaf) VALUES (?, ?, ?)');
  db.transaction(() => {
    for (let seq = 0; seq < entries; seq += 1) {
      const stamp = { seq, boot: 'boot-1', monoMs: seq, wallMs: 1_640_000_000_000 + seq, clock: 'trusted' as const };
      const bytes = entryBytes(stamp, { type: 'dropped', count: seq });
      add.run(seq, bytes, leafHash(bytes));
    }
  })();
  db.close();
}

function rootByDefinition(db: Database.Database, size: number): Uint8Array {
  const range = CompactRange.empty(sha256);
  const leaves = db.prepare<[number], { leaf: Buffer }>('SELECT leaf FROM entry WHERE seq < ? ORDER BY seq').all(size);
  for (const { leaf } of leaves) range.push(leaf);
  return range.root();
}

const vouchers = () => ({ keys: [key.verifier], witnesses: [], witnessKeys: [] });

describe('a journal that an older version wrote', () => {
  const ENTRIES = 2 ** 12 + 256 * 3 + 5;

  it('gets its hashes when it is opened, and proves its first entry as well as its last', () => {
    writeOldFile(ENTRIES);
    const journal = open();
    journal.record({ type: 'dropped', count: 1 });
    const note = journal.checkpoint(key);
    read((db) => {
      const head = openCheckpoint(note, [key.verifier], verifyEd25519);
      if (!head.ok) throw new Error(head.error);
      expect(Buffer.from(head.value.checkpoint.root)).toEqual(Buffer.from(rootByDefinition(db, ENTRIES + 1)));
      for (const seq of [0, 15, 16, 255, 256, 4_095, 4_096, ENTRIES]) {
        const proof = proveEntry(db, seq);
        if (!proof.ok) throw new Error(proof.error);
        expect(checkProof(sha256, verifyEd25519, proof.value, [key.verifier])).toMatchObject({
          ok: true,
          value: { seq },
        });
      }
      const tree = new TreeStore(db);
      for (const old of [1, 16, 300, 4_096, 4_097, ENTRIES]) {
        const path = consistencyPath(sha256, tree.subtree, old, ENTRIES + 1);
        const heads = [old, ENTRIES + 1].map((size) => ({ size, root: rootByDefinition(db, size) }));
        expect(isConsistent(sha256, heads[0] as (typeof heads)[0], heads[1] as (typeof heads)[0], path)).toBe(true);
      }
    });
  });

  it('and goes on where a power cut has interrupted that', () => {
    writeOldFile(ENTRIES);
    const first = openJournalFile(path);
    if (!first.ok) throw new Error(first.error);
    const count = first.value.prepare<[], { nodes: number }>('SELECT count(*) AS nodes FROM node');
    const whole = count.get()?.nodes;
    expect(whole).toBe(304 + 19 + 1);
    first.value.exec('DELETE FROM node WHERE idx >= 10 OR level = 12');
    const tree = new TreeStore(first.value);
    expect(tree.fill(ENTRIES, 100)).toBe(false);
    first.value.close();
    const again = openJournalFile(path);
    if (!again.ok) throw new Error(again.error);
    expect(again.value.prepare<[], { nodes: number }>('SELECT count(*) AS nodes FROM node').get()?.nodes).toBe(whole);
    again.value.close();
  });
});

describe('an entry that the disk refused', () => {
  it('leaves no hash behind that the next entry of its number would contradict', () => {
    const journal = open();
    for (let count = 0; count < 255; count += 1) journal.record({ type: 'dropped', count });
    const db = new Database(path);
    // The 256th entry completes two tiles; the disk refuses what is written after both.
    db.exec("CREATE TRIGGER full BEFORE INSERT ON last_run BEGIN SELECT RAISE(ABORT, 'full'); END");
    expect(() => journal.record({ type: 'stop' })).toThrow(JournalFault);
    db.exec('DROP TRIGGER full');
    db.close();
    for (let count = 0; count < 10; count += 1) journal.record({ type: 'dropped', count: 7_000 + count });
    journal.checkpoint(key);
    read((db) =>
      expect(checkStored(db, { from: 0, to: null }, vouchers())).toMatchObject({ ok: true, value: { problems: [] } }),
    );
  });
});

describe('checkpoints', () => {
  it('are not made anew while nothing was added', () => {
    const journal = open();
    journal.record({ type: 'dropped', count: 1 });
    const note = journal.checkpoint(key);
    time.advance(60_000);
    expect(journal.checkpoint(key)).toBe(note);
    journal.record({ type: 'dropped', count: 2 });
    expect(journal.checkpoint(key)).not.toBe(note);
  });

  it('say when they were made and whether that clock could be believed', () => {
    const journal = open();
    journal.record({ type: 'dropped', count: 1 });
    expect(journal.checkpoint(key)).toMatch(/\ntime 20\d\d-\d\d-\d\dT[\d:.]{12}Z trusted\n\n— /);
  });

  it('spare a start the way back to the last trusted entry', () => {
    const journal = open();
    journal.record({ type: 'dropped', count: 1 });
    const atMs = journal.lastTrustedMs();
    journal.checkpoint(key);
    expect(atMs).not.toBeNull();
    expect(open('boot-2').lastTrustedMs()).toBe(atMs);
  });
});

describe('the log key', () => {
  it('keeps the name of the log when the venue is renamed, and is for its owner’s eyes alone', () => {
    const file = join(temporaryFolder(), 'log-key.jwk');
    const first = loadLogKey(file, { venueId: 'cafe', kioskId: '7A' });
    const renamed = loadLogKey(file, { venueId: 'bar', kioskId: '8B' });
    if (!first.ok || !renamed.ok) throw new Error('the key is there');
    expect(first.value.origin).toMatch(/^munjigi\/cafe\/7A\/[0-9a-f]{8}$/);
    expect(renamed.value.verifierText).toBe(first.value.verifierText);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['damaged', '{'],
    ['of another kind', '{"kty":"EC","kid":"munjigi/venue/7A/00000000"}'],
    ['without a name', '{"kty":"OKP"}'],
  ])('that is %s stops the start with one sentence that quotes nothing', (_, text) => {
    const file = join(temporaryFolder(), 'log-key.jwk');
    writeFileSync(file, text);
    const loaded = loadLogKey(file, { venueId: 'venue', kioskId: '7A' });
    expect(loaded).toMatchObject({ ok: false, error: expect.stringMatching(/^the log key .*restore it/) });
  });
});

describe('the audit in slices', () => {
  const auditOf = (keys = [key.verifier]) => {
    const db = new Database(path);
    const audit = new LogAudit(db, keys);
    let result = audit.step(100);
    let steps = 1;
    while (result === null) {
      result = audit.step(100);
      steps += 1;
    }
    db.close();
    return { ...result, steps };
  };

  const written = (): void => {
    writeOldFile(700);
    const journal = open();
    journal.checkpoint(key);
    journal.record({ type: 'dropped', count: 1 });
    journal.close();
  };

  it('reads the whole log and finds nothing where nothing is', () => {
    written();
    expect(auditOf()).toEqual({ entries: 701, problem: null, isDamage: false, steps: 9 });
  });

  it.each([
    [
      'an entry',
      'UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), \'"count":5,\', \'"count":6,\') AS BLOB) WHERE seq = 5',
      /^entry 5 was/,
    ],
    ['an entry with its hash', 'UPDATE entry SET leaf = zeroblob(32) WHERE seq = 5', /^entry 5 was/],
    ['a missing entry', 'DELETE FROM entry WHERE seq = 300', /^entry 300 is missing/],
    ['a missing end', 'DELETE FROM entry WHERE seq >= 650', /^700 entries were signed and only 650/],
    ['a hash above', 'UPDATE node SET hash = zeroblob(32) WHERE level = 4 AND idx = 1', /^the hashes above entry 31/],
    [
      'a checkpoint',
      "UPDATE checkpoint SET note = replace(note, 'trusted', 'unsure')",
      /^the checkpoint of 700 entries/,
    ],
  ])('finds %s', (_, tampering, sentence) => {
    written();
    const db = new Database(path);
    db.exec(tampering);
    db.close();
    expect(auditOf()).toMatchObject({ problem: expect.stringMatching(sentence), isDamage: true });
  });

  it('finds a checkpoint of another key, and no damage in that', () => {
    written();
    expect(auditOf([newLogKey('7A').verifier])).toMatchObject({
      problem: expect.stringMatching(/signed by none of the keys/),
      isDamage: false,
    });
  });
});

describe('a stretch of the log', () => {
  it('is checked alone up to the checkpoint that covers its end', () => {
    writeOldFile(700);
    const journal = open();
    journal.checkpoint(key);
    for (let count = 0; count < 50; count += 1) journal.record({ type: 'dropped', count });
    journal.checkpoint(key);
    journal.close();
    read((db) => {
      const report = checkStored(db, { from: 600, to: 650 }, vouchers());
      expect(report).toMatchObject({ ok: true, value: { from: 600, size: 700, problems: [], checkpoints: 1 } });
      expect(checkStored(db, { from: 600, to: 750 }, vouchers()).ok).toBe(false);
      expect(checkStored(db, { from: 751, to: null }, vouchers()).ok).toBe(false);
      expect(checkStored(db, { from: 749, to: 749 }, vouchers())).toMatchObject({ ok: true, value: { size: 750 } });
    });
  });
});
