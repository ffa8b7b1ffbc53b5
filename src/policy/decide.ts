import { DAY_MS, type WallTime } from '../base/time.ts';
import type { Pass, PassFields, Refusal } from '../pass/pass.ts';
import type { VenueKind } from '../settings/venue-kinds.ts';
import { adviceFor, CLOSED_NOW, HOUSE_FULL, OTHER_KIND, otherPapers, SAME_PERSON, STICKER_ENDED } from './advice.ts';
import { firstFailedRule } from './judge-rules.ts';
import { isOpen } from './opening-hours.ts';
import type { Phrase4 } from './phrase.ts';
import type { Policy } from './policy.ts';
import { reuseOf } from './presets.ts';
import { REASONS, type ReasonCode, type VerdictName } from './reasons.ts';
import type { TrustAge } from './trust-age.ts';

/** An earlier admission under the same use key. */
export interface EarlierUse {
  /** How long ago: monotonic within one boot, else by the wall clock and then possibly wrong or negative. */
  readonly agoMs: number;
}

/** What the journal knows of a pass before it is judged. */
export interface History {
  readonly lastUse: EarlierUse | null;
  /** The last run admitted this pass and ended before it could record that the signal was given. */
  readonly unshownAdmission: boolean;
  /**
   * Earlier uses that no pass can be held against any more: how long ago they were forgotten, with the caution of `agoMs`
   * above, and whether one that opens once may be among them. Null where all is remembered.
   */
  readonly forgotten: { readonly agoMs: number; readonly single: boolean } | null;
  /** The pass that this sticker stands for opens once, and so does the sticker. */
  readonly standsForSingle: boolean;
  /** Another pass of the same person was admitted inside the policy's window. */
  readonly samePersonUsed: boolean;
  /** How many people are inside by the count at this door; null where nobody counts. */
  readonly inside: { readonly count: number; readonly limit: number } | null;
}

export const NO_HISTORY: History = {
  lastUse: null,
  unshownAdmission: false,
  forgotten: null,
  standsForSingle: false,
  samePersonUsed: false,
  inside: null,
};

/** What is so around a verdict, whatever pass is held up. */
export interface Circumstances {
  readonly now: WallTime;
  /** The site's IANA zone: where days begin and end. */
  readonly zone: string;
  readonly trustAge: TrustAge;
  /** What rules may ask about the place; `other` if not given. */
  readonly venueKind?: VenueKind;
}

export interface Decision {
  readonly verdict: VerdictName;
  readonly reason: ReasonCode;
  readonly rule: string | null;
  /** The pass's own dates cut by the policy; milliseconds since the epoch. */
  readonly validFromMs: number | null;
  readonly validUntilMs: number | null;
  /** Where a person must decide: what was asked for, and what to look at or to ask. */
  readonly advice: Phrase4 | null;
}

/** Rule ids of the checks that every policy has; a policy's own rules bring their own. */
export const RULE_KIND = 'kind-admitted';
export const RULE_STICKER_KIND = 'sticker-kind-admitted';
export const RULE_STICKER_AGE = 'sticker-max-days';
export const RULE_HOURS = 'opening-hours';
export const RULE_OCCUPANCY = 'occupancy-limit';
/** Names the assist for another pass of somebody who came in a moment ago. */
export const RULE_SAME_PERSON = 'same-person';
/** Names the one assist that is about the door, not the pass: it may not have opened the first time. */
export const RULE_UNSHOWN = 'door-may-not-have-opened';
/** Names the assist for a pass that may have been used before the kiosk lost the key to what it remembers. */
export const RULE_FORGOTTEN = 'earlier-use-forgotten';

/** The verdict of a reason: the policy's choice where the closed table leaves one, else the default. */
export function verdictFor(reason: ReasonCode, policy: Policy | null): VerdictName {
  const row = REASONS[reason];
  if (policy === null) return row.verdict;
  const chosen = policy.verdicts[reason] ?? (reason === 'clock-unsure' ? policy.clockUnsure : row.verdict);
  return row.choices.includes(chosen) ? chosen : row.verdict;
}

/** What to say to a scan that is no genuine current pass. */
export function decideRefusal(refusal: Refusal, policy: Policy | null): Decision {
  const verdict = verdictFor(refusal.reason, policy);
  return {
    // What is no pass is not admitted, even for a reason that leaves that choice for passes.
    verdict: verdict === 'admit' ? 'assist' : verdict,
    reason: refusal.reason,
    rule: null,
    validFromMs: refusal.finding.validFromMs,
    validUntilMs: refusal.finding.validUntilMs,
    advice: verdict === 'assist' && policy !== null ? otherPapers(policy) : null,
  };
}

/**
 * May this genuine pass open this door now? The checks of the closed table from reuse on, in its order. What stands in
 * place of ok comes last, and of that what can never admit comes first.
 */
export function decide(pass: Pass, policy: Policy, history: History, around: Circumstances): Decision {
  return wouldDecide(pass, policy, history, around);
}

/** What of a pass a verdict rests on. */
export type Judged = Pick<
  PassFields,
  'format' | 'kind' | 'claims' | 'single' | 'copyMs' | 'validFromMs' | 'validUntilMs'
