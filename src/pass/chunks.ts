import { SECOND_MS } from '../base/time.ts';
import type { Presented } from './format.ts';

/** A card of more QR codes than this is not read. */
export const MAX_CHUNKS = 8;
/** How long the codes of one card are held for the next. */
export const CHUNK_TIMEOUT_MS = 30 * SECOND_MS;

const PREFIX = 'shc:/';
const CHUNKED = /^shc:\/([1-9]\d?)\/([1-9]\d?)\/((?:\d\d)+)$/;

/** What an `shc:` line is: a whole card, one code of several, or neither. */
export type NumericLine =
  | { readonly kind: 'whole'; readonly digits: string }
  | { readonly kind: 'chunk'; readonly index: number; readonly total: number; readonly digits: string }
  | { readonly kind: 'unreadable'; readonly reason: 'malformed' | 'too-long'; readonly detail: string };

/** SMART Health Cards 1.4, "Encoding Chunks as QR Codes": `shc:/` digits, or `shc:/` index `/` total `/` digits. */
export function readNumericLine(line: string): NumericLine {
  if (!line.startsWith(PREFIX)) return malformed('a SMART Health Card starts with shc:/');
  if (!line.includes('/', PREFIX.length)) return { kind: 'whole', digits: line.slice(PREFIX.length) };
  const [, indexText, totalText, digits] = CHUNKED.exec(line) ?? [];
  if (digits === undefined)
    return malformed('not shc:/, the number of the code, the number of codes, and pairs of digits');
  const index = Number(indexText);
  const total = Number(totalText);
  if (total < 2 || index > total) return malformed(`there is no code ${index} of ${total}`);
  if (total > MAX_CHUNKS) {
    return {
      kind: 'unreadable',
      reason: 'too-long',
      detail: `a card of ${total} codes; at most ${MAX_CHUNKS} are read`,
    };
  }
  return { kind: 'chunk', index, total, digits };
}

const malformed = (detail: string): NumericLine => ({ kind: 'unreadable', reason: 'malformed', detail });

/** The codes of one unfinished card: personal data that lives until the card is whole, left, or `CHUNK_TIMEOUT_MS` old. */
export interface HeldChunks {
  readonly total: number;
  readonly digits: ReadonlyMap<number, string>;
  readonly lastMonotonicMs: number;
}

export const NO_CHUNKS: HeldChunks = { total: 0, digits: new Map(), lastMonotonicMs: 0 };

export interface Assembled {
  readonly held: HeldChunks;
  /** The whole card, or the line as it came. */
  readonly presented: Presented;
  /** Codes that this card still needs; 0 for a whole card and for any other line. */
  readonly missing: number;
}

/**
 * Joins the codes of a card in any order. A code seen again replaces the earlier one; a code of a card with another
 * total, or any other line, is another person's and begins anew.
 * @param line one scanned line without its terminator
 */
export function assemble(held: HeldChunks, line: Buffer, atMonotonicMs: number): Assembled {
  const alone: Presented = { line, parts: 1 };
  const chunk =
    line.subarray(0, PREFIX.length).toString('latin1') === PREFIX ? readNumericLine(line.toString('latin1')) : null;
  if (chunk?.kind !== 'chunk') return { held: NO_CHUNKS, presented: alone, missing: 0 };
  const continues = held.total === chunk.total && atMonotonicMs - held.lastMonotonicMs < CHUNK_TIMEOUT_MS;
  const digits = new Map(continues ? held.digits : []).set(chunk.index, chunk.digits);
  const missing = chunk.total - digits.size;
  if (missing > 0) {
    return { held: { total: chunk.total, digits, lastMonotonicMs: atMonotonicMs }, presented: alone, missing };
  }
  const inOrder = Array.from({ length: chunk.total }, (_, position) => digits.get(position + 1) ?? '');
  const whole = Buffer.from(PREFIX + inOrder.join(''), 'latin1');
  return { held: NO_CHUNKS, presented: { line: whole, parts: chunk.total }, missing: 0 };
}
