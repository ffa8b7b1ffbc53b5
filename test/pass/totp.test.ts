import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSameCode, totpCode } from '../../src/pass/totp.ts';

describe('TOTP', () => {
  // RFC 6238 appendix B, the rows of SHA-256; those of SHA-1 are in the public set.
  const secret = createSecretKey(Buffer.from('12345678901234567890123456789012'));
  it.each([
    [59, '46119246'],
    [1_111_111_109, '68084774'],
    [1_111_111_111, '67062674'],
    [1_234_567_890, '91819424'],
    [2_000_000_000, '90698825'],
    [20_000_000_000, '77737706'],
  ])('with SHA-256 at %d s is %s', (seconds, code) => {
    expect(totpCode('TOTP_SHA256', secret, Math.floor(seconds / 30), 8)).toBe(code);
  });

  // RFC 4226 appendix D: the same code by counter, in six digits.
  it.each(['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'])(
    'in six digits is %s',
    (code) => {
      const counter = [
        '755224',
        '287082',
        '359152',
        '969429',
        '338314',
        '254676',
        '287922',
        '162583',
        '399871',
        '520489',
      ];
      const key = createSecretKey(Buffer.from('12345678901234567890'));
      expect(totpCode('TOTP_SHA1', key, counter.indexOf(code), 6)).toBe(code);
    },
  );

  it('is compared as a whole', () => {
    expect(isSameCode('94287082', '94287082')).toBe(true);
    expect(isSameCode('94287082', '94287083')).toBe(false);
    expect(isSameCode('94287082', '287082')).toBe(false);
    expect(isSameCode('94287082', '')).toBe(false);
  });
});
