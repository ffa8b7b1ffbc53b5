import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PassFields, Revocable } from '../../src/pass/pass.ts';
import { BATCH_ROWS, BUILDING_FILE } from '../../src/trust/revocation-build.ts';
import type { ListExpectation } from '../../src/trust/revocation-list.ts';
import { anyRevokes, Revocations } from '../../src/trust/revocations.ts';
import { passOf } from '../support/passes.ts';
import { batch, built, euHash, listFile, randomHash, taken } from '../support/revocations.ts';
import { SEED } from '../support/seed.ts';

let place: string;
let folder: string;
let revocations: Revocations;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'revocations-'));
  folder = join(place, 'lists');
  revocations = Revocations.open(folder);
});
afterEach(() => {
  revocations.close();
  rmSync(place, { recursive: true });
});

const KID = Buffer.from('0123456789abcdef', 'hex').toString('base64');
const CARD_KID = 'hrvC0uzB16UXK83BnPo7Glg685b1D6iYOyJd5hpRaAA';
const pass = (revocable: Revocable, fields: Partial<PassFields> = {}): PassFields => passOf({ revocable, ...fields });
const dcc = (uci: string, fields: Partial<PassFields> = {}, countries = ['AT']): PassFields =>
  pass(
    { by: 'dcc', keyName: fields.kid ?? KID, ucis: [uci], countries, signature: Buffer.from('r') },
    { issuer: 'AT', kid: KID, ...fields },
  );
const member = (jti: string, issuer = 'gym'): PassFields => pass({ by: 'jti', jti }, { issuer });
const passes = (version: number, ...revokedIds: readonly string[]): object => ({ iss: 'gym', version, revokedIds });
const take = (content: object | string, options = {}) => taken(revocations, folder, listFile(place, content), options);
const refused = async (content: object | string, options = {}): Promise<string> => {
  const list = await built(folder, listFile(place, content), options);
  return list.ok ? 'none' : list.error;
};
const reopened = (): Revocations => {
  revocations.close();
  revocations = Revocations.open(folder);
  return revocations;
};

/** Now, and after the next start. */
function overAStart(check: (lists: Revocations) => void): void {
  check(revocations);
  check(reopened());
}

