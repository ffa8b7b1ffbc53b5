import type { VerifiableFormat } from '../../src/pass/pass.ts';
import { type CborMap, type CborShape, type CborStyle, SHORTEST, writeCbor } from './cbor-shapes.ts';
import type { DateClaim } from './dates.ts';
import type { FuzzKey } from './keys.ts';
import type { Random } from './random.ts';

/** A pass of a COSE format before it is signed. */
export interface UnsignedCose {
  readonly content: CborMap;
  readonly key: FuzzKey;
  readonly kid: Buffer;
  /** What the specification remembers it by. @param signed the bytes of the payload */
  passId(signed: Buffer): Buffer;
}

/** A date claim and the label it stands under. */
export type LabelledDate = DateClaim & { readonly label: number };

export interface CoseTerms {
  readonly format: VerifiableFormat;
  fresh(random: Random): UnsignedCose;
  readonly dates: readonly LabelledDate[];
  /** From the COSE message to the scanned text. */
  spell(cose: Buffer): string;
  /** Whether the tag of COSE_Sign1 may be left out. */
  readonly isTagOptional: boolean;
  /** Keys that are known, and that may not sign this, with their ids. */
  readonly notAllowed: readonly { readonly key: FuzzKey; readonly kid: Buffer }[];
}

/** The parts of a COSE_Sign1 (RFC 9052 section 4.2) that a game may change one by one. */
export interface CoseParts {
  readonly protectedHeader: Buffer;
  readonly unprotectedHeader: Buffer;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

export function signCose(protectedHeader: Buffer, payload: Buffer, key: FuzzKey, context = 'Signature1'): Buffer {
  return key.sign(writeCbor([context, protectedHeader, Buffer.alloc(0), payload]));
}

export const headerOf = (pairs: readonly (readonly [number | string, CborShape])[]): Buffer =>
  writeCbor(new Map(pairs));

export function coseParts(pass: UnsignedCose, payload: Buffer): CoseParts {
  const protectedHeader = headerOf([
    [1, pass.key.cose],
    [4, pass.kid],
  ]);
  const signature = signCose(protectedHeader, payload, pass.key);
  return { protectedHeader, unprotectedHeader: headerOf([]), payload, signature };
}

/** @param tags the outermost first */
export function joinCose(parts: CoseParts, tags: readonly number[] = [18], style: CborStyle = SHORTEST): Buffer {
  const { protectedHeader, unprotectedHeader, payload, signature } = parts;
  const head = style.isIndefinite() ? Buffer.of(0x9f) : Buffer.of(0x84);
  const end = head[0] === 0x9f ? Buffer.of(0xff) : Buffer.alloc(0);
  const [p, b, s] = [protectedHeader, payload, signature].map((bytes) => writeCbor(bytes, style));
  const body = Buffer.concat([head, p ?? head, unprotectedHeader, b ?? head, s ?? head, end]);
  return Buffer.concat([...tags.map((tag) => (tag < 24 ? Buffer.of(0xc0 | tag) : Buffer.of(0xd8, tag))), body]);
}
