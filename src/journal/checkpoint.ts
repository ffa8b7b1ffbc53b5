import { err, ok, type Result } from '../base/result.ts';
import { formatInstant, parseInstant } from '../base/time.ts';
import { fromBase64, toBase64 } from './byte-text.ts';
import { HASH_BYTES } from './merkle.ts';

/** A tree head with the log's name (C2SP tlog-checkpoint): the text that is signed. */
export interface Checkpoint {
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Uint8Array;
  /** Lines that follow; the kiosk writes its time in the first. */
  readonly extensions: readonly string[];
}

export interface CheckpointTime {
  readonly atMs: number;
  readonly trusted: boolean;
}

const SIZE = /^(0|[1-9]\d{0,15})$/;
const TIME = /^time (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (trusted|unsure)$/;

/** The text of a checkpoint, final line feed included. */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, String(size), toBase64(root), ...extensions].map((line) => `${line}\n`).join('');
}

/** Reads the text of a checkpoint; the error is one sentence. */
export function parseCheckpoint(text: string): Result<Checkpoint, string> {
  const [origin = '', digits = '', spelled = '', ...extensions] = text.replace(/\n$/, '').split('\n');
  const size = SIZE.test(digits) ? Number(digits) : Number.NaN;
  const root = fromBase64(spelled);
  if (origin === '' || !Number.isSafeInteger(size) || root?.length !== HASH_BYTES || extensions.includes('')) {
    return err('this is no checkpoint: it has a name, a size and a hash in its first three lines');
  }
  return ok({ origin, size, root, extensions });
}

/** The extension line of the kiosk's own wall clock: RFC 3339 in UTC, and whether anything vouched for that clock. */
export function timeExtension({ atMs, trusted }: CheckpointTime): string {
  return `time ${formatInstant(atMs)} ${trusted ? 'trusted' : 'unsure'}`;
}

/** When a checkpoint says that it was made; null where it does not say. */
export function checkpointTime({ extensions }: Checkpoint): CheckpointTime | null {
  for (const line of extensions) {
    const [, instant, trust] = TIME.exec(line) ?? [];
    const at = instant === undefined ? null : parseInstant(instant);
    // Only a damaged line is older than the epoch.
    if (at?.ok === true && at.value >= 0) return { atMs: at.value, trusted: trust === 'trusted' };
  }
  return null;
}

/** The extension lines of a checkpoint beside that of its time. */
export const furtherExtensions = ({ extensions }: Checkpoint): readonly string[] =>
  extensions.filter((line) => !TIME.test(line));
