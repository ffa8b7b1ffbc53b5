import type { Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import type { Finding, FormatName, PassFields, PassReason, Refusal } from './pass.ts';
import type { Trust } from './trust.ts';

/** One presented code: a scanned line, or the joined line of a card that came in several codes. */
export interface Presented {
  readonly line: Buffer;
  /** How many scanned codes were joined into `line`: 1 for a plain scan. */
  readonly parts: number;
}

/** What every format file offers. All functions are synchronous and pure. */
export interface PassFormat {
  readonly name: FormatName;
  /** True if the line claims to be of this format, whether or not it is a good one: anchored at the first byte. */
  claims(line: string): boolean;
  /**
   * Decodes and verifies, in the order of the closed table: readable, issuer and key known, algorithm, signature,
   * key allowed for format and kind, dates, claims.
   * @param line the presented line as Latin-1, one character a byte
   */
  verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal>;
}

/** Builds the refusal of one format step. */
export function refusal(reason: PassReason, detail: string, finding: Finding): { ok: false; error: Refusal } {
  return { ok: false, error: { reason, detail, finding } };
}