describe('revocation', () => {
  it('no list, no revocation', () => {
    expect(revocations.isRevoked(dcc('URN:1'))).toBe(false);
    expect(revocations.isRevoked(passOf())).toBe(false);
  });

  it('whoever is on the list is refused, also after the next start, and nobody else', async () => {
    await take(passes(1, 'lost-card'));
    overAStart((lists) => {
      expect(lists.isRevoked(member('lost-card'))).toBe(true);
      expect(lists.isRevoked(member('lost-carD'))).toBe(false);
      expect(lists.isRevoked(member('lost-card', 'spa'))).toBe(false);
    });
  });

  it('whoever is taken off the list is admitted again', async () => {
    await take(batch([euHash('URN:1'), euHash('URN:2')]));
    expect(revocations.isRevoked(dcc('URN:1'))).toBe(true);
    await take(batch([euHash('URN:2')]));
    overAStart((lists) => {
      expect(lists.isRevoked(dcc('URN:1'))).toBe(false);
      expect(lists.isRevoked(dcc('URN:2'))).toBe(true);
    });
    await take(batch([]));
    expect(revocations.isRevoked(dcc('URN:2'))).toBe(false);
  });

  it('a hash counts for the key and the country that it was published for', async () => {
    const other = Buffer.from('other-key').toString('base64');
    await take([batch([euHash('URN:1')]), batch([euHash('URN:2')], { kid: 'UNKNOWN_KID' })]);
    expect(revocations.isRevoked(dcc('URN:1'))).toBe(true);
    expect(revocations.isRevoked(dcc('URN:1', { kid: other }))).toBe(false);
    expect(revocations.isRevoked(dcc('URN:2', { kid: other }))).toBe(true);
    expect(revocations.isRevoked(dcc('URN:2', { kid: other }, ['DE']))).toBe(false);
    expect(revocations.isRevoked(dcc('URN:1', {}, ['DE', 'AT']))).toBe(true);
  });

  it('the hashes of country and identifier, and of the signature, are other kinds than that of the identifier', async () => {
    await take(batch([euHash('ATURN:1')], { hashType: 'COUNTRYCODEUCI' }));
    expect(revocations.isRevoked(dcc('URN:1'))).toBe(true);
    expect(revocations.isRevoked(dcc('ATURN:1'))).toBe(false);
    await take(batch([euHash('r')], { hashType: 'SIGNATURE' }));
    expect(revocations.isRevoked(dcc('URN:9'))).toBe(true);
    expect(revocations.list().map(({ kind }) => kind)).toEqual(['dcc-country-uci', 'dcc-signature']);
  });

  it('Greece and the United Kingdom are found under both of their codes', async () => {
    await take(batch([euHash('URN:1')], { country: 'EL' }));
    await take(batch([euHash('URN:2')], { country: 'GB' }));
    expect(revocations.isRevoked(dcc('URN:1', {}, ['GR']))).toBe(true);
    expect(revocations.isRevoked(dcc('URN:2', {}, ['UK']))).toBe(true);
  });

  it('a stamped card is refused only if it was issued before the stamp', async () => {
    const issuer = 'https://cards.example';
    const stampS = 1_638_311_286;
    await take({ kid: CARD_KID, method: 'rid', ctr: 1, rids: [`abc.${stampS}`, 'def'] }, { issuer });
    const card = (rid: string, issuedS: number, fields: Partial<PassFields> = {}): boolean | 'unknown' =>
      revocations.isRevoked(
        pass({ by: 'rid', rid }, { issuer, kid: CARD_KID, validFromMs: issuedS * 1_000, ...fields }),
      );
    expect([-1, 0, 1].map((beside) => card('abc', stampS + beside))).toEqual([true, false, false]);
    expect(card('abc', stampS - 0.001)).toBe(true);
    expect([-1, 0, 1].map((beside) => card('def', stampS + beside))).toEqual([true, true, true]);
    expect(card('def', stampS, { issuer: 'https://other.example' })).toBe(false);
    expect(card('def', stampS, { kid: 'another key' })).toBe(false);
  });

  it('a blocked ticket is let in again when the block is lifted; a revoked one is another list', async () => {
    const ticket = pass({ by: 'secret', secret: '==QA' }, { issuer: 'fair' });
    const page = (entry: object): object => ({ count: 1, next: null, results: [{ id: 1, secret: '==QA', ...entry }] });
    await take(page({ blocked: true }));
    expect(revocations.isRevoked(ticket)).toBe(true);
    await take(page({ blocked: false }));
    expect(revocations.isRevoked(ticket)).toBe(false);
    await take(page({}), { issuer: 'fair' });
    expect(revocations.isRevoked(ticket)).toBe(true);
    expect(revocations.isRevoked({ ...ticket, issuer: 'other fair' })).toBe(false);
  });

  it(`no miss and no false hit against a set, over imports and starts (seed ${SEED})`, async () => {
    const uci = fc.string({ minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(uci, { maxLength: 40 }), { minLength: 1, maxLength: 3 }),
        fc.array(uci),
        async (issues, more) => {
          let last = new Set<string>();
          for (const ucis of issues) {
            await take(batch(ucis.map(euHash)));
            last = new Set(ucis);
          }
          for (const each of [...issues.flat(), ...more]) expect(reopened().isRevoked(dcc(each))).toBe(last.has(each));
        },
      ),
      { seed: SEED, numRuns: 15 },
    );
  });

  it('two commits and a row more are all found', async () => {
    const hashes = Array.from({ length: 2 * BATCH_ROWS + 1 }, (_, at) => euHash(`URN:${at}`));
    const { list } = await take(batch([...hashes, hashes[0] ?? '']));
    expect(list.entries).toBe(hashes.length + 1);
    for (let at = 0; at < hashes.length; at += 97) expect(revocations.isRevoked(dcc(`URN:${at}`))).toBe(true);
    expect(revocations.isRevoked(dcc(`URN:${2 * BATCH_ROWS}`))).toBe(true);
    expect(revocations.isRevoked(dcc('URN:x'))).toBe(false);
  });
});

