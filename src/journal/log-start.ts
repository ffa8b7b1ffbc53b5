import { err, ok, type Result } from '../base/result.ts';
import { toBase64 } from './byte-text.ts';
import { CompactRange, type Sha256 } from './merkle.ts';
import { hashLines } from './proof.ts';

const HEADER = 'munjigi-log-start@v1';
const SIZE = /^size (0|[1-9]\d{0,15})$/;

/** What stands for the entries before an exported stretch: their number and complete subtrees, the largest first. */
export function formatLogStart(size: number, hashes: readonly Uint8Array[]): string {
  return [HEADER, `size ${size}`, ...hashes.map(toBase64), ''].join('\n');
}

/** Reads exactly what `formatLogStart` writes; that it is true is shown by the first checkpoint that agrees. */
export function parseLogStart(sha256: Sha256, text: string): Result<CompactRange, string> {
  const [header, second = '', ...lines] = text.slice(0, -1).split('\n');
  const size = Number(SIZE.exec(second)?.[1] ?? Number.NaN);
  const hashes = hashLines(lines);
  if (!text.endsWith('\n') || header !== HEADER || !Number.isSafeInteger(size) || hashes === null) {
    return err('the file start.txt of this export is damaged: export the log again');
  }
  const range = CompactRange.after(sha256, size, hashes);
  return range === null ? err('the file start.txt of this export holds too many or too few hashes') : ok(range);
}
