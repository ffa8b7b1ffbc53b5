import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTrustStore, type TrustStore } from '../../src/trust/trust-store.ts';
import { dccKey, KID, signer } from '../support/dcc.ts';
import { document, jwkOf, jwkSet } from '../support/trust-files.ts';

let folder: string;
let path: string;
const open: TrustStore[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trust-'));
  path = join(folder, 'trust.db');
});
afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function storeAt(readOnly = false): TrustStore {
  const opened = openTrustStore(path, { readOnly });
  if (!opened.ok) throw new Error(opened.error);
  open.push(opened.value);
  return opened.value;
}
const openError = (readOnly = false): string => {
  const opened = openTrustStore(path, { readOnly });
  if (opened.ok) open.push(opened.value);
  return opened.ok ? '' : opened.error;
};
const setOf = (kid: string, key = signer.p256.publicKey) => jwkSet([jwkOf(key, { kid })]);
const hasKey = (store: TrustStore, kid: Buffer): boolean => {
  const trust = store.load();
  if (!trust.ok) throw new Error(trust.error);
  return typeof trust.value.find('eu-dcc', null, kid) !== 'string';
};
const KID_TEXT = dccKey().kid;

describe('the trust store', () => {
  it('what was imported is trusted after the next start, and by a reader beside it', () => {
    const writer = storeAt();
    const set = setOf(KID_TEXT);
    const imported = writer.import([document(set)], 1_000);
    const expected = {
      name: 'keys.json',
      issuer: null,
      sha256: createHash('sha256').update(set).digest('hex'),
      keys: 1,
      importedAtMs: 1_000,
    };
    expect(imported).toEqual({ ok: true, value: [expected] });
    for (const store of [storeAt(true), storeAt()]) {
      expect(store.list()).toEqual([expected]);
      expect(hasKey(store, KID)).toBe(true);
    }
  });

  it('a document of the same name and issuer replaces the old one, another issuer stands beside it', () => {
    const store = storeAt();
    store.import([document(setOf(KID_TEXT))], 1);
    const issuerSet = jwkSet([jwkOf(signer.p256.publicKey)]);
    expect(store.import([document(setOf('other')), document(issuerSet, 'i')], 2).ok).toBe(true);
    expect(store.list().map(({ issuer, importedAtMs }) => [issuer, importedAtMs])).toEqual([
      [null, 2],
      ['i', 2],
    ]);
    expect(hasKey(store, KID)).toBe(false);
    expect(hasKey(store, Buffer.from('other'))).toBe(true);
  });

  it('one bad document in an import changes nothing at all', () => {
    const store = storeAt();
    store.import([document(setOf(KID_TEXT))], 1);
    const refused = store.import([document(setOf('new')), document('hello', null, 'b.txt')], 2);
    expect(refused.ok ? '' : refused.error).toContain('b.txt');
    expect(store.list().map(({ importedAtMs }) => importedAtMs)).toEqual([1]);
    expect(hasKey(store, Buffer.from('new'))).toBe(false);
  });

  it('a key that contradicts a stored one is refused with both names, unless it replaces it', () => {
    const store = storeAt();
    store.import([document(setOf(KID_TEXT))], 1);
    const conflicting = setOf(KID_TEXT, signer.p384.publicKey);
    const refused = store.import([document(conflicting, null, 'b.json')], 2);
    expect(refused.ok ? '' : refused.error).toContain('keys.json and b.json');
    expect(store.import([document(conflicting)], 3).ok).toBe(true);
  });

  it('two documents of one name in one import are a mistake', () => {
    const refused = storeAt().import([document(setOf('a')), document(setOf('b'))], 1);
    expect(refused.ok ? '' : refused.error).toContain('two documents are called keys.json');
  });

  it('a stored document that was changed is not trusted', () => {
    storeAt().import([document(setOf(KID_TEXT))], 1);
    const db = new Database(path);
    db.prepare('UPDATE loose_document SET bytes = ?').run(Buffer.from(setOf('other')));
    db.close();
    const loaded = storeAt().load();
    expect(loaded.ok ? '' : loaded.error).toContain('changed or damaged');
  });

  it('the file is in WAL mode', () => {
    storeAt();
    const db = new Database(path);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });

  it('a file of a newer version, another file, a missing folder and a missing file are one sentence each', () => {
    expect(openError(true)).toContain('cannot open the trust store');
    storeAt();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    expect(openError()).toContain('newer version');
    expect(openError(true)).toContain('newer version');
    path = join(folder, 'text.db');
    writeFileSync(path, 'this is no database, but long enough to look like one'.repeat(100));
    expect(openError()).toContain('cannot be used');
    path = join(folder, 'absent', 'trust.db');
    expect(openError()).toContain('cannot open the trust store');
    path = join(folder, 'empty.db');
    new Database(path).close();
    writeFileSync(path, '');
    expect(openError(true)).toContain('older version');
  });

  it('a reader cannot change anything', () => {
    storeAt().import([document(setOf(KID_TEXT))], 1);
    const refused = storeAt(true).import([document(setOf('new'))], 2);
    expect(refused.ok ? '' : refused.error).toContain('nothing was changed');
  });

  it('revocation is asked of whoever loads the trust', () => {
    const store = storeAt();
    const trust = store.load(() => true);
    expect(trust.ok && trust.value.find('eu-dcc', null, KID)).toBe('unknown-key');
    expect(store.keys()).toEqual({ ok: true, value: [] });
  });
});
