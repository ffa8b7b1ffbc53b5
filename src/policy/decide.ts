import { DAY_MS, type WallTime } from '../base/time.ts';
import type { Pass, Refusal } from '../pass/pass.ts';
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
}

export interface Decision {
  readonly verdict: VerdictName;
  readonly reason: ReasonCode;
  readonly rule: string | null;
  /** The pass's own dates cut by the policy; milliseconds since the epoch. */
  readonly validFromMs: number | null;
  readonly validUntilMs: number | null;
}

/** Rule ids of the checks that every policy has; a policy's own rules bring their own. */
export const RULE_KIND = 'kind-admitted';
export const RULE_STICKER_KIND = 'sticker-kind-admitted';
export const RULE_STICKER_AGE = 'sticker-max-days';
/** Names the one assist that is about the door, not the pass: it may not have opened the first time. */
export const RULE_UNSHOWN = 'door-may-not-have-opened';

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
  };
}

/** May this genuine pass open this door now? The checks of the closed table from reuse on, in its order. */
export function decide(pass: Pass, policy: Policy, history: History, around: Circumstances): Decision {
  const { now } = around;
  const dates = { validFromMs: pass.validFromMs, validUntilMs: cutByPolicy(pass, policy) };
  const because = (reason: ReasonCode, rule: string | null = null): Decision => ({
    verdict: verdictFor(reason, policy),
    reason,
    rule,
    ...dates,
  });
  if (history.unshownAdmission) return { ...because('already-used', RULE_UNSHOWN), verdict: 'assist' };
  if (isUsedUp(pass, policy, history)) return because('already-used');
  const failed = failedRule(pass, policy, now);
  if (failed !== null) return because('rule-failed', failed);
  if (!now.trusted) return because('clock-unsure');
  return because('ok');
}

function isUsedUp(pass: Pass, policy: Policy, history: History): boolean {
  if (history.lastUse === null) return false;
  const single = pass.single || history.standsForSingle;
  const { mode, windowMs } = reuseOf(policy, { ...pass, single });
  if (mode === 'single') return true;
  // A stamp from a wrong clock may lie in the future: only nearness in time counts, in either direction.
  return mode === 'passback' && Math.abs(history.lastUse.agoMs) < windowMs;
}

function failedRule(pass: Pass, policy: Policy, now: WallTime): string | null {
  if (pass.format !== 'sticker') return policy.admits.includes(pass.kind) ? null : RULE_KIND;
  if (!policy.sticker.kinds.includes(pass.kind)) return RULE_STICKER_KIND;
  const until = cutByPolicy(pass, policy);
  return until !== null && now.atMs >= until ? RULE_STICKER_AGE : null;
}

function cutByPolicy(pass: Pass, policy: Policy): number | null {
  if (pass.format !== 'sticker' || pass.validFromMs === null) return pass.validUntilMs;
  const cut = pass.validFromMs + policy.sticker.maxDays * DAY_MS;
  return pass.validUntilMs === null ? cut : Math.min(cut, pass.validUntilMs);
}
