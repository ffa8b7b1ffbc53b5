import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLooseDocument, readLooseDocuments } from '../../src/trust/loose-document.ts';
import { ALL_KINDS, type LooseKey, MAX_TRUST_FILE_BYTES, MAX_TRUST_KEYS } from '../../src/trust/loose-key.ts';
import { makeCertificate } from '../support/certificate.ts';
import { signer } from '../support/dcc.ts';
import { document, jwkOf, jwkSet, kidOf } from '../support/trust-files.ts';
import { vectorSet } from '../support/vectors.ts';

const ISSUER_FORMATS = ['entry-pass', 'sd-jwt-vc', 'smart-health-card', 'sticker', 'vc-jwt', 'vp-jwt'];

function keysIn(content: string | Buffer, issuer: string | null = null): readonly LooseKey[] {
  const read = readLooseDocument(document(content, issuer));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}
const errorIn = (content: string | Buffer, issuer: string | null = null): string => {
  const read = readLooseDocument(document(content, issuer));
  return read.ok ? '' : read.error;
};
const formatsOf = (key: LooseKey | undefined): string[] => [...(key?.formats ?? [])].sort();

describe('a JWK Set', () => {
  it('without kid goes by the RFC 7638 thumbprint', () => {
    // The key and the thumbprint of RFC 7638 section 3.1.
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMst' +
      'n64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1' +
      'n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    const [key] = keysIn(jwkSet([{ kty: 'RSA', n, e: 'AQAB' }], { iss: 'https://issuer.example' }));
    expect(key?.kid).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('of an issuer serves the formats that name issuers, and never a country, though its keys carry certificates', () => {
    const plain = jwkOf(signer.p256.publicKey, { kid: 'one', alg: 'ES256', use: 'sig' });
    const certificate = makeCertificate(signer.p256);
    const certified = jwkOf(signer.p256.publicKey, { kid: 'two', x5c: [certificate.raw.toString('base64')] });
    const [one, two] = keysIn(jwkSet([plain, certified], { iss: 'https://issuer.example' }));
    expect(one).toMatchObject({ issuer: 'https://issuer.example', kid: 'one', alg: 'ES256', kinds: ALL_KINDS });
    expect(formatsOf(one)).toEqual(ISSUER_FORMATS);
    expect(formatsOf(two)).toEqual(ISSUER_FORMATS);
    expect(keysIn(jwkSet([plain]), 'https://bound.example')[0]?.issuer).toBe('https://bound.example');
  });

  it('of an issuer may be empty: that is how its keys are withdrawn', () => {
    expect(keysIn(jwkSet([], { iss: 'https://issuer.example' }))).toEqual([]);
  });

  it('of two issuers at once is a mistake', () => {
    const set = jwkSet([jwkOf(signer.p256.publicKey)], { iss: 'https://a.example' });
    expect(keysIn(set, 'https://a.example')).toHaveLength(1);
    expect(errorIn(set, 'https://b.example')).toContain('https://a.example');
  });

  it('without issuer serves certificates if its ids were given by hand, and else asks for the issuer', () => {
    const key = signer.p256.publicKey;
    const [thumbprinted] = keysIn(jwkSet([jwkOf(key)]), 'x');
    expect(formatsOf(keysIn(jwkSet([jwkOf(key, { kid: 'Zm9v' })]))[0])).toEqual(['eu-dcc', 'who-ddcc']);
    expect(errorIn(jwkSet([jwkOf(key)]))).toMatch(/^keys\.json names no issuer: write --trust ISSUER=keys\.json/);
    expect(errorIn(jwkSet([jwkOf(key, { kid: thumbprinted?.kid })]))).toContain('names no issuer');
    expect(errorIn(jwkSet([jwkOf(key, { kid: 'Zm9v' })], { formats: ['eu-dcc', 'entry-pass'] }))).toContain(
      'no issuer',
    );
    expect(formatsOf(keysIn(jwkSet([jwkOf(key)], { formats: ['eu-dcc'] }))[0])).toEqual(['eu-dcc']);
  });

  it('can limit its formats and kinds; none named, none allowed', () => {
    const limited = (more: object) => keysIn(jwkSet([jwkOf(signer.p256.publicKey)], { iss: 'i', ...more }))[0];
    expect(formatsOf(limited({ formats: ['entry-pass'] }))).toEqual(['entry-pass']);
    expect(formatsOf(limited({ formats: [] }))).toEqual([]);
    expect([...(limited({ kinds: ['ticket'] })?.kinds ?? [])]).toEqual(['ticket']);
    expect([...(limited({ kinds: [] })?.kinds ?? ['x'])]).toEqual([]);
  });

  it('with a certificate in it is limited by what that certificate may sign', () => {
    const certificate = makeCertificate(signer.p256, { usages: ['1.3.6.1.4.1.1847.2021.1.2'] });
    const bare = { kid: 'Zm9v', x5c: [certificate.raw.toString('base64')] };
    const kindsOf = (set: string) => [...(keysIn(set)[0]?.kinds ?? [])];
    expect(kindsOf(jwkSet([bare]))).toEqual(['vaccination']);
    expect(kindsOf(jwkSet([{ ...bare, kty: 'EC' }]))).toEqual(['vaccination']);
    expect(kindsOf(jwkSet([jwkOf(signer.p256.publicKey, bare)]))).toEqual(['vaccination']);
    expect(kindsOf(jwkSet([bare], { kinds: ['test', 'vaccination'] }))).toEqual(['vaccination']);
    expect(kindsOf(jwkSet([bare], { kinds: ['test'] }))).toEqual([]);
  });

  const ed25519 = generateKeyPairSync('ed25519');
  it.each<[string, object, string]>([
    ['a private key', jwkOf(signer.p256.privateKey, { kid: 'k' }), 'private'],
    ['a private Ed25519 key', jwkOf(ed25519.privateKey), 'private'],
    ['a shared secret', { kty: 'oct', k: 'AAAA' }, 'private'],
    ['a key for encryption', jwkOf(signer.p256.publicKey, { use: 'enc' }), 'not for signatures'],
    ['a key that only signs', jwkOf(signer.p256.publicKey, { key_ops: ['sign'] }), 'not for verifying'],
    ['a key type nobody uses', { kty: 'XX' }, 'type XX'],
    ['no key type', { kid: 'k' }, 'kty'],
    ['a curve no pass uses', jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey), 'curve'],
    ['secp224r1', jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).publicKey, { crv: 'P-224' }), 'curve'],
    ['Ed448', jwkOf(generateKeyPairSync('ed448').publicKey), 'curve'],
    ['a short RSA key', jwkOf(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey), 'signs no pass'],
    ['an alg of another type', jwkOf(signer.p256.publicKey, { alg: 'EdDSA' }), 'alg'],
    ['an alg nobody knows', jwkOf(signer.p256.publicKey, { alg: 'none' }), 'alg'],
    ['a point off the curve', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }, 'not a point'],
    ['a coordinate in another spelling', jwkOf(signer.p256.publicKey, { x: `${'A'.repeat(42)}B` }), 'no complete key'],
    ['a short coordinate', jwkOf(signer.p256.publicKey, { x: 'AAAA' }), 'no complete key'],
    ['a kid that is a number', jwkOf(signer.p256.publicKey, { kid: 7 }), 'kid'],
    [
      'another certificate',
      jwkOf(signer.p256.publicKey, { x5c: [makeCertificate(signer.p384).raw.toString('base64')] }),
      'different',
    ],
    ['an x5c that is none', jwkOf(signer.p256.publicKey, { x5c: ['AAAA'] }), 'x5c'],
    ['an empty x5c', jwkOf(signer.p256.publicKey, { x5c: [] }), 'x5c'],
  ])('with %s is refused as a whole, and the key is named', (_name, jwk, expected) => {
    const error = errorIn(jwkSet([jwkOf(ed25519.publicKey), jwk], { iss: 'i' }));
    expect(error).toContain('keys.json');
    expect(error).toContain(expected);
  });

  it.each<[string, string]>([
    ['no keys and no issuer who could have withdrawn them', jwkSet([])],
    ['keys that are no list', '{"iss":"i","keys":{}}'],
    ['a format that nobody knows', jwkSet([jwkOf(signer.p256.publicKey)], { iss: 'i', formats: ['eu-dc'] })],
    ['a kind that nobody knows', jwkSet([jwkOf(signer.p256.publicKey)], { iss: 'i', kinds: ['vip'] })],
    ['formats that are no list', jwkSet([jwkOf(signer.p256.publicKey)], { iss: 'i', formats: 'eu-dcc' })],
    ['an issuer that is no text', jwkSet([jwkOf(signer.p256.publicKey)], { iss: 5 })],
    ['a member twice', '{"keys":[],"keys":[]}'],
  ])('with %s is refused', (_name, set) => {
    expect(errorIn(set)).toContain('keys.json');
  });
});

