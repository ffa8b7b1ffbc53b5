import { err, ok, type Result } from '../base/result.ts';
import { algorithmNamed } from './algorithms.ts';
import { decodeCbor } from './cbor.ts';
import { type Cbor, type CborMap, CborTag, isCborMap, TAG_COSE_SIGN1, TAG_CWT } from './cbor-value.ts';
import type { TrustedKey } from './trust.ts';

const HEADER_ALG = 1;
const HEADER_CRIT = 2;
const HEADER_KID = 4;

/** A signed message (RFC 9052 section 4.2) taken apart; nothing in it is proven yet. */
export interface CoseSign1 {
  readonly kid: Buffer | null;
  /** The algorithm's COSE number, or null where none is named by number. */
  readonly alg: number | null;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /**
   * The Sig_structure: the bytes that were signed, over the protected header as it stands. An encoded empty header is
   * to be signed as no bytes at all (RFC 9052 section 4.4); not all signers do, so that there are then two readings
   * of the same content.
   */
  readonly signed: readonly Buffer[];
}

const NO_BYTES = Buffer.alloc(0);
const NO_HEADER: CborMap = new Map();
/** array(4), text(10) "Signature1": how each Sig_structure of a COSE_Sign1 begins. */
const SIGNATURE1 = Buffer.concat([Buffer.from([0x84, 0x6a]), Buffer.from('Signature1', 'latin1')]);
const NO_EXTERNAL_AAD = Buffer.from([0x40]);

/** The head of a CBOR byte string, in its shortest form as RFC 9052 section 9 asks. */
function byteStringHead(length: number): Buffer {
  if (length < 24) return Buffer.from([0x40 | length]);
  if (length < 0x100) return Buffer.from([0x58, length]);
  if (length < 0x1_0000) return Buffer.from([0x59, length >> 8, length & 0xff]);
  return Buffer.from([0x5a, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff]);
}

/** RFC 9052 section 4.4, over the protected bytes as they stand. */
function sigStructure(protectedBytes: Buffer, payload: Buffer): Buffer {
  return Buffer.concat([
    SIGNATURE1,
    byteStringHead(protectedBytes.length),
    protectedBytes,
    NO_EXTERNAL_AAD,
    byteStringHead(payload.length),
    payload,
  ]);
}

/** Takes off COSE_Sign1's own tag and, outside it, that of a CWT; issuers write both, one or none. */
function untagged(item: Cbor): Cbor {
  const inner = item instanceof CborTag && item.tag === TAG_CWT ? item.value : item;
  return inner instanceof CborTag && inner.tag === TAG_COSE_SIGN1 ? inner.value : inner;
}

function decodeProtected(bytes: Buffer): Result<CborMap, string> {
  if (bytes.length === 0) return ok(NO_HEADER);
  const header = decodeCbor(bytes);
  if (!header.ok) return header;
  return isCborMap(header.value) ? ok(header.value) : err('COSE: the protected header is no map');
}

/** Reads a COSE_Sign1 with its payload inside: bare, tagged 18, or a CWT tagged 61(18). */
export function decodeCoseSign1(bytes: Buffer): Result<CoseSign1, string> {
  const item = decodeCbor(bytes);
  if (!item.ok) return item;
  const parts = untagged(item.value);
  if (!Array.isArray(parts) || parts.length !== 4) return err('COSE: no array of four');
  const [protectedBytes, unprotectedHeader, payload, signature] = parts;
  if (!Buffer.isBuffer(protectedBytes) || !isCborMap(unprotectedHeader)) return err('COSE: wrong headers');
  if (!Buffer.isBuffer(payload) || !Buffer.isBuffer(signature)) return err('COSE: no payload or signature');
  const protectedHeader = decodeProtected(protectedBytes);
  if (!protectedHeader.ok) return protectedHeader;
  // None is understood here, and an ignored critical header would be one too few (RFC 9052 section 3.1).
  if (protectedHeader.value.has(HEADER_CRIT)) return err('COSE: a critical header');
  const kid = protectedHeader.value.get(HEADER_KID) ?? unprotectedHeader.get(HEADER_KID) ?? null;
  const alg = protectedHeader.value.get(HEADER_ALG) ?? unprotectedHeader.get(HEADER_ALG) ?? null;
  if (kid !== null && !Buffer.isBuffer(kid)) return err('COSE: the key id is no byte string');
  const isSpelledOutEmpty = protectedHeader.value.size === 0 && protectedBytes.length > 0;
  return ok({
    kid,
    alg: typeof alg === 'number' ? alg : null,
    payload,
    signature,
    signed: isSpelledOutEmpty
      ? [sigStructure(NO_BYTES, payload), sigStructure(protectedBytes, payload)]
      : [sigStructure(protectedBytes, payload)],
  });
}

const ES256 = -7;

/**
 * The bytes that a signature hash of the EU's revocation lists covers (Implementing Decision (EU) 2022/483): r alone for
 * ECDSA, because anybody can turn s into its negative, and all of any other signature.
 */
export function hashedSignature({ alg, signature }: CoseSign1): Buffer {
  return alg === ES256 ? signature.subarray(0, signature.length / 2) : signature;
}

/**
 * RFC 9052 section 4.4 with a key that was looked up by the message's key id. The algorithm must be on the closed
 * list, fit the key's type, and be the one the key was published for, if it says.
 * @returns null for a good signature, else the reason
 */
export function verifyCoseSign1(
  message: CoseSign1,
  trusted: TrustedKey,
): 'algorithm-not-allowed' | 'bad-signature' | null {
  const algorithm = message.alg === null ? null : algorithmNamed(message.alg);
  const isFor = trusted.alg === null || (algorithm !== null && algorithmNamed(trusted.alg) === algorithm);
  if (algorithm === null || !isFor || !algorithm.fits(trusted.key)) return 'algorithm-not-allowed';
  const isGood = message.signed.some((signed) => algorithm.verify(trusted.key, signed, message.signature));
  return isGood ? null : 'bad-signature';
}
