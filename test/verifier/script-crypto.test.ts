import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase64url } from '../../src/base/base64url.ts';
import { verifyEd25519 as platformVerify } from '../../src/journal/native-crypto.ts';
import { verifyEd25519 } from '../../src/journal/verifier/ed25519.ts';
import { sha256 } from '../../src/journal/verifier/sha256.ts';
import { sha512 } from '../../src/journal/verifier/sha512.ts';

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');

describe('a browser without any cryptography of its own still', () => {
  it.each([0, 1, 54, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1_000, 70_000])('hashes %i bytes', (length) => {
    const bytes = randomBytes(length);
    expect(Buffer.from(sha256(bytes))).toEqual(createHash('sha256').update(bytes).digest());
    expect(Buffer.from(sha512(bytes))).toEqual(createHash('sha512').update(bytes).digest());
  });

  // RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
  it.each([
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ])('verifies the signature of %s', (publicKey, message, signature) => {
    const check = { publicKey: hex(publicKey), message: hex(message), signature: hex(signature) };
    expect(verifyEd25519(check)).toBe(true);
    expect(verifyEd25519({ ...check, message: hex(`${message}00`) })).toBe(false);
    for (const at of [0, 31, 32, 63]) {
      const bent = Uint8Array.from(check.signature);
      bent[at] = (bent[at] ?? 0) ^ 1;
      expect(verifyEd25519({ ...check, signature: bent })).toBe(false);
    }
  });

  it('refuses a second spelling of a signature, whose number is not below the order', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = decodeBase64url(publicKey.export({ format: 'jwk' }).x ?? '') ?? Buffer.alloc(0);
    const message = randomBytes(40);
    const signature = sign(null, message, privateKey);
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
    const again = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
    const respelled = Buffer.concat([signature.subarray(0, 32), again]);
    for (const verify of [verifyEd25519, platformVerify]) {
      expect(verify({ publicKey: raw, message, signature })).toBe(true);
      expect(verify({ publicKey: raw, message, signature: respelled })).toBe(false);
      expect(verify({ publicKey: Buffer.alloc(32, 0xff), message, signature })).toBe(false);
    }
  });
});
