import { MINUTE_MS } from '../base/time.ts';
import { HEALTH_KINDS, type PassFields } from '../pass/pass.ts';
import type { Policy } from './policy.ts';
import { anyGenuine } from './presets/any-genuine.ts';
import { eventTicket } from './presets/event-ticket.ts';
import { kr20211213, kr20211213Sources } from './presets/kr-2021-12-13.ts';
import { kr20220110, kr20220110Sources } from './presets/kr-2022-01-10.ts';
import { membership } from './presets/membership.ts';

export const PRESETS: readonly Policy[] = [anyGenuine, eventTicket, membership, kr20211213, kr20220110];

/** Where the rules of a preset come from; empty for one that is the house's own choice. */
export function sourcesOf(id: string): readonly string[] {
  if (id === kr20211213.id) return kr20211213Sources;
  return id === kr20220110.id ? kr20220110Sources : [];
}

/** The preset of that name, or null. */
export function presetNamed(id: string): Policy | null {
  return PRESETS.find((policy) => policy.id === id) ?? null;
}

/** How a policy treats reuse of one kind: a health pass is never single use, whatever the policy says. */
export function reuseModeFor(
  policy: Policy,
  kind: Policy['admits'][number],
  issuerSingle: boolean,
): Policy['reuse']['mode'] {
  if (HEALTH_KINDS.has(kind)) return policy.reuse.mode === 'single' ? 'none' : policy.reuse.mode;
  return issuerSingle ? 'single' : policy.reuse.mode;
}

/**
 * How uses of a pass are counted. A code that changes is remembered for as long as a picture of it would be good,
 * whatever the policy counts: a copy must not come in after the ticket.
 * @returns how long an earlier use stands in the way of a passback; milliseconds
 */
export function reuseOf(
  policy: Policy,
  pass: Pick<PassFields, 'kind' | 'single' | 'copyMs'>,
): { readonly mode: Policy['reuse']['mode']; readonly windowMs: number } {
  const mode = reuseModeFor(policy, pass.kind, pass.single);
  if (mode === 'single') return { mode, windowMs: 0 };
  const windowMs = Math.max(mode === 'passback' ? policy.reuse.minutes * MINUTE_MS : 0, pass.copyMs ?? 0);
  return { mode: windowMs > 0 ? 'passback' : 'none', windowMs };
}