>;

/** What `decide` would say to such a pass: for trying a policy on what is remembered of passes, never for a door. */
export function wouldDecide(pass: Judged, policy: Policy, history: History, around: Circumstances): Decision {
  const { now } = around;
  const dates = { validFromMs: pass.validFromMs, validUntilMs: cutByPolicy(pass, policy) };
  const because = (reason: ReasonCode, rule: string | null = null, advice: Phrase4 | null = null): Decision => ({
    verdict: verdictFor(reason, policy),
    reason,
    rule,
    ...dates,
    advice,
  });
  if (history.unshownAdmission) return { ...because('already-used', RULE_UNSHOWN), verdict: 'assist' };
  if (isUsedUp(pass, policy, history)) return because('already-used');
  if (mayBeUsedUp(pass, policy, history)) return { ...because('already-used', RULE_FORGOTTEN), verdict: 'assist' };
  if (history.samePersonUsed && policy.reuse.samePerson === 'assist') {
    return { ...because('already-used', RULE_SAME_PERSON, SAME_PERSON), verdict: 'assist' };
  }
  const failed = failedRule(pass, policy, history, around);
  if (failed !== null) return because('rule-failed', failed.rule, failed.advice);
  const stale = staleVerdict(policy, around.trustAge);
  if (stale !== null) return { ...because('trust-stale'), verdict: stale };
  if (!now.trusted) return because('clock-unsure');
  return because('ok');
}

/** The verdict in place of ok over trust data that is too old, or null. Expired data admits nobody, whatever is chosen. */
function staleVerdict(policy: Policy, age: TrustAge): VerdictName | null {
  if (age === 'current') return null;
  const chosen = policy.verdicts['trust-stale'] ?? (policy.stale === 'mark' ? null : policy.stale);
  if (age === 'stale') return chosen;
  return chosen === 'refuse' ? 'refuse' : 'assist';
}

function isUsedUp(pass: Judged, policy: Policy, history: History): boolean {
  if (history.lastUse === null) return false;
  const single = pass.single || history.standsForSingle;
  const { mode, windowMs } = reuseOf(policy, { ...pass, single });
  if (mode === 'single') return true;
  // A stamp from a wrong clock may lie in the future: only nearness in time counts, in either direction.
  return mode === 'passback' && Math.abs(history.lastUse.agoMs) < windowMs;
}

/** What is not remembered cannot be refused, and must not open by itself. */
function mayBeUsedUp(pass: Judged, policy: Policy, { forgotten, standsForSingle }: History): boolean {
  if (forgotten === null) return false;
  const { mode, windowMs } = reuseOf(policy, { ...pass, single: pass.single || standsForSingle });
  return mode === 'single' ? forgotten.single : mode === 'passback' && Math.abs(forgotten.agoMs) < windowMs;
}

interface FailedRule {
  readonly rule: string;
  readonly advice: Phrase4;
}

/** What the door asks for and this pass is not: the house's own checks around the policy's rules. */
function failedRule(pass: Judged, policy: Policy, history: History, around: Circumstances): FailedRule | null {
  const { now, zone, venueKind = 'other' } = around;
  const kind = failedKind(pass, policy, now.atMs);
  if (kind !== null) return { ...kind, advice: adviceFor(kind.advice, policy, venueKind) };
  if (!isOpen(policy.hours, zone, now.atMs)) return { rule: RULE_HOURS, advice: CLOSED_NOW };
  // A sticker stands for a pass that the rules have judged, and holds nothing that they could judge again.
  const rule = pass.format === 'sticker' ? null : firstFailedRule(policy, pass.claims, now.atMs, { zone, venueKind });
  if (rule !== null) return { rule: rule.Identifier, advice: adviceFor(rule, policy, venueKind) };
  const { inside } = history;
  if (inside !== null && inside.count >= inside.limit) return { rule: RULE_OCCUPANCY, advice: HOUSE_FULL };
  return null;
}

function failedKind(pass: Judged, policy: Policy, nowMs: number): FailedRule | null {
  if (pass.format !== 'sticker') {
    return policy.admits.includes(pass.kind) ? null : { rule: RULE_KIND, advice: OTHER_KIND };
  }
  if (!policy.sticker.kinds.includes(pass.kind)) return { rule: RULE_STICKER_KIND, advice: OTHER_KIND };
  // Its own end is a date of the pass, which an unsure clock does not judge.
  const until = stickerEnd(pass, policy);
  return until !== null && nowMs >= until ? { rule: RULE_STICKER_AGE, advice: STICKER_ENDED } : null;
}

/** When the policy ends a sticker; null for what is none. */
const stickerEnd = ({ format, validFromMs }: Judged, { sticker }: Policy): number | null =>
  format === 'sticker' && validFromMs !== null ? validFromMs + sticker.maxDays * DAY_MS : null;

function cutByPolicy(pass: Judged, policy: Policy): number | null {
  const cut = stickerEnd(pass, policy);
  if (cut === null) return pass.validUntilMs;
  return pass.validUntilMs === null ? cut : Math.min(cut, pass.validUntilMs);
}
