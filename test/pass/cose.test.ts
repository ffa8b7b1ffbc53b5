import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { algorithmNamed } from '../../src/pass/algorithms.ts';
import { decodeCoseSign1, verifyCoseSign1 } from '../../src/pass/cose.ts';
import { cbor } from '../support/cbor-writer.ts';
import { dccKey, es256, signer } from '../support/dcc.ts';
import { vectorSet } from '../support/vectors.ts';

const { dir, skip, note } = vectorSet('cose-examples');

interface CoseExample {
  readonly input: { readonly sign0: { readonly key: Readonly<Record<string, string>> } };
  readonly output: { readonly cbor: string };
}

function outcomeOf(path: string): string {
  const example: CoseExample = JSON.parse(readFileSync(join(dir, path), 'utf8'));
  const message = decodeCoseSign1(Buffer.from(example.output.cbor, 'hex'));
  if (!message.ok) return 'malformed';
  return verifyCoseSign1(message.value, dccKey({ key: keyOf(example.input.sign0.key) })) ?? 'good';
}

/** The examples write coordinates in base64url or, under another name, in hexadecimal. */
function keyOf(written: Readonly<Record<string, string>>): KeyObject {
  const coordinate = (name: string): string =>
    written[name] ?? Buffer.from(written[`${name}_hex`] ?? '', 'hex').toString('base64url');
  const { kty = '', crv = '' } = written;
  const members = { kty, crv, x: coordinate('x') };
  return createPublicKey({ format: 'jwk', key: kty === 'OKP' ? members : { ...members, y: coordinate('y') } });
}

describe('the examples of the COSE working group', () => {
  it.skipIf(skip).each([
    ['sign1-tests/sign-pass-01.json', 'good'],
    ['sign1-tests/sign-pass-03.json', 'good'],
    ['ecdsa-examples/ecdsa-sig-01.json', 'good'],
    ['eddsa-examples/eddsa-sig-01.json', 'good'],
    ['CWT/A_3.json', 'good'],
    // Signed with external data, which no pass has.
    ['sign1-tests/sign-pass-02.json', 'bad-signature'],
    ['sign1-tests/sign-fail-01.json', 'malformed'],
    ['sign1-tests/sign-fail-02.json', 'bad-signature'],
    ['sign1-tests/sign-fail-03.json', 'algorithm-not-allowed'],
    ['sign1-tests/sign-fail-04.json', 'algorithm-not-allowed'],
    ['sign1-tests/sign-fail-06.json', 'bad-signature'],
    ['sign1-tests/sign-fail-07.json', 'bad-signature'],
    // Good signatures of algorithms that no pass may use.
    ['ecdsa-examples/ecdsa-sig-02.json', 'algorithm-not-allowed'],
    ['ecdsa-examples/ecdsa-sig-03.json', 'algorithm-not-allowed'],
    ['eddsa-examples/eddsa-sig-02.json', 'algorithm-not-allowed'],
  ])(`%s is %s${note}`, (path, expected) => {
    expect(outcomeOf(path)).toBe(expected);
  });
});

const header = cbor.bytes(cbor.map([cbor.int(1), cbor.int(-7)]));
const message = (...parts: readonly Buffer[]) => decodeCoseSign1(cbor.list(...parts));
const payload = cbor.bytes(Buffer.from('content'));
const signature = cbor.bytes(Buffer.alloc(64));

