import { ok, type Result } from '../base/result.ts';
import type { Journal } from '../journal/journal.ts';
import type { Revocations } from '../trust/revocations.ts';

/**
 * Puts the list that lies built into use, and says so in the journal first: an adoption that is recorded may have
 * failed; one that was done is recorded always.
 * @param sha256 of the file that the list was built from, hexadecimal
 */
export function adoptRevocations(
  { journal, revocations }: { readonly journal: Pick<Journal, 'record'>; readonly revocations: Revocations },
  sha256: string,
): Result<{ readonly entries: number }, string> {
  const adopted = revocations.adopt(sha256, ({ signed, kind, issuer, entries }) =>
    journal.record({ type: 'revocations-imported', signed, sha256, kind, issuer, entries }),
  );
  return adopted.ok ? ok({ entries: adopted.value.entries }) : adopted;
}
