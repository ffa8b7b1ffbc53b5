import { describe, expect, it } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../src/base/base45.ts';

const decoded = (text: string, from = 0): Buffer => Buffer.from(decodeBase45(text, from) ?? []);

describe('base45', () => {
  // RFC 9285 sections 4.3 and 4.4.
  it.each([
    ['BB8', 'AB'],
    ['%69 VD92EX0', 'Hello!!'],
    ['UJCLQE7W581', 'base-45'],
    ['QED8WEX0', 'ietf!'],
    ['', ''],
  ])('the example %j of the RFC reads %j', (text, expected) => {
    expect(decoded(text).toString('latin1')).toBe(expected);
    expect(encodeBase45(Buffer.from(expected, 'latin1'))).toBe(text);
  });

  it('a prefix is stepped over without copying', () => {
    expect(decoded('HC1:BB8', 4).toString('latin1')).toBe('AB');
  });

  // RFC 9285 section 6: FGW is 65535, GGW is 65536.
  it('a group of three that overflows two bytes is refused, the largest is not', () => {
    expect(decoded('FGW').toString('hex')).toBe('ffff');
    expect(decodeBase45('GGW')).toBeNull();
  });

  it('a group of two that overflows one byte is refused, the largest is not', () => {
    expect(decoded('U5').toString('hex')).toBe('ff');
    expect(decodeBase45('V5')).toBeNull();
  });

  it.each(['B', 'BB8B', 'bb8', 'BB_', 'B8_', '_B8', 'BB\u{ff}', 'BB8 \u{20ac}'])(
    '%j is not what an encoder writes',
    (text) => {
      expect(decodeBase45(text)).toBeNull();
    },
  );
});
