import { err, ok, type Result } from '../base/result.ts';
import { formatInstant } from '../base/time.ts';
import { utf8 } from './byte-text.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Entry } from './entry.ts';
import { isConsistent, isIncluded, leafHashOf, type Sha256 } from './merkle.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import type { OutageBound, OutageCertificate, OutageInterval } from './outage.ts';
import { isBorneOut } from './outage-evidence.ts';
import { MAX_OUTAGE_LENGTH, type SignedOutage, signedText } from './outage-file.ts';
import { hashLines } from './proof.ts';
import { readEntry } from './read-entry.ts';
import { LOG_SIGNATURE, openNote, parseNote, type VerifierKey, type VerifyEd25519 } from './signed-note.ts';

/** Why a certificate does not count. */
export const OUTAGE_FAULTS = [
  'unreadable',
  'foreign-key',
  'forged',
  /** A checkpoint in it is not one of this log, or the later does not go on from the earlier. */
  'checkpoint-false',
  /** An entry that it rests on is not in the log that was signed. */
  'not-in-log',
  /** It says something else than the entries that it rests on. */
  'contradicts-log',
] as const;
export type OutageFault = (typeof OUTAGE_FAULTS)[number];

/**
 * Checks a certificate with the public key of the log alone: its signature, both checkpoints, that the later goes on
 * from the earlier, that each entry which a stretch begins or ends with is in the log and says so, and that those
 * shown between them say nothing else and come soon after a sign of life that says so. What was counted between them is the kiosk's word, under its signature, and so is
 * that there was nothing further.
 */
export function checkOutage(
  sha256: Sha256,
  verify: VerifyEd25519,
  { certificate, signature }: SignedOutage,
  keys: readonly VerifierKey[],
): Result<void, OutageFault> {
  const own = keys.filter(({ name, type }) => name === certificate.log && type === LOG_SIGNATURE);
  const note = parseNote(`${signedText(certificate)}\n${signature}\n`, 2 * MAX_OUTAGE_LENGTH);
  if (!note.ok) return err('unreadable');
  const opened = openNote(note.value, own, verify);
  if (!opened.ok) return err(opened.error === 'unsigned' ? 'foreign-key' : 'forged');
  const head = headOf(certificate, sha256, verify, own);
  if (head === null) return err('checkpoint-false');
  const entries = new Map<number, Entry>();
  for (const { seq, entry: spelled, path } of certificate.proofs) {
    const bytes = utf8(spelled);
    const hashes = hashLines(path);
    const entry = readEntry(bytes);
    const isIn =
      hashes !== null && isIncluded(sha256, { leaf: leafHashOf(sha256, bytes), index: seq, path: hashes }, head);
    if (!isIn) return err('not-in-log');
    if (!entry.ok || entry.value.seq !== seq) return err('contradicts-log');
    entries.set(seq, entry.value);
  }
  const bounds = [certificate.first, certificate.last, ...certificate.intervals.flatMap(({ from, to }) => [from, to])];
  const agrees =
    bounds.every((bound) => bound === null || isOf(bound, entries.get(bound.seq))) &&
    certificate.intervals.every((interval) => tellsOf(interval, entries, head.size));
  return agrees ? ok(undefined) : err('contradicts-log');
}

/** The later checkpoint, if it is signed and goes on from the earlier one. */
function headOf(
  { before, after, consistency }: OutageCertificate,
  sha256: Sha256,
  verify: VerifyEd25519,
  keys: readonly VerifierKey[],
): Checkpoint | null {
  const later = openCheckpoint(after, keys, verify);
  if (!later.ok) return null;
  if (before === null) return consistency.length === 0 ? later.value.checkpoint : null;
  const earlier = openCheckpoint(before, keys, verify);
  const path = hashLines(consistency);
  if (!earlier.ok || path === null) return null;
  const goesOn = isConsistent(sha256, earlier.value.checkpoint, later.value.checkpoint, path);
  return goesOn ? later.value.checkpoint : null;
}

/** A bound that calls its clock trusted must not stand on an entry that does not; by hand it may be either. */
function isOf({ at, clock }: OutageBound, entry: Entry | undefined): boolean {
  return entry !== undefined && formatInstant(entry.wallMs) === at && (clock === 'hand-set' || clock === entry.clock);
}

/** Whether the entries at both ends, and those that are shown between them, tell of such an outage. */
function tellsOf(interval: OutageInterval, entries: ReadonlyMap<number, Entry>, size: number): boolean {
  const { from, to, lastedMs } = interval;
  const begin = entries.get(from.seq);
  const end = to === null ? null : entries.get(to.seq);
  if (begin === undefined || end === undefined || (end !== null && end.seq <= begin.seq)) return false;
  const lasted = end !== null && end.boot === begin.boot ? end.monoMs - begin.monoMs : null;
  return lasted === lastedMs && isBorneOut(interval, begin, end, entries, size);
}
