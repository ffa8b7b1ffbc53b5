import { err, ok, type Result } from '../base/result.ts';
import { fromBase64, toBase64 } from './byte-text.ts';
import { HASH_BYTES, MAX_PATH_HASHES } from './merkle.ts';

/** That one entry is in the log (C2SP tlog-proof). */
export interface LogProof {
  readonly index: number;
  /** The bytes of the entry itself, which the proof covers; nothing in the format vouches for them but the leaf's hash. */
  readonly extra: Uint8Array | null;
  readonly path: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

export const PROOF_HEADER = 'c2sp.org/tlog-proof@v1';
export const MAX_PROOF_LENGTH = 65_536;
const INDEX = /^index (0|[1-9]\d{0,15})$/;

export function formatProof({ index, extra, path, checkpoint }: LogProof): string {
  return [
    PROOF_HEADER,
    ...(extra === null ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...path.map(toBase64),
    '',
    checkpoint,
  ].join('\n');
}

/** Reads a proof without judging it; the error is one sentence. */
export function parseProof(text: string): Result<LogProof, string> {
  if (text.length > MAX_PROOF_LENGTH) return err(`this proof is longer than ${MAX_PROOF_LENGTH} characters`);
  const end = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (end < 0 || header !== PROOF_HEADER) return err(`this is no proof: its first line is not ${PROOF_HEADER}`);
  const spelledExtra = lines[0]?.startsWith('extra ') === true ? lines.shift()?.slice('extra '.length) : undefined;
  const extra = spelledExtra === undefined ? null : fromBase64(spelledExtra);
  if (spelledExtra !== undefined && extra === null) return err('the entry in this proof is damaged');
  const index = Number(INDEX.exec(lines.shift() ?? '')?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(index)) return err('this proof does not say which entry it is about');
  const path = hashLines(lines);
  return path === null
    ? err('a hash in this proof is damaged')
    : ok({ index, extra, path, checkpoint: text.slice(end + 2) });
}

/** One base64 hash a line; null if a line is something else or there are too many. */
export function hashLines(lines: readonly string[]): readonly Uint8Array[] | null {
  if (lines.length > MAX_PATH_HASHES) return null;
  const hashes = lines.map(fromBase64);
  return hashes.every((hash): hash is Uint8Array => hash?.length === HASH_BYTES) ? hashes : null;
}