describe('an import that must not count', () => {
  const standing = async (): Promise<() => void> => {
    await take(passes(5, 'lost-card'), { atMs: 77 });
    const [list] = revocations.list();
    const files = readdirSync(folder).sort();
    return () => {
      overAStart((lists) => {
        expect(lists.list()).toEqual([list]);
        expect(lists.isRevoked(member('lost-card'))).toBe(true);
        expect(lists.complaints()).toEqual([]);
      });
      expect(
        readdirSync(folder)
          .filter((name) => name.endsWith('.db'))
          .sort(),
      ).toEqual(files.filter((name) => name.endsWith('.db')));
    };
  };

  it.each([
    ['a truncated file', JSON.stringify(passes(6, 'found-card')).slice(0, -4), 'ends in the middle'],
    ['a hostile file', `{"revokedIds":${'['.repeat(50)}`, 'an id is not'],
    [
      'a hostile file that begins well',
      `{"iss":"gym","revokedIds":["found-card"],"version":6,"a":${'['.repeat(50)}`,
      'deeper',
    ],
    ['an older list', passes(4, 'found-card'), 'its number is 4'],
    ['another list of the same number', passes(5, 'found-card'), 'its number is 5'],
    ['a prototype in its names', '{"__proto__":{},"revokedIds":["x"],"iss":"gym","version":6}', 'an id is not'],
  ])('%s changes nothing, not even the age', async (_, content, why) => {
    const check = await standing();
    const said = await refused(content, { atMs: 99 });
    expect(said).toContain(why);
    check();
  });

  it('a list that is not the one that the trust list names changes nothing', async () => {
    const check = await standing();
    const content = JSON.stringify(passes(6, 'found-card'));
    const named: ListExpectation = {
      kind: 'pass-id',
      issuer: 'gym',
      sha256: createHash('sha256').update(content).digest('hex'),
      entries: 1,
    };
    expect(await refused(content, { expected: { ...named, entries: 2 } })).toContain('names 2');
    expect(await refused(content, { expected: { ...named, kind: 'card-rid' } })).toContain('names a card-rid list');
    expect(await refused(content, { expected: { ...named, issuer: 'spa' } })).toContain('of spa');
    expect(await refused(`${content} `, { expected: named })).toContain('SHA-256 differs');
    check();
    await take(content, { expected: named });
    expect(revocations.list()).toMatchObject([{ signed: true, version: 6, entries: 1 }]);
  });

  it('a journal that does not take the entry keeps the old list in use', async () => {
    const check = await standing();
    const next = await built(folder, listFile(place, passes(6, 'found-card')));
    const sha256 = next.ok ? next.value.list.sha256 : '';
    const refuses = (): never => {
      throw new Error('disk full');
    };
    expect(() => revocations.adopt(sha256, refuses)).toThrow('disk full');
    expect(revocations.isRevoked(member('lost-card'))).toBe(true);
    expect(revocations.adopt('another digest', () => {})).toMatchObject({ ok: false });
    rmSync(join(folder, BUILDING_FILE));
    check();
  });

  it('the same list again is in use already', async () => {
    const content = passes(5, 'lost-card');
    await take(content, { atMs: 1 });
    const again = await built(folder, listFile(place, content), { atMs: 2 });
    expect(again).toMatchObject({ ok: true, value: { isUnchanged: true } });
    expect(revocations.list()).toMatchObject([{ importedAtMs: 1 }]);
  });

  it('a list that is not complete is never adopted', async () => {
    const next = await built(folder, listFile(place, passes(1, 'lost-card')));
    const db = new Database(join(folder, BUILDING_FILE));
    db.prepare('UPDATE list SET complete = 0').run();
    db.close();
    const adopted = revocations.adopt(next.ok ? next.value.list.sha256 : '', () => {});
    expect(adopted.ok ? '' : adopted.error).toContain('not complete');
  });
});

