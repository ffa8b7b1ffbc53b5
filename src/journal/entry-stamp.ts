import { canonicalJson, isJsonArray, isJsonObject, type Json, parseJsonBytes } from '../base/json.ts';
import { LAST_INSTANT_MS } from '../base/time.ts';
import { equalBytes, utf8 } from './byte-text.ts';

/** What every entry bears, as a verifier reads it back. */
export interface ReadStamp {
  readonly seq: number;
  readonly boot: string;
  readonly monoMs: number;
  readonly wallMs: number;
  readonly trusted: boolean;
}

/** The stamp of an entry's bytes, or null if they are not RFC 8785 JSON in the form of version 1. */
export function readStamp(bytes: Uint8Array): ReadStamp | null {
  const parsed = parseJsonBytes(bytes);
  if (!parsed.ok || !isJsonObject(parsed.value) || !holdsWholeNumbers(parsed.value)) return null;
  const entry = parsed.value;
  if (!equalBytes(utf8(canonicalJson(entry)), bytes)) return null;
  const { v, seq, boot, monoMs, wallMs, clock, type } = entry;
  const isStamped =
    v === 1 &&
    isCount(seq) &&
    isCount(monoMs) &&
    isCount(wallMs) &&
    wallMs <= LAST_INSTANT_MS &&
    typeof boot === 'string' &&
    typeof type === 'string' &&
    (clock === 'trusted' || clock === 'unsure');
  return isStamped ? { seq, boot, monoMs, wallMs, trusted: clock === 'trusted' } : null;
}

/** The log that a damaged disk has ended, as the first entry of the one after it tells of it. */
export interface LogBefore {
  /** How many entries of it were signed, and their root (base64); null where nothing signed could be read. */
  readonly size: number | null;
  readonly root: string | null;
}

/** What the first entry of a log says of a log before it; null for every other entry. */
export function logBefore(bytes: Uint8Array): LogBefore | null {
  const parsed = parseJsonBytes(bytes);
  if (!parsed.ok || !isJsonObject(parsed.value) || parsed.value['type'] !== 'log-continued') return null;
  const { size, root } = parsed.value;
  return isCount(size) && typeof root === 'string' ? { size, root } : { size: null, root: null };
}

const isCount = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Only whole numbers are spelled alike in every language. The parser has limited the depth. */
function holdsWholeNumbers(value: Json): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (isJsonArray(value)) return value.every(holdsWholeNumbers);
  if (!isJsonObject(value)) return true;
  return Object.keys(value).every((name) => holdsWholeNumbers(value[name] ?? null));
}
