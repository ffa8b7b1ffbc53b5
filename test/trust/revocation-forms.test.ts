import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isRevocationFile, readRevocations } from '../../src/trust/revocation-read.ts';
import { RepeatedEntry } from '../../src/trust/revocation-table.ts';
import { batch, listFile, randomHash } from '../support/revocations.ts';
import { vectorSet } from '../support/vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'lists-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KID = 'hrvC0uzB16UXK83BnPo7Glg685b1D6iYOyJd5hpRaAA';
const CARDS = 'https://cards.example';
const cards = (rids: readonly unknown[], parts: object = {}): object => ({
  kid: KID,
  method: 'rid',
  ctr: 1,
  rids,
  ...parts,
});
const page = (results: readonly object[], parts: object = {}): object => ({
  count: results.length,
  next: null,
  previous: null,
  results,
  ...parts,
});
const secret = (text: string, parts: object = {}): object => ({
  id: 1,
  secret: text,
  created: '2021-12-01T10:00:00Z',
  ...parts,
});
const passes = (revokedIds: readonly unknown[], parts: object = {}): object => ({
  iss: 'gym',
  version: 1,
  revokedIds,
  ...parts,
});

function read(content: object | string, issuer: string | null = null) {
  return readRevocations({ path: listFile(folder, content), issuer, expected: null });
}
/** What is wrong with a file; a repeated entry is found when the rows are put in order. */
function complaint(content: object | string, issuer: string | null = null): string {
  const list = read(content, issuer);
  if (!list.ok) return list.error;
  try {
    for (const _ of list.value.table.sorted(list.value.list.kind === 'card-rid'));
    return 'none';
  } catch (thrown) {
    if (thrown instanceof RepeatedEntry) return thrown.message;
    throw thrown;
  }
}
const listOf = (content: object | string, issuer: string | null = null) => {
  const list = read(content, issuer);
  if (!list.ok) throw new Error(list.error);
  const { kind, issuer: whose, scope, entries, version } = list.value.list;
  return [kind, whose, scope, entries, version];
};

