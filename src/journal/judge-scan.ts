import type { Decision, History } from '../policy/decide.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';
import type { Handle } from './handle.ts';
import { JournalFault, type Judged, type ScanSubject } from './journal.ts';
import type { Genuine, Use } from './use.ts';

/**
 * Decides about a scan and writes what was decided, with the use of the pass and the doubt that lasts until its signal is
 * known to have been given. Inside somebody's transaction.
 * @param use null for a scan without a genuine pass
 * @param history what is known of the pass before this
 * @param nowMs by the wall clock
 */
export function judgeScan(
  { statements, writer }: Handle,
  subject: ScanSubject,
  use: Use | null,
  history: History,
  decide: (history: History) => Decision,
  nowMs: number,
): Judged {
  let decision = decide(history);
  if (decision.verdict === 'admit' && use !== null && subject.reuseMode === 'single') {
    const row = writer.useRow(subject, writer.nextSeq(), use.passUntilMs);
    const taken = statements.takeUse.run(use.key, ...row).changes === 0;
    if (taken) decision = decide({ ...history, lastUse: { agoMs: 0 } });
  }
  const seq = writer.appendScan(subject, decision);
  if (decision.verdict === 'admit' && use !== null) {
    if (subject.reuseMode === 'passback') {
      statements.renewUse.run(use.key, ...writer.useRow(subject, seq, use.passUntilMs));
    }
    statements.addUnshown.run(seq, use.key, nowMs);
  }
  return { seq, decision };
}

/**
 * Writes what staff decided about a scan; a pass that they let in counts as used from here on. Inside somebody's
 * transaction.
 * @param genuine the pass behind the scan; null where there was none, or another has come since
 * @param nowMs by the wall clock
 */
export function staffDecided(
  { statements, writer }: Handle,
  {
    of,
    choice,
    because,
  }: { readonly of: number; readonly choice: 'admitted' | 'refused'; readonly because: StaffReason },
  genuine: Genuine | null,
  nowMs: number,
): number {
  // What staff look at may stand in a log that has been set aside meanwhile.
  if (of >= writer.nextSeq()) throw new JournalFault('another log was begun');
  const seq = writer.append({ type: `staff-${choice}`, of, because });
  if (genuine === null) return seq;
  const { subject, use } = genuine;
  // What staff decide settles the doubt about an earlier opening, over the next restart too.
  statements.dropUnshownUse.run(use.key);
  if (choice === 'refused') return seq;
  if (subject.reuseMode !== 'none') {
    statements.renewUse.run(use.key, ...writer.useRow(subject, seq, use.passUntilMs));
  }
  statements.addUnshown.run(seq, use.key, nowMs);
  return seq;
}