describe('certificates', () => {
  const certificate = makeCertificate(signer.p256);

  it('in DER and in PEM are the same key under the first 8 bytes of their hash', () => {
    const [der] = keysIn(certificate.raw);
    const [pem] = keysIn(certificate.toString());
    expect(der).toMatchObject({ kid: kidOf(certificate), alg: null, issuer: null, kinds: ALL_KINDS });
    expect(formatsOf(der)).toEqual(['eu-dcc']);
    expect(pem?.kid).toBe(der?.kid);
    expect(der !== undefined && pem?.key.equals(der.key)).toBe(true);
  });

  it('several in one file, with text between and Windows line ends, are all read', () => {
    const other = makeCertificate(signer.p384);
    const file = `subject=Test\r\n${certificate.toString()}\n# next\n${other.toString()}`.replaceAll('\n', '\r\n');
    expect(keysIn(file).map((key) => key.kid)).toEqual([kidOf(certificate), kidOf(other)]);
  });

  it.each([
    ['1.3.6.1.4.1.1847.2021.1.1', 'test'],
    ['1.3.6.1.4.1.1847.2021.1.2', 'vaccination'],
    ['1.3.6.1.4.1.1847.2021.1.3', 'recovery'],
    ['1.3.6.1.4.1.0.1847.2021.1.1', 'test'],
    ['1.3.6.1.4.1.0.1847.2021.1.2', 'vaccination'],
    ['1.3.6.1.4.1.0.1847.2021.1.3', 'recovery'],
  ])('with the usage %s sign the kind %s only', (usage, kind) => {
    const serverAuth = '1.3.6.1.5.5.7.3.1';
    expect([...(keysIn(makeCertificate(signer.p256, { usages: [serverAuth, usage] }).raw)[0]?.kinds ?? [])]).toEqual([
      kind,
    ]);
  });

  it('with other usages only may sign any kind', () => {
    expect(keysIn(makeCertificate(signer.p256, { usages: ['1.3.6.1.5.5.7.3.1'] }).raw)[0]?.kinds).toEqual(ALL_KINDS);
  });

  it('of an authority stand behind VDS-NC too', () => {
    const authority = makeCertificate(signer.p256, { ca: true });
    expect(formatsOf(keysIn(authority.raw)[0])).toEqual(['eu-dcc', 'vds-nc']);
    expect(keysIn(authority.raw)[0]?.authority?.raw).toEqual(authority.raw);
    expect(keysIn(makeCertificate(signer.p256).raw)[0]?.authority).toBeUndefined();
    const inSet = jwkSet([{ kid: 'Zm9v', x5c: [authority.raw.toString('base64')] }], { formats: ['vds-nc'] });
    expect(keysIn(inSet)[0]?.authority?.raw).toEqual(authority.raw);
  });

  it('public keys in PEM need an issuer', () => {
    const pem = signer.p256.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(errorIn(pem)).toContain('names no issuer');
    expect(keysIn(pem, 'i')[0]).toMatchObject({
      issuer: 'i',
      kid: keysIn(jwkSet([jwkOf(signer.p256.publicKey)]), 'i')[0]?.kid,
    });
  });

  it.each<[string, string | Buffer, string]>([
    [
      'a private key',
      signer.p256.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'give the public one',
    ],
    ['half a block', certificate.toString().slice(0, 200), 'whole PEM block'],
    ['a broken block', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'cannot be read'],
    [
      'a request',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      'certificate request',
    ],
    ['bytes after the certificate', Buffer.concat([certificate.raw, Buffer.from([0])]), 'bytes after'],
    ['a cut certificate', certificate.raw.subarray(0, -1), 'cannot be read'],
    ['a bare public key in DER', signer.p256.publicKey.export({ type: 'spki', format: 'der' }), 'neither'],
  ])('%s is refused', (_name, content, expected) => {
    expect(errorIn(content)).toContain(expected);
  });
});

