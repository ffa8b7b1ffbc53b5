import type { WallTime } from '../../src/base/time.ts';
import type { Kind } from '../../src/pass/pass.ts';
import type { ListDates } from '../../src/pass/trust.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { ReasonCode, VerdictName } from '../../src/policy/reasons.ts';
import type { Card } from './card.ts';

/** What the door must say, by DESIGN.md and nothing of the code that is tested. */
export interface Expected {
  readonly verdict: VerdictName;
  readonly reason: ReasonCode;
}

/** Who may sign what, as the harness handed it to the kiosk. */
export interface TrustedNames {
  /** Key ids by issuer, each with the kinds that it may sign. */
  readonly kids: ReadonlyMap<string, ReadonlyMap<string, readonly Kind[]>>;
  readonly certificateKids: ReadonlySet<string>;
  readonly revoked: ReadonlySet<string>;
  readonly list: ListDates | null;
}

/** What is remembered of a pass. */
export interface Remembered {
  /** Admitted, and nobody knows whether the door has opened. */
  readonly inDoubt: boolean;
  /** How long ago it was last used; null for never. */
  readonly agoMs: number | null;
  /** Null where nobody counts. */
  readonly isFull: boolean;
}

export interface Surrounding {
  readonly wall: WallTime;
  readonly zone: string;
  readonly policy: Policy;
  readonly trust: TrustedNames;
  readonly ownKid: string;
}

const ALWAYS_REFUSED: readonly ReasonCode[] = ['bad-signature', 'key-not-allowed', 'revoked'];
const REFUSED: readonly ReasonCode[] = ['not-yet-valid', 'expired', 'already-used'];
const STICKER_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The verdict of a reason that is not `ok`: the table of DESIGN.md section 5 and the policy's choice. */
export function verdictOf(reason: ReasonCode, policy: Policy): VerdictName {
  if (ALWAYS_REFUSED.includes(reason)) return 'refuse';
  if (reason === 'clock-unsure') return policy.clockUnsure;
  return policy.verdicts[reason] ?? (REFUSED.includes(reason) ? 'refuse' : 'assist');
}

/** Why the line is no genuine current pass here and now, or null. */
function flawOf(card: Card, { wall, trust, ownKid }: Surrounding): ReasonCode | null {
  if (card.unreadable !== null) return card.unreadable;
  if (card.format === 'entry-pass') {
    const kids = trust.kids.get(card.issuer ?? '');
    if (kids === undefined) return 'unknown-issuer';
    const kinds = kids.get(card.kid);
    if (kinds === undefined) return 'unknown-key';
    if (card.isForged) return 'bad-signature';
    if (!kinds.includes(card.kind)) return 'key-not-allowed';
  } else if (card.format === 'eu-dcc') {
    if (!trust.certificateKids.has(card.kid)) return 'unknown-key';
  } else if (card.kid !== ownKid) {
    return 'unknown-key';
  }
  if (wall.trusted) {
    if (wall.atMs >= card.untilMs) return 'expired';
    if (card.fromMs !== null && wall.atMs < card.fromMs) return 'not-yet-valid';
  } else if (card.untilMs <= (wall.floorMs ?? 0)) {
    return 'expired';
  }
  return trust.revoked.has(card.name) ? 'revoked' : null;
}

/** Whether it is a genuine current pass, so that the journal may keep a digest of it. */
export const isGenuine = (card: Card, around: Surrounding): boolean => flawOf(card, around) === null;

/** How its uses count under a policy. */
export function countedAs(card: Card, { reuse }: Policy): 'none' | 'passback' | 'single' {
  if (card.kind === 'vaccination') return reuse.mode === 'single' ? 'none' : reuse.mode;
  return card.single ? 'single' : reuse.mode;
}

const minuteOfDay = (zone: string, atMs: number): number => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
  });
  const [hour, minute] = format.format(atMs).split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
};

function isAgainstHouse(card: Card, { policy, wall, zone }: Surrounding): boolean {
  if (card.format === 'sticker') {
    const isOld = card.fromMs !== null && wall.atMs >= card.fromMs + policy.sticker.maxDays * STICKER_MS;
    if (!policy.sticker.kinds.includes(card.kind) || isOld) return true;
  } else if (!policy.admits.includes(card.kind)) {
    return true;
  }
  // The one policy of the day that keeps hours: every day from 06:00 to 23:00.
  if (policy.hours.length === 0) return false;
  const minute = minuteOfDay(zone, wall.atMs);
  return minute < 6 * 60 || minute >= 23 * 60;
}

/** What the door must say to a card. */
export function expectedOf(card: Card, remembered: Remembered, around: Surrounding): Expected {
  const { policy, trust, wall } = around;
  const flaw = flawOf(card, around);
  const because = (reason: ReasonCode): Expected => ({ verdict: verdictOf(reason, policy), reason });
  if (flaw !== null) return because(flaw);
  if (remembered.inDoubt) return { verdict: 'assist', reason: 'already-used' };
  if (remembered.agoMs !== null) {
    const counted = countedAs(card, policy);
    const isWithin = Math.abs(remembered.agoMs) < policy.reuse.minutes * MINUTE_MS;
    if (counted === 'single' || (counted === 'passback' && isWithin)) return because('already-used');
  }
  if (isAgainstHouse(card, around) || remembered.isFull) return because('rule-failed');
  const { list } = trust;
  if (list !== null && wall.atMs >= list.expiresAtMs) {
    return { verdict: policy.stale === 'refuse' ? 'refuse' : 'assist', reason: 'trust-stale' };
  }
  if (list !== null && wall.atMs >= list.staleAfterMs && policy.stale !== 'mark') {
    return { verdict: policy.stale, reason: 'trust-stale' };
  }
  if (!wall.trusted) return because('clock-unsure');
  return { verdict: 'admit', reason: 'ok' };
}
