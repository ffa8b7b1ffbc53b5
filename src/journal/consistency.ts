import { err, ok, type Result } from '../base/result.ts';
import { toBase64 } from './byte-text.ts';
import { hashLines } from './proof.ts';

/** A checkpoint with the proof that it only adds to an older one: what a witness is shown (C2SP tlog-witness). */
export interface ConsistencyProof {
  /** The size of the older tree; 0 if the witness has seen none. */
  readonly old: number;
  readonly path: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

const MAX_CONSISTENCY_LENGTH = 65_536;
const OLD = /^old (0|[1-9]\d{0,15})$/;

/** The body of `add-checkpoint`. */
export function formatConsistency({ old, path, checkpoint }: ConsistencyProof): string {
  return [`old ${old}`, ...path.map(toBase64), '', checkpoint].join('\n');
}

/** Reads a consistency proof without judging it; the error is one sentence. */
export function parseConsistency(text: string): Result<ConsistencyProof, string> {
  if (text.length > MAX_CONSISTENCY_LENGTH) return err(`this is longer than ${MAX_CONSISTENCY_LENGTH} characters`);
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, end).split('\n');
  const old = Number(OLD.exec(first)?.[1] ?? Number.NaN);
  const path = hashLines(lines);
  if (end < 0 || !Number.isSafeInteger(old) || path === null) {
    return err("this is no consistency proof: it begins with 'old' and a size, a hash a line after it");
  }
  return ok({ old, path, checkpoint: text.slice(end + 2) });
}