describe('a DID document', () => {
  const { dir, skip, note } = vectorSet('nzcp');
  const did = (more: object) =>
    JSON.stringify({ id: 'did:web:a.example', verificationMethod: [], assertionMethod: ['#k'], ...more });
  const method = { id: 'did:web:a.example#k', publicKeyJwk: jwkOf(signer.p256.publicKey) };

  it.skipIf(skip).each([
    ['exampleDIDDocument.json', 'did:web:nzcp.covid19.health.nz', 'key-1'],
    ['liveDIDDocument.json', 'did:web:nzcp.identity.health.nz', 'z12Kf7UQ'],
  ])(`%s of New Zealand names its issuer and key${note}`, (name, issuer, kid) => {
    const keys = keysIn(readFileSync(join(dir, 'did', name)));
    expect(keys.map((key) => [key.issuer, key.kid, formatsOf(key)])).toEqual([
      [issuer, kid, ['nzcp']],
      [issuer, `${issuer}#${kid}`, ['sd-jwt-vc', 'vc-jwt', 'vp-jwt']],
    ]);
  });

  it('gives the keys for assertion alone, by reference or embedded', () => {
    const login = { id: '#login', publicKeyJwk: jwkOf(signer.p384.publicKey) };
    expect(keysIn(did({ verificationMethod: [method, login] })).map((key) => key.kid)).toEqual([
      'k',
      'did:web:a.example#k',
    ]);
    expect(keysIn(did({ assertionMethod: [method] }))).toHaveLength(2);
  });

  it('of the WHO’s network lists signers by their key id, without saying what they are for', () => {
    const base = 'did:web:tng-cdn.who.int:v2:trustlist';
    const certificate = makeCertificate(signer.p256, { usages: ['1.3.6.1.4.1.1847.2021.1.2'] });
    const authority = makeCertificate(signer.p384, { ca: true });
    const listed = (fragment: string, key: typeof certificate) => ({
      id: `${base}:-:XXA#${fragment}`,
      publicKeyJwk: jwkOf(key.publicKey, { x5c: [key.raw.toString('base64')] }),
    });
    const network = (id: string) =>
      did({
        id,
        assertionMethod: undefined,
        verificationMethod: [`${base}:other`, listed('a%2Fb%2Bcd%3D%3D', certificate), listed('ca', authority)],
      });
    const keys = keysIn(network(base));
    expect(keys.map((key) => [key.issuer, key.kid, formatsOf(key), [...key.kinds]])).toEqual([
      [null, 'a/b+cd==', ['eu-dcc', 'who-ddcc'], ['vaccination']],
    ]);
    expect(errorIn(network('did:web:tng-cdn-who.int'))).toContain('assertionMethod');
    expect(errorIn(network('did:web:who.int.example'))).toContain('assertionMethod');
  });

  it('without a key for assertion, without id, of another issuer or with a private key is refused', () => {
    expect(errorIn(did({}))).toContain('assertionMethod');
    expect(errorIn(did({ verificationMethod: [method], assertionMethod: undefined }))).toContain('assertionMethod');
    expect(errorIn(did({ id: 'https://a.example' }))).toContain('without id');
    expect(errorIn(did({ verificationMethod: [method] }), 'did:web:b.example')).toContain('did:web:b.example');
    const secret = { ...method, publicKeyJwk: jwkOf(signer.p256.privateKey) };
    expect(errorIn(did({ verificationMethod: [secret] }))).toContain('private');
  });
});

