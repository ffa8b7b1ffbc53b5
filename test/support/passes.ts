import { randomBytes } from 'node:crypto';
import type { WallTime } from '../../src/base/time.ts';
import type { Kind, Pass, PassFields } from '../../src/pass/pass.ts';
import type { Circumstances } from '../../src/policy/decide.ts';

/** A moment that the tests share: lunch on 13 December 2021 in Seoul. */
export const LUNCH_MS = Date.parse('2021-12-13T11:40:00+09:00');
export const LUNCH: WallTime = { atMs: LUNCH_MS, trusted: true };

/** What surrounds a verdict at a door in Seoul with keys that have no age. */
export const around = (now: WallTime): Circumstances => ({ now, zone: 'Asia/Seoul', trustAge: 'current' });

/**
 * A pass as `authenticate` would give it, for tests of what comes after. Only tests may make one by hand: the brand
 * keeps the product from it.
 */
export function passOf(fields: Partial<PassFields> & { kind?: Kind } = {}): Pass {
  const kind = fields.kind ?? 'ticket';
  const plain: PassFields = {
    format: 'entry-pass',
    kind,
    issuer: 'tests',
    kid: 'key',
    validFromMs: null,
    validUntilMs: LUNCH_MS + 86_400_000,
    passId: randomBytes(16),
    claims: { v: [], t: [], r: [], x: [], nam: {}, dob: null, kind, ticket: {} },
    single: false,
    ...fields,
  };
  return plain as Pass;
}
