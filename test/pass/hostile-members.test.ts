import { describe, expect, it } from 'vitest';
import { authenticate } from '../../src/pass/authenticate.ts';
import { inspect } from '../../src/pass/inspect.ts';
import { trustOf } from '../../src/trust/key-ring.ts';

const NOW = { atMs: Date.UTC(2021, 11, 13, 3), trusted: true };
const NOBODY = trustOf([]);
const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What a member may be instead of what it should be; an object that was parsed strictly has no text of its own. */
const ODD: readonly unknown[] = [{}, [{}], { a: {} }, [], 0, true, null, ''];
const HEADER = ['alg', 'typ', 'kid', 'zip', 'cty'];
const PAYLOAD = ['iss', 'vc', 'vp', 'typ', 'version', 'cnf', '_sd', '_sd_alg', 'jti', 'exp', 'nbf', 'iat', 'kind'];

describe('a signed token whose members are not what they should be', () => {
  const tails = ['', '~', '~e30~'];
  const headers = [
    { alg: 'ES256' },
    { alg: 'HS256' },
    { alg: 'ES256', typ: 'dc+sd-jwt' },
    { alg: 'ES256', typ: 'vc+jwt' },
  ];

  it.each(HEADER)('in its header, %s: never stops the door', (member) => {
    for (const base of headers) {
      for (const odd of ODD) {
        for (const tail of tails) {
          const line = Buffer.from(`${segment({ ...base, [member]: odd })}.${segment({ vc: {} })}.AAAA${tail}`);
          expect(authenticate({ line, parts: 1 }, NOBODY, NOW).ok).toBe(false);
          expect(inspect({ line, parts: 1 }, NOBODY, NOW)).not.toBe('');
        }
      }
    }
  });

  it.each(PAYLOAD)('in its payload, %s: never stops the door', (member) => {
    for (const header of headers) {
      for (const odd of ODD) {
        for (const tail of tails) {
          const line = Buffer.from(`${segment(header)}.${segment({ iss: 'x', [member]: odd })}.AAAA${tail}`);
          expect(authenticate({ line, parts: 1 }, NOBODY, NOW).ok).toBe(false);
        }
      }
    }
  });
});
