import type { JsonObject, Kind } from './pass.ts';

/** The groups of health claims; `x` is the exemption of an entry pass, which the EU does not know. */
export const HEALTH_GROUPS = ['v', 't', 'r', 'x'] as const;
export type HealthGroup = (typeof HEALTH_GROUPS)[number];

export const KIND_OF_GROUP: Readonly<Record<HealthGroup, Kind>> = {
  v: 'vaccination',
  t: 'test',
  r: 'recovery',
  x: 'exemption',
};

/**
 * `required` of the EU DCC schema 1.3.0 for one entry. `tc` of a test is left out: since 1.3.0 a self-test has no
 * centre. Values are not looked at: an unknown manufacturer must not shut out valid people.
 */
const REQUIRED: Readonly<Record<HealthGroup, { readonly text: readonly string[]; readonly count: readonly string[] }>> =
  {
    v: { text: ['tg', 'vp', 'mp', 'ma', 'dt', 'co', 'is', 'ci'], count: ['dn', 'sd'] },
    t: { text: ['tg', 'tt', 'sc', 'tr', 'co', 'is', 'ci'], count: [] },
    r: { text: ['tg', 'fr', 'co', 'is', 'df', 'du', 'ci'], count: [] },
    x: { text: ['why', 'until'], count: [] },
  };

/** The first required member that an entry lacks or holds in another type, or null for a complete entry. */
export function missingMember(group: HealthGroup, entry: JsonObject): string | null {
  const { text, count } = REQUIRED[group];
  const lacking = text.find((name) => typeof entry[name] !== 'string');
  return lacking ?? count.find((name) => !Number.isInteger(entry[name])) ?? null;
}
