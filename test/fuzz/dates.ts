import type { WallTime } from '../../src/base/time.ts';
import { type Expectation, type Identity, NEVER, NOW, NOW_S } from './case.ts';
import type { Random } from './random.ts';

/** A date claim in seconds: where a pass begins or ends. */
export interface DateClaim {
  readonly name: string;
  readonly edge: 'from' | 'until';
  /** Whether the pass is still good in the very second of its end. */
  readonly isInclusive?: boolean;
  /** Whether `null` stands for "none". */
  readonly mayBeNull?: boolean;
  /** How old a beginning the policy `any-genuine` takes, in seconds. */
  readonly maxAgeS?: number;
}

const LAST_S = 253_402_300_799;
const WHOLE = [-1, 0, 1, -60, 60, -3_600, 3_600, -32_400, 32_400, -86_400, 86_400];
const PARTS = [-0.5, 0.5, -0.001, 0.001, 0.999, -0.999];
const FAR = [0, 1, -1, -0.5, -1e300, 1e300, 1e15, LAST_S, LAST_S + 1, NOW_S * 1_000, 2 ** 31, 2 ** 32, 2 ** 53, 5e-324];
const UNREADABLE = ['null', 'true', '"x"', '""', '"NaN"', '[]', '{}', `"${NOW_S + 60}"`, `[${NOW_S + 60}]`];

/** A value for a date, as JSON, and what it makes of a pass whose other dates are all good. */
export interface DateValue {
  readonly json: string;
  /** Null for what is no number. */
  readonly seconds: number | null;
  expected(identity: Identity): Expectation;
}

/** A date at an edge, or an odd one. The clock stands at `NOW` or is moved by less than a second. */
export function dateValue(random: Random, claim: DateClaim): DateValue {
  if (random.chance(0.15)) {
    const json = random.pick(UNREADABLE);
    const isNone = json === 'null' && claim.mayBeNull === true;
    return { json, seconds: null, expected: (id) => (isNone ? { kind: 'sound', format: id.format } : NEVER) };
  }
  const isWhole = random.chance(0.6);
  const seconds = isWhole
    ? NOW_S + random.pick(WHOLE)
    : random.chance(0.5)
      ? NOW_S + random.pick(PARTS)
      : random.pick(FAR);
  return { json: JSON.stringify(seconds), seconds, expected: (id) => expectedAt(seconds, isWhole, claim, id) };
}

/** RFC 7519 sections 4.1.4 and 4.1.5: good from the second of its beginning until before the second of its end. */
function expectedAt(seconds: number, isWhole: boolean, claim: DateClaim, identity: Identity): Expectation {
  const atMs = seconds * 1_000;
  const isIn = claim.edge === 'from' ? NOW.atMs >= atMs : NOW.atMs < atMs || (claim.isInclusive && NOW.atMs === atMs);
  if (!isIn || NOW_S - seconds >= (claim.maxAgeS ?? Number.POSITIVE_INFINITY)) return NEVER;
  // A fraction or an absurd year may be refused as such; a whole second of our days may not.
  return isWhole ? { kind: 'admit', identity } : { kind: 'sound', format: identity.format };
}

/** A clock that nobody vouches for: no pass is admitted by it. */
export const UNSURE: WallTime = { atMs: NOW.atMs, trusted: false };
