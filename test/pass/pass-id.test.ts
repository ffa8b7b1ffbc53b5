import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestPassId, namedPassId } from '../../src/pass/pass-id.ts';

const payload = Buffer.from('signed');

describe('pass id', () => {
  it('is SHA-256 over format, issuer and signed payload, with a NUL between', () => {
    const expected = createHash('sha256').update('smart-health-card\0https://a\0signed').digest();
    expect(digestPassId('smart-health-card', 'https://a', payload)).toEqual(expected);
  });

  it('the same content from another issuer or in another format is another pass', () => {
    const ids = [
      digestPassId('smart-health-card', 'a', payload),
      digestPassId('smart-health-card', 'b', payload),
      digestPassId('smart-health-card', null, payload),
      digestPassId('eu-dcc', 'a', payload),
    ];
    expect(new Set(ids.map((id) => id.toString('hex'))).size).toBe(ids.length);
  });

  it('two issuers that gave the same name made two passes', () => {
    expect(namedPassId('a', 'bc')).not.toEqual(namedPassId('ab', 'c'));
  });
});
