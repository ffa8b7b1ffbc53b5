import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { VerifiableFormat } from '../../src/pass/pass.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { conflictIn, trustOf } from '../../src/trust/key-ring.ts';
import type { LooseKey } from '../../src/trust/loose-key.ts';
import { dccKey, KID, signer } from '../support/dcc.ts';

const formats = (...names: readonly VerifiableFormat[]): ReadonlySet<VerifiableFormat> => new Set(names);
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const loose = (source: string, more: Partial<TrustedKey> = {}): LooseKey => ({ ...dccKey(more), source });
const card: Partial<TrustedKey> = { issuer: 'https://a.example', kid: 'k', formats: formats('smart-health-card') };
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

describe('looking a key up', () => {
  it('an issuer that nobody trusts and a key that its issuer does not have are told apart', () => {
    const trust = trustOf([dccKey(card)]);
    expect(trust.find('smart-health-card', 'https://a.example', utf8('k'))).toMatchObject({ kid: 'k' });
    expect(trust.find('smart-health-card', 'https://a.example', utf8('x'))).toBe('unknown-key');
    expect(trust.find('smart-health-card', 'https://b.example', utf8('k'))).toBe('unknown-issuer');
    expect(trust.find('smart-health-card', 'https://a.example/', utf8('k'))).toBe('unknown-issuer');
    expect(trust.find('eu-dcc', null, utf8('k'))).toBe('unknown-key');
  });

  it('one issuer\u2019s key does not answer for another issuer that uses the same id', () => {
    const trust = trustOf([dccKey(card), dccKey({ ...card, issuer: 'https://b.example', key: other })]);
    const found = trust.find('smart-health-card', 'https://b.example', utf8('k'));
    expect(typeof found !== 'string' && found.key.equals(other)).toBe(true);
  });

  it('a key of an issuer never verifies a format that knows only key ids, unless it is meant for it', () => {
    expect(trustOf([dccKey({ ...card, kid: 'Zm9v' })]).find('eu-dcc', null, utf8('foo'))).toBe('unknown-key');
    const both = trustOf([dccKey({ ...card, kid: 'Zm9v', formats: formats('smart-health-card', 'eu-dcc') })]);
    expect(both.find('eu-dcc', null, utf8('foo'))).toMatchObject({ kid: 'Zm9v' });
    expect(both.find('smart-health-card', 'https://a.example', utf8('foo'))).toBe('unknown-key');
  });

  it.each([
    ['base64', 'ASNFZ4mrze8='],
    ['base64 without padding', 'ASNFZ4mrze8'],
  ])('the bytes of a COSE key id are found under their %s', (_name, kid) => {
    expect(trustOf([dccKey({ kid })]).find('eu-dcc', null, KID)).toMatchObject({ kid });
    expect(trustOf([dccKey({ kid })]).find('eu-dcc', null, utf8(kid))).toMatchObject({ kid });
  });

  it('base64url is base64 too', () => {
    const bytes = Buffer.from('fbefff', 'hex');
    expect(trustOf([dccKey({ kid: '--__' })]).find('eu-dcc', null, bytes)).toMatchObject({ kid: '--__' });
    expect(trustOf([dccKey({ kid: '++//' })]).find('eu-dcc', null, bytes)).toMatchObject({ kid: '++//' });
  });

  it('a key that may sign other formats only is found, so that its pass is refused and not just unknown', () => {
    const found = trustOf([dccKey({ ...card, formats: formats('entry-pass') })]).find(
      'smart-health-card',
      'https://a.example',
      utf8('k'),
    );
    expect(typeof found !== 'string' && found.formats.has('smart-health-card')).toBe(false);
    expect(trustOf([dccKey({ formats: formats() })]).find('eu-dcc', null, KID)).toMatchObject({ formats: formats() });
  });
});

describe('two keys under one name', () => {
  it('are a mistake that names both files', () => {
    const conflict = conflictIn([loose('a.pem'), loose('b.json', { key: other })]);
    expect(conflict).toBe("a.pem and b.json hold two different keys named 'ASNFZ4mrze8='");
    expect(conflictIn([loose('a.json'), loose('a.json', { key: other })])).toContain('a.json holds two different keys');
    expect(conflictIn([loose('a', card), loose('b', { ...card, key: other })])).not.toBeNull();
  });

  it('are one for every spelling of the id', () => {
    expect(conflictIn([loose('a'), loose('b', { kid: 'ASNFZ4mrze8', key: other })])).not.toBeNull();
  });

  it('are fine for two issuers, for two formats, and if they are one key', () => {
    expect(conflictIn([loose('a', card), loose('b', { ...card, issuer: 'https://b.example', key: other })])).toBeNull();
    expect(conflictIn([loose('a', card), loose('b', { ...card, formats: formats('vc-jwt'), key: other })])).toBeNull();
    expect(conflictIn([loose('a'), loose('b')])).toBeNull();
  });

  it('one key said twice keeps both limits, in either order', () => {
    const wide = dccKey({ kinds: new Set(['test', 'vaccination']) });
    const narrow = dccKey({ kinds: new Set(['test', 'recovery']), alg: 'ES256' });
    for (const keys of [
      [wide, narrow],
      [narrow, wide],
    ]) {
      expect(trustOf(keys).find('eu-dcc', null, KID)).toMatchObject({ kinds: new Set(['test']), alg: 'ES256' });
    }
  });

  it('one key for two algorithms is a mistake', () => {
    expect(conflictIn([loose('a', { alg: 'ES256' }), loose('b', { alg: 'EdDSA' })])).not.toBeNull();
  });

  it('an id that is known for one format and asked for another answers with that other\u2019s key', () => {
    const keys = [dccKey(card), dccKey({ ...card, formats: formats('vc-jwt'), key: signer.p384.publicKey })];
    const found = trustOf(keys).find('vc-jwt', 'https://a.example', utf8('k'));
    expect(typeof found !== 'string' && found.key.equals(signer.p384.publicKey)).toBe(true);
  });
});
