import { describe, expect, it } from 'vitest';
import { REASONS } from '../../src/policy/reasons.ts';

/** Written out from the design's "Reasons" and "Default verdict", so that a slip in the table shows. */
const DESIGN = `
malformed unreadable assist assist,refuse
too-long unreadable assist assist,refuse
incomplete unreadable assist assist,refuse
unsupported-format unreadable assist assist,refuse
needs-server server assist assist,refuse
unknown-issuer untrusted assist assist,refuse
unknown-key untrusted assist assist,refuse
algorithm-not-allowed untrusted refuse refuse
bad-signature untrusted refuse refuse
key-not-allowed untrusted refuse refuse
not-yet-valid time refuse refuse,assist
expired time refuse refuse,assist
clock-unsure time assist admit,assist,refuse
bad-claims content assist assist,refuse
revoked revoked refuse refuse
already-used reuse refuse refuse,assist
rule-failed rule assist assist,refuse
trust-stale trust assist admit,assist,refuse
journal-fault device assist assist,refuse
ok ok admit admit
`;

describe('the closed table of reasons', () => {
  it('is the design’s, in the order of the checks', () => {
    const rows = Object.entries(REASONS).map(
      ([code, row]) => `${code} ${row.class} ${row.verdict} ${row.choices.join(',')}`,
    );
    expect(rows).toEqual(DESIGN.trim().split('\n'));
  });
});
