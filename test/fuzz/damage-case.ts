import { type Case, caseOf, type Template } from './case.ts';
import { damaged } from './damage.ts';
import type { Random } from './random.ts';

/** A damaged or spliced line: whatever it is now, it can be none but the passes that it was made of. */
export function damageCase(random: Random, row: string, templates: readonly Template[]): Case {
  const [one, other] = [random.pick(templates), random.pick(templates)];
  const line = damaged(random, one.line, other.line);
  return caseOf(row, 'damaged', line, { kind: 'same', identities: [one.identity, other.identity] });
}
