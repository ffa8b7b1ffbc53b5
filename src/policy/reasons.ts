import type { PassReason } from '../pass/pass.ts';

export type VerdictName = 'admit' | 'assist' | 'refuse';
export type ReasonCode =
  | PassReason
  | 'clock-unsure'
  | 'already-used'
  | 'rule-failed'
  | 'trust-stale'
  | 'journal-fault'
  | 'ok';
export type ReasonClass =
  | 'unreadable'
  | 'server'
  | 'untrusted'
  | 'time'
  | 'content'
  | 'revoked'
  | 'reuse'
  | 'rule'
  | 'trust'
  | 'device'
  | 'ok';

interface Reason {
  readonly class: ReasonClass;
  /** The verdict where no policy says otherwise. */
  readonly verdict: VerdictName;
  /** The verdicts that a policy may choose; the default is one of them. */
  readonly choices: readonly VerdictName[];
}

const always = (reasonClass: ReasonClass): Reason => ({ class: reasonClass, verdict: 'refuse', choices: ['refuse'] });
const refused = (reasonClass: ReasonClass): Reason => ({
  class: reasonClass,
  verdict: 'refuse',
  choices: ['refuse', 'assist'],
});
const assisted = (reasonClass: ReasonClass): Reason => ({
  class: reasonClass,
  verdict: 'assist',
  choices: ['assist', 'refuse'],
});
const admissible = (reasonClass: ReasonClass): Reason => ({
  class: reasonClass,
  verdict: 'assist',
  choices: ['admit', 'assist', 'refuse'],
});

/** The closed table of reasons, in the order of the checks. */
export const REASONS: Readonly<Record<ReasonCode, Reason>> = {
  malformed: assisted('unreadable'),
  'too-long': assisted('unreadable'),
  incomplete: assisted('unreadable'),
  'unsupported-format': assisted('unreadable'),
  'needs-server': assisted('server'),
  'unknown-issuer': assisted('untrusted'),
  'unknown-key': assisted('untrusted'),
  'algorithm-not-allowed': always('untrusted'),
  'bad-signature': always('untrusted'),
  'key-not-allowed': always('untrusted'),
  'not-yet-valid': refused('time'),
  expired: refused('time'),
  'clock-unsure': admissible('time'),
  'bad-claims': assisted('content'),
  revoked: always('revoked'),
  'already-used': refused('reuse'),
  'rule-failed': assisted('rule'),
  'trust-stale': admissible('trust'),
  'journal-fault': assisted('device'),
  ok: { class: 'ok', verdict: 'admit', choices: ['admit'] },
};

export const REASON_CODES = Object.keys(REASONS) as readonly ReasonCode[];
