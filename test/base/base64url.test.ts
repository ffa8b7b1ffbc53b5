import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBase64url, encodeBase64url } from '../../src/base/base64url.ts';

describe('base64url', () => {
  // RFC 4648 section 10, without the padding.
  it.each([
    ['', ''],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
  ])('writes and reads the vector %j', (text, encoded) => {
    expect(encodeBase64url(Buffer.from(text))).toBe(encoded);
    expect(decodeBase64url(encoded)?.toString()).toBe(text);
  });

  it('bytes have one spelling: every other one is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), (bytes, pick) => {
        const text = encodeBase64url(bytes);
        expect(decodeBase64url(text)).toEqual(Buffer.from(bytes));
        const at = pick % text.length;
        for (const odd of ['=', ' ', '\n', '.', '+', '/', '\u0000', 'é']) {
          expect(decodeBase64url(text.slice(0, at) + odd + text.slice(at))).toBeNull();
        }
        expect(decodeBase64url(`${text}=`)).toBeNull();
      }),
    );
  });

  it.each(['Zh', 'Zm9', 'Z', 'Zg==', 'Zm9vYg=='])(
    'spare bits, a lone character and padding are refused: %s',
    (text) => {
      expect(decodeBase64url(text)).toBeNull();
    },
  );
});

describe('base64', () => {
  it.each(['Zg==', 'Zm8=', 'Zm9v', '+/+/'])('%s is canonical', (text) => {
    expect(decodeBase64(text)?.toString('base64')).toBe(text);
  });
  it.each(['Zg', 'Zh==', 'Zm9', 'Zm 9v', '-_-_', 'Zg==\n'])('%j is not', (text) => {
    expect(decodeBase64(text)).toBeNull();
  });
});
