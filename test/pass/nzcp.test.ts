import { describe, expect, it } from 'vitest';
import { nzcp } from '../../src/pass/nzcp.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { cbor } from '../support/cbor-writer.ts';
import { coseSign1 } from '../support/cose-signer.ts';
import { dccKey, signer } from '../support/dcc.ts';

const ISSUER = 'did:web:passes.example';
const FROM_S = 1_635_883_530;
const UNTIL_S = 1_951_416_330;
const CTI = Buffer.from('60a4f54d4e304332be33ad78b1eafa4b', 'hex');
const NOW = { atMs: 1_640_000_000_000, trusted: true };
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

const CREDENTIAL = {
  '@context': ['https://www.w3.org/2018/credentials/v1', 'https://nzcp.covid19.health.nz/contexts/v1'],
  version: '1.0.0',
  type: ['VerifiableCredential', 'PublicCovidPass'],
  credentialSubject: { givenName: 'Jack', familyName: 'Sparrow', dob: '1960-04-16' },
};

interface Parts {
  readonly claims?: Readonly<Record<number, Buffer | null>>;
  readonly vc?: object | null;
  readonly kid?: Buffer | null;
  readonly alg?: number;
  readonly prefix?: string;
  readonly key?: typeof signer.p256.privateKey;
  readonly wrap?: (cose: Buffer) => Buffer;
}

function makePass({ claims = {}, vc = CREDENTIAL, kid = Buffer.from('key-1'), ...parts }: Parts = {}): string {
  const standing: Readonly<Record<number, Buffer | null>> = {
    1: cbor.text(ISSUER),
    4: cbor.int(UNTIL_S),
    5: cbor.int(FROM_S),
    7: cbor.bytes(CTI),
    ...claims,
  };
  const pairs = Object.entries(standing).flatMap(([label, value]) =>
    value === null ? [] : [[cbor.int(Number(label)), value] as const],
  );
  if (vc !== null) pairs.push([cbor.text('vc'), cbor.of(vc)]);
  const inside = [[cbor.int(1), cbor.int(parts.alg ?? -7)] as const];
  if (kid !== null) inside.push([cbor.int(4), cbor.bytes(kid)]);
  const cose = coseSign1(cbor.map(...pairs), parts.key ?? signer.p256.privateKey, { inside });
  return `${parts.prefix ?? 'NZCP:/1/'}${base32((parts.wrap ?? ((whole) => whole))(cose))}`;
}

const key = (more: Partial<TrustedKey> = {}): TrustedKey =>
  dccKey({ issuer: ISSUER, kid: 'key-1', formats: new Set(['nzcp']), ...more });

const verify = (line: string, keys: readonly TrustedKey[] = [key()], now = NOW) =>
  nzcp.verify(line, trustOf(keys), now);
function reasonOf(parts: Parts, keys?: readonly TrustedKey[], now = NOW): string {
  const result = verify(makePass(parts), keys, now);
  return result.ok ? 'ok' : result.error.reason;
}

