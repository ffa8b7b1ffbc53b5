import type { WallTime } from '../../src/base/time.ts';
import type { VerifiableFormat } from '../../src/pass/pass.ts';
import type { Random } from './random.ts';

/** What a genuine pass is, by the words of its specification and not by our own reading of it. */
export interface Identity {
  readonly format: VerifiableFormat;
  /** What it is to be remembered by. */
  readonly passId: Buffer;
}

/**
 * What may become of a case, known from what was done to it:
 * - `admit`: genuine and current. Anything but an admission, under that identity, is a false refusal.
 * - `never`: forged, expired, outside a limit. An admission is a false admission.
 * - `same`: respelled or damaged, without a key. Admitted only as one of these passes, saying what it says.
 * - `sound`: signed by a trusted issuer with something odd in it. Either, but an admission must be in itself sound.
 */
export type Expectation =
  | { readonly kind: 'admit'; readonly identity: Identity }
  | { readonly kind: 'never' }
  | { readonly kind: 'same'; readonly identities: readonly Identity[] }
  | { readonly kind: 'sound'; readonly format: VerifiableFormat };

/** One presentation: the lines of its codes in the order they are scanned, and what was done to make it. */
export interface Case {
  /** The row of the table it is counted in. */
  readonly row: string;
  readonly lines: readonly Buffer[];
  readonly now: WallTime;
  readonly expected: Expectation;
  readonly did: string;
}

/** One genuine pass, signed once. */
export interface Template {
  readonly identity: Identity;
  readonly line: Buffer;
}

/** Makes the cases of one format. */
export interface Source {
  readonly row: string;
  /** Signed when the world is made; a mutation of one costs no signature. */
  readonly templates: readonly Template[];
  make(random: Random): Case;
}

export const NEVER: Expectation = { kind: 'never' };
/** Lunch on 13 December 2021 in Seoul. */
export const NOW_S = Date.parse('2021-12-13T02:40:00Z') / 1_000;
export const NOW: WallTime = { atMs: NOW_S * 1_000, trusted: true };
export const DAY_S = 86_400;
/** The name of whoever a pass was given to: `inspect` must not say it unasked. */
export const SECRET_NAME = 'Zzyzxperson';

export const caseOf = (row: string, did: string, line: Buffer | string, expected: Expectation): Case => ({
  row,
  did,
  lines: [typeof line === 'string' ? Buffer.from(line, 'latin1') : line],
  now: NOW,
  expected,
});