describe('the keys of a pretix event', () => {
  const { dir, skip, note } = vectorSet('pretix-sig1');
  const event = (...pems: readonly string[]) =>
    JSON.stringify({ valid_keys: { pretix_sig1: pems.map((pem) => Buffer.from(pem).toString('base64')) } });
  const keys = generateKeyPairSync('ed25519');

  it.skipIf(skip)(`of libpretixsync are read${note}`, () => {
    const read = keysIn(readFileSync(join(dir, 'event1.json')));
    expect(read.map((key) => [formatsOf(key), key.alg])).toEqual([
      [['pretix-sig1'], 'EdDSA'],
      [['pretix-sig1'], 'EdDSA'],
    ]);
  });

  it('private keys and keys of another type are refused', () => {
    expect(keysIn(event(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()))).toHaveLength(1);
    expect(errorIn(event(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()))).not.toBe('');
    expect(errorIn(event(signer.p256.publicKey.export({ type: 'spki', format: 'pem' }).toString()))).not.toBe('');
    expect(errorIn(event())).toContain('without pretix_sig1');
  });
});

describe('a file of something else', () => {
  it.each<[string, string | Buffer, string]>([
    ['empty', '', 'is empty'],
    ['a signed trust list', 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA\n', 'import it without --unsigned'],
    ['other JSON', '{"a":1}', 'no JWK Set'],
    ['a single key', JSON.stringify(jwkOf(signer.p256.publicKey)), '{"keys": [...]}'],
    ['broken JSON', '{"keys":[', 'JSON'],
    ['text', 'hello', 'neither'],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00]), 'neither'],
  ])('that is %s gets one sentence with its name', (_name, content, expected) => {
    const error = errorIn(content);
    expect(error).toMatch(/^keys\.json /);
    expect(error).toContain(expected);
  });

  it('a signed list that came from another thread, as plain bytes, is known too', () => {
    const bytes = structuredClone(Buffer.from('eyJhbGciOiJFUzI1NiJ9.e30.AAAA'));
    const read = readLooseDocuments([{ name: 'list.jwt', issuer: null, bytes }]);
    expect(read.ok ? '' : read.error).toContain('import it without --unsigned');
  });

  it('a byte order mark before the JSON changes nothing', () => {
    expect(keysIn(`\u{feff}${jwkSet([jwkOf(signer.p256.publicKey)], { iss: 'i' })}`)).toHaveLength(1);
  });

  it('16 MiB are read and one byte more is not', () => {
    const set = jwkSet([jwkOf(signer.p256.publicKey)], { iss: 'i' });
    expect(MAX_TRUST_FILE_BYTES).toBe(16 * 2 ** 20);
    expect(errorIn(set.padEnd(MAX_TRUST_FILE_BYTES))).toBe('');
    expect(errorIn(set.padEnd(MAX_TRUST_FILE_BYTES + 1))).toContain('larger than');
  });
});

it('as many keys as the limit are read together and one more is not', () => {
  const file = (count: number) => document(makeCertificate(signer.p256).toString().repeat(count));
  expect(MAX_TRUST_KEYS).toBe(5_000);
  expect(readLooseDocuments([file(6), file(4)], 10).ok).toBe(true);
  const more = readLooseDocuments([file(6), file(5)], 10);
  expect(more.ok ? '' : more.error).toBe('keys.json brings the keys to more than 10');
});