describe('a revocation list', () => {
  it('is known by its content, and keys are not taken for one', () => {
    const lists = [batch([]), [batch([])], cards([]), page([secret('a')]), passes([])];
    for (const content of lists) expect(isRevocationFile(listFile(folder, content))).toBe(true);
    const others = [
      { keys: [] },
      { keys: [], rids: [] },
      { id: 'did:web:a' },
      { valid_keys: {} },
      [],
      'text',
      '',
      '{"rids"',
    ];
    for (const content of others) expect(isRevocationFile(listFile(folder, content))).toBe(false);
    expect(isRevocationFile(join(folder, 'absent.json'))).toBe(false);
    expect(isRevocationFile(folder)).toBe(false);
  });

  it('of the EU may be one batch, batches in an array, or batches one after the other', () => {
    const [one, two] = [batch([randomHash()]), batch([randomHash(), randomHash()], { kid: 'UNKNOWN_KID' })];
    expect(listOf(one)).toEqual(['dcc-uci', 'AT', '', 1, null]);
    expect(listOf([one, two])).toEqual(['dcc-uci', 'AT', '', 3, null]);
    expect(listOf(`${JSON.stringify(one)}\n${JSON.stringify(two)}\n`)).toEqual(['dcc-uci', 'AT', '', 3, null]);
    expect(listOf(batch([], { hashType: 'SIGNATURE', country: 'EL' }))).toEqual(['dcc-signature', 'GR', '', 0, null]);
    expect(listOf(batch([], { hashType: 'COUNTRYCODEUCI' }), 'AT')).toEqual(['dcc-country-uci', 'AT', '', 0, null]);
  });

  it.each([
    ['two countries', [batch([]), batch([], { country: 'DE' })], 'several countries or hash types'],
    ['two hash types', [batch([]), batch([], { hashType: 'SIGNATURE' })], 'several countries or hash types'],
    ['an unknown hash type', batch([], { hashType: 'MD5' }), 'hashType is none of'],
    ['no batch', '[]  ', 'no revocation list'],
    ['no entries', { country: 'AT', expires: '2030-01-01T00:00:00Z', kid: 'AA==', hashType: 'UCI' }, 'no entries'],
    ['entries that are no array', batch([], { entries: {} }), 'entries is no array'],
    ['an entry without hash', batch([], { entries: [{}] }), 'no hash in an entry'],
    ['an entry that is no object', batch([], { entries: [randomHash()] }), 'an entry is no object'],
    ['a hash of 15 bytes', batch([Buffer.alloc(15).toString('base64')]), 'not 16 bytes'],
    ['a hash of 17 bytes', batch([Buffer.alloc(17).toString('base64')]), 'not 16 bytes'],
    ['a hash with spare bits', batch(['AAAAAAAAAAAAAAAAAAAAAB==']), 'not 16 bytes'],
    ['a country in small letters', batch([], { country: 'at' }), 'two capital letters'],
    ['a date that is none', batch([], { expires: '2030-02-30T00:00:00Z' }), 'expires'],
    ['a kid that is no Base64', batch([], { kid: '??' }), 'kid is neither'],
    ['no kid', batch([], { kid: undefined }), 'no kid'],
    ['a duplicate name', '{"entries":[],"entries":[]}', 'given twice'],
    ['an end in the middle', JSON.stringify(batch([randomHash()])).slice(0, -20), 'ends in the middle'],
    ['another batch begun', `${JSON.stringify(batch([]))}{`, 'ends in the middle'],
    ['another owner', batch([]), 'it is of AT, not of DE', 'DE'],
  ])('of the EU with %s is refused', (_, content, why, issuer?: string) => {
    expect(complaint(content, issuer ?? null)).toContain(why);
  });

  it('of cards belongs to an issuer and one of its keys', () => {
    expect(listOf(cards(['XkNHp2Iyk0Y.1638311286', 'FKDIxsTCGlU']), CARDS)).toEqual(['card-rid', CARDS, KID, 2, 1]);
    expect(complaint(cards(['a'.repeat(24)]), CARDS)).toBe('none');
  });

  it.each([
    ['no owner', cards([]), 'whose cards', null],
    ['another method', cards([], { method: 'index' }), 'its method is not rid'],
    ['a rid outside the base64url alphabet', cards(['a+b']), 'a rid is not'],
    ['a rid of 25 characters', cards(['a'.repeat(25)]), 'a rid is not'],
    ['an empty rid', cards(['']), 'a rid is not'],
    ['a rid that is a number', cards([1]), 'a rid is no text'],
    ['a stamp that is none', cards(['abc.']), 'the stamp of a rid'],
    ['a stamp with a fraction', cards(['abc.1.5']), 'the stamp of a rid'],
    ['a stamp in milliseconds', cards(['abc.1638311286000']), 'the stamp of a rid'],
    ['a rid twice', cards(['abc', 'abc']), 'twice'],
    ['a rid twice, once with a stamp', cards(['abc', 'abc.1638311286']), 'twice'],
    ['a counter of zero', cards([], { ctr: 0 }), 'ctr is no whole number'],
    ['a counter that is text', cards([], { ctr: '1' }), 'ctr is no whole number'],
    ['no counter', cards([], { ctr: undefined }), 'no ctr'],
    ['a kid that is no thumbprint', cards([], { kid: 'key-1' }), 'no SHA-256 thumbprint'],
    ['something after it', `${JSON.stringify(cards([]))} 1`, 'something comes after'],
  ])('of cards with %s is refused', (_, content, why, issuer: string | null = CARDS) => {
    expect(complaint(content, issuer)).toContain(why);
  });

  it('of pretix is all of its pages, revoked or blocked', () => {
    const pages = [
      page([secret('a')], { count: 2, next: 'https://tickets.example/?page=2' }),
      page([secret('b')], { count: 2 }),
    ];
    const text = pages.map((each) => JSON.stringify(each)).join('\n');
    expect(listOf(text)).toEqual(['pretix-revoked', '', '', 2, null]);
    const blocked = page([secret('a', { blocked: true }), secret('b', { blocked: false })]);
    expect(listOf(blocked, 'fair')).toEqual(['pretix-blocked', 'fair', '', 2, null]);
    const read = readRevocations({ path: listFile(folder, blocked), issuer: null, expected: null });
    expect(read.ok && read.value.table.size).toBe(1);
  });

  it.each([
    ['its last page missing', page([secret('a')], { next: 'https://tickets.example/?page=2' }), 'more pages follow'],
    ['a page missing in the middle', page([secret('a')], { count: 2 }), 'it holds 1 of 2'],
    ['both kinds', page([secret('a'), secret('b', { blocked: true })]), 'mixes revoked'],
    ['no entry', page([]), 'it may be a list of'],
    ['an empty secret', page([secret('')]), 'a secret is empty'],
    ['a result without secret', page([{ id: 1 }]), 'no secret'],
    ['a blocked that is text', page([secret('a', { blocked: 'yes' })]), 'blocked is neither'],
  ])('of pretix with %s is refused', (_, content, why) => {
    expect(complaint(content)).toContain(why);
  });

  it('of entry passes names issuer and version', () => {
    expect(listOf(passes(['AbCd1234', 'AbCd1235']))).toEqual(['pass-id', 'gym', '', 2, 1]);
    expect(complaint(passes(['short']))).toContain('an id is not');
    expect(complaint(passes([], { version: 1.5 }))).toContain('version is no whole number');
    expect(complaint(passes([], { iss: 'a\u202eb' }))).toContain('no name of an issuer');
    expect(complaint(passes([]), 'spa')).toContain('it is of gym, not of spa');
    expect(complaint(passes([], { iss: undefined }))).toContain('no iss');
  });

  const { dir, skip, note } = vectorSet('shc');
  it.skipIf(skip)(`the published lists of the framework are read, and the published bad one is not${note}`, () => {
    const list = (where: string, kid: string): string =>
      readFileSync(join(dir, where, '.well-known', 'crl', `${kid}.json`), 'utf8');
    const good = list('spec-examples/issuer', '3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s');
    expect(complaint(good, 'https://spec.smarthealth.cards/examples/issuer')).toBe('none');
    expect(complaint(list('testdata/badcrl/duplicate-rid', KID), CARDS)).toContain('twice');
  });
});