describe('an import that was ended', () => {
  const hashes = Array.from({ length: 3 * BATCH_ROWS }, (_, at) => euHash(`URN:${at}`));
  /** Throws after the first commit, as a kill would end it: what was committed stays. */
  async function endedAfterOneCommit(path: string): Promise<void> {
    const end = (): never => {
      throw new Error('ended');
    };
    await expect(built(folder, path, { progress: end })).rejects.toThrow('ended');
  }

  it('goes on where its last commit ended, and all rows are there', async () => {
    const path = listFile(place, batch(hashes));
    await endedAfterOneCommit(path);
    const told: number[] = [];
    const { resumedRows } = await taken(revocations, folder, path, { progress: (rows: number) => told.push(rows) });
    expect(resumedRows).toBe(BATCH_ROWS);
    expect(told).toEqual([2 * BATCH_ROWS, 3 * BATCH_ROWS]);
    for (let at = 0; at < hashes.length; at += 101) expect(revocations.isRevoked(dcc(`URN:${at}`))).toBe(true);
  });

  it('is thrown away where another file comes next', async () => {
    await endedAfterOneCommit(listFile(place, batch(hashes)));
    expect((await take(batch([randomHash()]))).resumedRows).toBe(0);
    expect(revocations.isRevoked(dcc('URN:0'))).toBe(false);
  });

  it('is thrown away where a power cut left something else in its place', async () => {
    const path = listFile(place, batch(hashes));
    await endedAfterOneCommit(path);
    const left = join(folder, BUILDING_FILE);
    const bytes = readFileSync(left);
    writeFileSync(left, bytes.fill(0x55, 8_192, 65_536));
    expect((await taken(revocations, folder, path)).resumedRows).toBe(0);
    expect(revocations.isRevoked(dcc('URN:7'))).toBe(true);
  });
});

describe('a list that is damaged on disk', () => {
  const damage = async (bytes: (file: Buffer) => Buffer): Promise<void> => {
    await take(passes(1, 'lost-card'));
    await take(batch([euHash('URN:1')]));
    const [name] = readdirSync(folder).filter((file) => file.startsWith('pass-id'));
    const path = join(folder, name ?? '');
    revocations.close();
    writeFileSync(path, bytes(readFileSync(path)));
    reopened();
  };

  it.each([
    ['cut off', (file: Buffer) => file.subarray(0, 5_000)],
    ['empty', () => Buffer.alloc(0)],
    ['another file', () => Buffer.from('hello')],
  ])('leaves its own passes open (%s), admits and refuses all others, and a new import heals it', async (_, bytes) => {
    await damage(bytes);
    expect(revocations.complaints()).toEqual([expect.stringContaining('import it again')]);
    expect(revocations.isRevoked(member('lost-card'))).toBe('unknown');
    expect(revocations.isRevoked(member('lost-card', 'spa'))).toBe(false);
    expect(revocations.isRevoked(dcc('URN:1'))).toBe(true);
    expect(anyRevokes([revocations, Revocations.inMemory([])])(member('x-card'))).toBe('unknown');
    await take(passes(1, 'lost-card'));
    expect(revocations.complaints()).toEqual([]);
    expect(revocations.isRevoked(member('lost-card'))).toBe(true);
    expect(revocations.isRevoked(member('found-card'))).toBe(false);
  });

  it('is noticed when a row is looked up, too', async () => {
    await damage((file) => file.fill(0x55, 8_192));
    expect(revocations.isRevoked(member('lost-card'))).toBe('unknown');
    expect(revocations.complaints()).toHaveLength(1);
  });

  it('is not taken for the list of somebody else', async () => {
    await take(passes(1, 'lost-card'));
    await take({ ...passes(1, 'other-card'), iss: 'spa' });
    const [one, two] = readdirSync(folder).filter((file) => file.startsWith('pass-id'));
    revocations.close();
    copyFileSync(join(folder, one ?? ''), join(folder, two ?? ''));
    expect(reopened().complaints()).toEqual([expect.stringContaining('holds another list')]);
  });
});

it('the two lists before the one in use are kept', async () => {
  for (const version of [1, 2, 3, 4]) await take(passes(version, `card-no-${version}`));
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.db'));
  const versionIn = (file: string): unknown => {
    const db = new Database(join(folder, file), { readonly: true });
    const version = db.prepare('SELECT version FROM list').pluck().get();
    db.close();
    return version;
  };
  expect([`${name}`, `${name}.1`, `${name}.2`].map(versionIn)).toEqual([4, 3, 2]);
  expect(existsSync(join(folder, BUILDING_FILE))).toBe(false);
});