describe('COSE_Sign1', () => {
  it('what is no signed message is refused', () => {
    expect(message(header, cbor.map(), payload, signature).ok).toBe(true);
    expect(message(header, cbor.map(), payload).ok).toBe(false);
    expect(message(header, cbor.map(), cbor.NULL, signature).ok).toBe(false);
    expect(message(header, cbor.list(), payload, signature).ok).toBe(false);
    expect(message(cbor.map(), cbor.map(), payload, signature).ok).toBe(false);
    expect(message(cbor.bytes(cbor.list()), cbor.map(), payload, signature).ok).toBe(false);
    expect(message(cbor.bytes(Buffer.from([0xa1])), cbor.map(), payload, signature).ok).toBe(false);
    expect(message(header, cbor.map(), payload, cbor.NULL).ok).toBe(false);
    expect(decodeCoseSign1(cbor.int(1)).ok).toBe(false);
  });

  it('a CWT tag alone, both tags, and neither are read; tags the other way round are not', () => {
    const sign1 = cbor.list(header, cbor.map(), payload, signature);
    expect(decodeCoseSign1(cbor.tag(61, sign1)).ok).toBe(true);
    expect(decodeCoseSign1(cbor.tag(61, cbor.tag(18, sign1))).ok).toBe(true);
    expect(decodeCoseSign1(cbor.tag(18, cbor.tag(61, sign1))).ok).toBe(false);
    expect(decodeCoseSign1(cbor.tag(18, cbor.tag(18, sign1))).ok).toBe(false);
  });

  it('a critical header that nobody here understands is not ignored', () => {
    const critical = cbor.bytes(cbor.map([cbor.int(2), cbor.list(cbor.int(99))], [cbor.int(99), cbor.int(0)]));
    expect(message(critical, cbor.map(), payload, signature).ok).toBe(false);
  });

  it('a key id that is text is refused', () => {
    expect(message(header, cbor.map([cbor.int(4), cbor.text('key')]), payload, signature).ok).toBe(false);
  });

  it('an algorithm named by text is none, although the JOSE list knows it', () => {
    const named = cbor.bytes(cbor.map([cbor.int(1), cbor.text('ES256')]));
    const read = message(named, cbor.map(), payload, signature);
    expect(read.ok && verifyCoseSign1(read.value, dccKey())).toBe('algorithm-not-allowed');
  });

  it('a key that was published for one algorithm is not used for another', () => {
    const read = message(header, cbor.map(), payload, signature);
    expect(read.ok && verifyCoseSign1(read.value, dccKey({ alg: 'PS256' }))).toBe('algorithm-not-allowed');
    expect(read.ok && verifyCoseSign1(read.value, dccKey({ alg: 'ES256' }))).toBe('bad-signature');
    expect(read.ok && verifyCoseSign1(read.value, dccKey({ alg: 'ES999' }))).toBe('algorithm-not-allowed');
  });

  it('RSA keys under 2,048 bits sign nothing', () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey;
    const read = message(cbor.bytes(cbor.map([cbor.int(1), cbor.int(-37)])), cbor.map(), payload, signature);
    expect(read.ok && verifyCoseSign1(read.value, dccKey({ key }))).toBe('algorithm-not-allowed');
    expect(read.ok && verifyCoseSign1(read.value, dccKey({ key: signer.rsa.publicKey }))).toBe('bad-signature');
  });

  it('contents of every length class are signed as RFC 9052 encodes them', () => {
    for (const length of [0, 23, 24, 255, 256, 65_535, 65_536]) {
      const content = Buffer.alloc(length, 7);
      const protectedBytes = cbor.map([cbor.int(1), cbor.int(-7)]);
      const head = length < 65_536 ? cbor.head(2, length) : Buffer.from('5a00010000', 'hex');
      const signed = Buffer.concat([
        Buffer.from('846a5369676e617475726531', 'hex'),
        cbor.bytes(protectedBytes),
        Buffer.from('40', 'hex'),
        head,
        content,
      ]);
      const good = cbor.bytes(es256(signed, signer.p256.privateKey));
      const read = message(cbor.bytes(protectedBytes), cbor.map(), cbor.bytes(content), good);
      expect(read.ok && verifyCoseSign1(read.value, dccKey())).toBeNull();
    }
  });
});

describe('an RSA-PSS key that was made for one hash or salt', () => {
  /** The declaration of the options takes the length of a salt for a text. */
  function pssKey(hashAlgorithm: string, saltLength: number): { publicKey: KeyObject; privateKey: KeyObject } {
    const options = { modulusLength: 2_048, hashAlgorithm, mgf1HashAlgorithm: hashAlgorithm, saltLength };
    return Reflect.apply(generateKeyPairSync, undefined, ['rsa-pss', options]);
  }
  const ps256 = algorithmNamed('PS256');
  const message = Buffer.from('message');

  it.each([
    ['sha512', 64],
    ['sha256', 64],
  ])('%s with a salt of %i bytes: is not asked for PS256, which would throw in the middle of a scan', (name, salt) => {
    expect(ps256?.fits(pssKey(name, salt).publicKey)).toBe(false);
  });

  it('sha256 with a salt of 32 bytes: verifies', () => {
    const { publicKey, privateKey } = pssKey('sha256', 32);
    expect(ps256?.fits(publicKey)).toBe(true);
    const signature = sign('sha256', message, {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32,
    });
    expect(ps256?.verify(publicKey, message, signature)).toBe(true);
  });
});
