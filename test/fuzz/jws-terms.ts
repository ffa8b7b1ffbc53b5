import type { VerifiableFormat } from '../../src/pass/pass.ts';
import type { DateClaim } from './dates.ts';
import type { Shape } from './json-shapes.ts';
import type { FuzzKey } from './keys.ts';
import type { Random } from './random.ts';

/** A pass of a JWS format before it is signed. */
export interface Unsigned {
  readonly header: Shape;
  readonly payload: Shape;
  readonly key: FuzzKey;
  /** What the specification remembers it by. @param signed the bytes of the payload */
  passId(signed: Buffer): Buffer;
  /** The scanned text of the compact JWS. */
  spell(jws: string): string;
}

/** What is particular to one format that is signed as a compact JWS. */
export interface JwsTerms {
  readonly format: VerifiableFormat;
  /** A pass that is good at `NOW`; each call another. */
  fresh(random: Random): Unsigned;
  readonly dates: readonly DateClaim[];
  /** From the text of the payload to the signed bytes. */
  encode(text: Buffer): Buffer;
  /** The longest text of the format, in bytes. */
  readonly maxLength: number;
  /** Keys of its issuer that may not sign it, each with the header that names the key. */
  readonly notAllowed: readonly FuzzKey[];
  /** Keys that are trusted for this format under the name of another issuer. */
  readonly foreign: readonly FuzzKey[];
  /** Whether the header has exactly the members of `fresh`. */
  readonly isHeaderClosed: boolean;
}

export const segment = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64url');

export function compactJws(header: string, payload: Buffer, key: FuzzKey): string {
  const signed = `${segment(header)}.${segment(payload)}`;
  return `${signed}.${segment(key.sign(Buffer.from(signed, 'latin1')))}`;
}
