import { join } from 'node:path';
import { SECOND_MS } from '../../src/base/time.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { outcomeOf, type Run, Tally } from './outcome.ts';
import { filesBelow, objectIn } from './vector-files.ts';

interface Vector {
  readonly secret: string;
  readonly source: string;
  readonly expected: string;
  readonly fields?: Readonly<Record<string, number | string>>;
}

/** Whether the product is one of the event's is for the rules of the house: by its signature such a ticket is genuine. */
const NOT_SIGNED = /^not sig1/;
const GENUINE = /^(signature )?VALID/;

/** The seconds of fields 5 and 6; 0 stands for unset. */
const secondsIn = ({ fields }: Vector, field: string): number | null => Number(fields?.[field] ?? 0) || null;

/** Every ticket of libpretixsync's tests, those with dates on both sides of each. */
export function runPretix(dir: string, trust: Trust): Run {
  const tally = new Tally();
  const vectors = filesBelow(dir, /\.json$/).flatMap(
    (path) => objectIn<{ vectors: readonly Vector[] }>(join(dir, path))?.vectors ?? [],
  );
  for (const vector of vectors) {
    const at = (seconds: number, expected: string): void => {
      const outcome = outcomeOf(vector.secret, trust, { atMs: seconds * SECOND_MS, trusted: true });
      tally.note(`${vector.source} at ${seconds}`, outcome, expected);
    };
    const from = secondsIn(vector, '5');
    const until = secondsIn(vector, '6');
    const inside = from ?? (until ?? 1_675_421_999) - 1;
    if (NOT_SIGNED.test(vector.expected)) at(inside, 'null: unsupported-format');
    else if (!GENUINE.test(vector.expected) && from === null && until === null)
      at(inside, 'pretix-sig1: bad-signature');
    else {
      at(inside, 'pretix-sig1: ok');
      if (from !== null) at(from - 1, 'pretix-sig1: not-yet-valid');
      if (until !== null) at(until + 1, 'pretix-sig1: expired');
    }
  }
  return tally;
}
