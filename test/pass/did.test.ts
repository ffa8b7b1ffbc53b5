import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSelfCertifying, keyOfDid, MAX_DID_LENGTH } from '../../src/pass/did.ts';
import { didInfra, didJwk, didKey } from '../support/did.ts';

const coordinates = (key: KeyObject | null) => key?.export({ format: 'jwk' });

describe('a DID that is its key', () => {
  // did:key method, section "Test Vectors".
  it.each([
    [
      'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp',
      { kty: 'OKP', crv: 'Ed25519', x: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik' },
    ],
    [
      'did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme',
      {
        kty: 'EC',
        crv: 'secp256k1',
        x: 'h0wVx_2iDlOcblulc8E5iEw1EYh5n1RYtLQfeSTyNc0',
        y: 'O2EATIGbu6DezKFptj5scAIRntgfecanVNXxat1rnwE',
      },
    ],
    [
      'did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169',
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI',
        y: 'hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU',
      },
    ],
    // did:jwk method, section "Examples".
    [
      'did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9',
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0',
        y: '_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE',
      },
    ],
    // The issuer of COOV, with its key as open clients give it (notes of the public set infra-did-vcjwt).
    [
      'did:infra:01:PUB_K1_5LnLPSFL1ioJyATiTQ7jUzQJe1PqzEbBWyE8efzyn88TBz4w8N',
      {
        kty: 'EC',
        crv: 'secp256k1',
        x: 'O7NzfW1tMq0V0xYT7Yjb-P80XBZQ2boxpdm2uwlRXI8',
        y: '54uir-q_TdSaS4Ale252a6pOCMtMiSKeVul9vS0ph2w',
      },
    ],
  ])('%s', (did, jwk) => {
    expect(isSelfCertifying(did)).toBe(true);
    expect(coordinates(keyOfDid(did))).toEqual(jwk);
  });

  const infra = 'did:infra:01:PUB_K1_5LnLPSFL1ioJyATiTQ7jUzQJe1PqzEbBWyE8efzyn88TBz4w8N';
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
  it.each([
    ['a letter changed', infra.replace('5LnL', '5LnM')],
    ['the name of another curve', infra.replace('PUB_K1', 'PUB_R1')],
    ['no checksum', infra.slice(0, -6)],
    ['an account of the chain', 'did:infra:01:someaccount'],
    ['nothing after its method', 'did:key:'],
    ['another base', 'did:key:f1234'],
    ['a key for encryption', 'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc'],
    ['a private JWK', `did:jwk:${Buffer.from('{"kty":"EC","d":"AA"}').toString('base64url')}`],
    ['a JWK for encryption', didJwk(generateKeyPairSync('ed25519').publicKey, { use: 'enc' })],
    ['a JWK in another spelling', `${didJwk(generateKeyPairSync('ed25519').publicKey)}=`],
    ['a fragment', 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp#x'],
    ['a web address', 'did:web:example.com'],
    ['no DID at all', 'https://example.com'],
  ])('with %s has no key', (_, did) => {
    expect(keyOfDid(did)).toBeNull();
  });

  it('is as long as a whole key may be, and not longer', () => {
    const key = generateKeyPairSync('ed25519').publicKey;
    const ofLength = (bytes: number) => {
      const bare = Buffer.from(didJwk(key, { note: '' }).slice('did:jwk:'.length), 'base64url').length;
      return didJwk(key, { note: 'x'.repeat(bytes - bare) });
    };
    const longest = ofLength(((MAX_DID_LENGTH - 'did:jwk:'.length) * 3) / 4);
    expect(longest).toHaveLength(MAX_DID_LENGTH);
    expect(keyOfDid(longest)?.equals(key)).toBe(true);
    expect(keyOfDid(ofLength(((MAX_DID_LENGTH - 'did:jwk:'.length) * 3) / 4 + 1))).toBeNull();
    expect(keyOfDid(didJwk(p384))).not.toBeNull();
  });

  it('of every method and curve gives back the key it was made of', () => {
    const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const ed = generateKeyPairSync('ed25519').publicKey;
    for (const key of [k1, p256, ed]) {
      expect(keyOfDid(didKey(key))?.equals(key)).toBe(true);
      expect(keyOfDid(didJwk(key))?.equals(key)).toBe(true);
    }
    for (const key of [k1, p256]) expect(keyOfDid(didInfra(key))?.equals(key)).toBe(true);
  });
});
