import { MINUTE_MS } from '../base/time.ts';
import { HEALTH_KINDS, KINDS, type PassFields } from '../pass/pass.ts';
import type { Policy } from './policy.ts';

/** Whatever an issuer on the trust list signed is enough; nothing is counted. */
const anyGenuine: Policy = {
  id: 'any-genuine',
  title: { ko: '진짜이면 모두', en: 'Any genuine pass', ja: '正規のパスすべて', zh: '任何真实凭证' },
  admits: [...KINDS],
  reuse: { mode: 'none', minutes: 10, samePerson: 'ignore' },
  clockUnsure: 'assist',
  verdicts: {},
  sticker: { kinds: [...KINDS], maxDays: 1 },
};

/** A ticket opens the door once. */
const eventTicket: Policy = {
  id: 'event-ticket',
  title: { ko: '행사 입장권', en: 'Event ticket', ja: 'イベントチケット', zh: '活动门票' },
  admits: ['ticket'],
  reuse: { mode: 'single', minutes: 10, samePerson: 'ignore' },
  clockUnsure: 'assist',
  verdicts: {},
  // A sticker for a ticket that opens once would never open anything.
  sticker: { kinds: [], maxDays: 1 },
};

export const PRESETS: readonly Policy[] = [anyGenuine, eventTicket];

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
