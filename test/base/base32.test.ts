import { describe, expect, it } from 'vitest';
import { decodeBase32 } from '../../src/base/base32.ts';

describe('Base32 without padding', () => {
  // RFC 4648 section 10, its padding left out.
  it.each([
    ['', ''],
    ['MY', 'f'],
    ['MZXQ', 'fo'],
    ['MZXW6', 'foo'],
    ['MZXW6YQ', 'foob'],
    ['MZXW6YTB', 'fooba'],
    ['MZXW6YTBOI', 'foobar'],
  ])('%j is %j', (text, decoded) => {
    expect(decodeBase32(text)?.toString('latin1')).toBe(decoded);
    expect(decodeBase32(`x/${text}`, 2)?.toString('latin1')).toBe(decoded);
  });

  it.each(['my', 'MY======', 'M', 'MZX', 'MZXW6Y', 'MZ', 'MZXR', 'M1', 'M0', 'M8', 'M Y', 'M\u00ff'])(
    '%j is a spelling that no encoder writes',
    (text) => {
      expect(decodeBase32(text)).toBeNull();
    },
  );
});
