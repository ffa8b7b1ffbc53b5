import { MINUTE_MS } from '../base/time.ts';
import type { Authenticated } from '../door/event.ts';
import type { ScanSubject } from '../journal/journal.ts';
import { PROVEN_REASONS } from '../pass/pass.ts';
import { factsOf } from '../policy/facts.ts';
import type { Policy } from '../policy/policy.ts';
import { reuseOf } from '../policy/presets.ts';

/** What a scan leaves in the journal: of an unproven scan no more than the name of its format. */
export function subjectOf(outcome: Authenticated, policy: Policy, zone: string, nowMs: number): ScanSubject {
  if (outcome.ok) {
    const pass = outcome.value;
    const { mode, windowMs } = reuseOf(policy, pass);
    return {
      pass,
      facts: factsOf(pass.claims, zone, nowMs),
      format: pass.format,
      kind: pass.kind,
      issuer: pass.issuer,
      policy: policy.id,
      reuse: mode === 'passback' ? { ...policy.reuse, minutes: windowMs / MINUTE_MS } : policy.reuse,
      reuseMode: mode,
    };
  }
  const { finding, reason } = outcome.error;
  const proven = PROVEN_REASONS.has(reason);
  return {
    pass: null,
    facts: null,
    format: finding.format,
    kind: proven ? finding.kind : null,
    issuer: proven ? finding.issuer : null,
    policy: policy.id,
    reuse: policy.reuse,
    reuseMode: 'none',
  };
}