describe('a New Zealand pass', () => {
  it('says that its holder counts as vaccinated, and nothing about product or doses', () => {
    const result = verify(makePass());
    if (!result.ok) throw new Error(result.error.detail);
    expect(result.value).toMatchObject({
      format: 'nzcp',
      kind: 'vaccination',
      issuer: ISSUER,
      kid: 'key-1',
      validFromMs: FROM_S * 1_000,
      validUntilMs: UNTIL_S * 1_000,
      single: false,
      passId: CTI,
      claims: { nam: { fn: 'Sparrow', gn: 'Jack' }, dob: '1960-04-16', kind: 'vaccination', ticket: null },
    });
    expect(result.value.claims.v[0]).toMatchObject({ tg: '840539006', dn: null, dt: null, co: 'NZ' });
    expect(result.value.claims.v[0]?.['ci']).toBe('urn:uuid:60a4f54d-4e30-4332-be33-ad78b1eafa4b');
  });

  it('a person of one name is let through', () => {
    expect(reasonOf({ vc: { ...CREDENTIAL, credentialSubject: { givenName: 'Jack', dob: '1960-04-16' } } })).toBe('ok');
  });

  it('the kid is honoured even where another key of the issuer would verify', () => {
    expect(reasonOf({ kid: Buffer.from('key-2') })).toBe('unknown-key');
    expect(reasonOf({ kid: Buffer.from('key-2') }, [key(), key({ kid: 'key-2', key: signer.p384.publicKey })])).toBe(
      'algorithm-not-allowed',
    );
    expect(reasonOf({ kid: null })).toBe('unknown-key');
    expect(reasonOf({ kid: Buffer.from('key 1') }, [key({ kid: 'key 1' })])).toBe('unknown-key');
  });

  it('an issuer that is not on the list counts for nothing, whatever it signed', () => {
    expect(reasonOf({}, [])).toBe('unknown-issuer');
    expect(reasonOf({}, [key({ issuer: 'did:web:other.example' })])).toBe('unknown-issuer');
    expect(reasonOf({ claims: { 1: cbor.text('did:web:other.example') } })).toBe('unknown-issuer');
  });

  it('only ES256 on P-256 signs it, and only a key that may', () => {
    expect(reasonOf({ alg: -8 })).toBe('algorithm-not-allowed');
    const p384 = [key({ key: signer.p384.publicKey })];
    expect(reasonOf({ key: signer.p384.privateKey }, p384)).toBe('algorithm-not-allowed');
    expect(reasonOf({}, [key({ formats: new Set(['eu-dcc']) })])).not.toBe('ok');
    expect(reasonOf({}, [key({ kinds: new Set(['ticket']) })])).toBe('key-not-allowed');
  });

  it('one flipped bit of the content or of the signature is a bad signature', () => {
    const line = makePass();
    const at = (index: number) => `${line.slice(0, index)}${line[index] === 'A' ? 'B' : 'A'}${line.slice(index + 1)}`;
    for (const index of [line.length - 20, line.length - 60]) {
      const result = verify(at(index));
      expect(result.ok ? 'ok' : result.error.reason).toBe('bad-signature');
    }
  });

  it('altered in any one character is never admitted, and nothing throws', () => {
    const line = makePass();
    for (let at = 0; at < line.length; at += 1) {
      const other = line[at] === 'K' ? 'L' : 'K';
      const result = verify(`${line.slice(0, at)}${other}${line.slice(at + 1)}`);
      expect(result.ok, `character ${at}`).toBe(false);
    }
  });

  it('begins in the second of nbf and ends before that of exp', () => {
    const at = (atMs: number) => reasonOf({}, undefined, { atMs, trusted: true });
    expect(at(FROM_S * 1_000 - 1)).toBe('not-yet-valid');
    expect(at(FROM_S * 1_000)).toBe('ok');
    expect(at(UNTIL_S * 1_000 - 1)).toBe('ok');
    expect(at(UNTIL_S * 1_000)).toBe('expired');
  });

  it.each<[string, Parts]>([
    ['no nbf', { claims: { 5: null } }],
    ['no exp', { claims: { 4: null } }],
    ['an exp that is text', { claims: { 4: cbor.text('never') } }],
    ['no cti', { claims: { 7: null } }],
    ['a cti of 15 bytes', { claims: { 7: cbor.bytes(CTI.subarray(1)) } }],
    ['a cti of 17 bytes', { claims: { 7: cbor.bytes(Buffer.concat([CTI, Buffer.from([0])])) } }],
    ['no vc', { vc: null }],
    ['another context', { vc: { ...CREDENTIAL, '@context': ['https://www.w3.org/ns/credentials/v2'] } }],
    ['another type', { vc: { ...CREDENTIAL, type: ['VerifiableCredential', 'Other'] } }],
    ['a third type', { vc: { ...CREDENTIAL, type: [...CREDENTIAL.type, 'Other'] } }],
    ['another version', { vc: { ...CREDENTIAL, version: '1.0.1' } }],
    ['no given name', { vc: { ...CREDENTIAL, credentialSubject: { familyName: 'S', dob: '1960-04-16' } } }],
    ['no birth date', { vc: { ...CREDENTIAL, credentialSubject: { givenName: 'J' } } }],
    ['a day that is none', { vc: { ...CREDENTIAL, credentialSubject: { givenName: 'J', dob: '1960-02-30' } } }],
  ])('with %s is genuine and unusable', (_name, parts) => {
    expect(reasonOf(parts)).toBe('bad-claims');
  });

  it('a name of 100 characters is read and one of 101 is not', () => {
    const named = (length: number) =>
      reasonOf({ vc: { ...CREDENTIAL, credentialSubject: { givenName: 'x'.repeat(length), dob: '1960-04-16' } } });
    expect(named(100)).toBe('ok');
    expect(named(101)).toBe('bad-claims');
  });

  it.each<[string, Parts, string]>([
    ['the next version', { prefix: 'NZCP:/2/' }, 'unsupported-format'],
    ['no version', { prefix: 'NZCP:/' }, 'malformed'],
    ['a lower-case scheme', { prefix: 'nzcp:/1/' }, 'malformed'],
    ['padding', { prefix: 'NZCP:/1/=' }, 'malformed'],
    ['no tag', { wrap: (cose) => cose.subarray(1) }, 'malformed'],
    ['the tag of a CWT alone', { wrap: (cose) => Buffer.concat([Buffer.from([0xd8, 61]), cose]) }, 'malformed'],
    ['a byte too many', { wrap: (cose) => Buffer.concat([cose, Buffer.alloc(1)]) }, 'malformed'],
    ['an issuer of another method', { claims: { 1: cbor.text('did:key:z6Mk') } }, 'malformed'],
    ['no issuer', { claims: { 1: null } }, 'malformed'],
  ])('with %s is refused as %#', (_name, parts, reason) => {
    expect(reasonOf(parts)).toBe(reason);
  });
});
