import type { KeyObject } from 'node:crypto';
import { decodeBase64url } from '../base/base64url.ts';
import { isJsonObject, type Json, type JsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Algorithm, algorithmNamed } from './algorithms.ts';
import type { PassReason, VerifiableFormat } from './pass.ts';
import type { Trust, TrustedKey } from './trust.ts';

/** Longer header segments are not read: the longest of a known format has 200 characters. */
export const MAX_HEADER_LENGTH = 1_024;
/** At most 128 characters that need no escaping wherever a key id is shown: base64 of both kinds, names, DID URLs. */
export const KID = /^[A-Za-z0-9_+/=.:#-]{1,128}$/;

/** Headers of genuine passes that are kept as parsed, because all passes of one key begin with the same one. */
export const MAX_REMEMBERED_HEADERS = 32;

/** RFC 7515 section 4.1: members by which a scan would bring its own key, and extensions that nobody here knows. */
const REFUSED_MEMBERS = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c'] as const;

/** A JWS in the one spelling that encoding gives; nothing in it is proven. */
export interface CompactJws {
  readonly header: JsonObject;
  readonly payload: Buffer;
  /** RFC 7515 section 5.1: the ASCII bytes of header, dot and payload as scanned. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** RFC 7515 section 3.1 behind a strict gate: exactly three non-empty segments of canonical base64url. */
export function parseCompactJws(text: string): Result<CompactJws, string> {
  const headerEnd = text.indexOf('.');
  const payloadEnd = text.indexOf('.', headerEnd + 1);
  if (headerEnd < 1 || payloadEnd <= headerEnd + 1 || payloadEnd === text.length - 1) {
    return err('a JWS has three parts with a dot between');
  }
  const header = headerOf(text);
  if (header === null) return err('the header is not canonical base64url of a JSON object');
  const refused = REFUSED_MEMBERS.find((name) => header[name] !== undefined);
  if (refused !== undefined) return err(`the header may not carry ${refused}`);
  const payload = decodeBase64url(text.slice(headerEnd + 1, payloadEnd));
  const signature = decodeBase64url(text.slice(payloadEnd + 1));
  if (payload === null || signature === null) return err('a part is not canonical base64url');
  return ok({ header, payload, signed: Buffer.from(text.slice(0, payloadEnd), 'latin1'), signature });
}

/** By their one canonical segment, the oldest first. Only a good signature gets in: no scan can fill this up. */
const remembered = new Map<string, JsonObject>();

function remember({ header, signed }: CompactJws): void {
  // Cut from the bytes: a slice of the scanned text would keep the whole pass in memory.
  const segment = signed.toString('latin1', 0, signed.indexOf('.'));
  if (remembered.has(segment)) return;
  remembered.set(segment, header);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED_HEADERS && oldest !== undefined) remembered.delete(oldest);
}

/** The header of what looks like a compact JWS, for telling formats apart; null if it cannot be read strictly. */
export function headerOf(text: string): JsonObject | null {
  const end = text.indexOf('.');
  if (end < 1 || end > MAX_HEADER_LENGTH) return null;
  const segment = text.slice(0, end);
  const known = remembered.get(segment);
  if (known !== undefined) return known;
  const bytes = decodeBase64url(segment);
  const header = bytes === null ? null : parseJsonBytes(bytes);
  return header?.ok === true && isJsonObject(header.value) ? header.value : null;
}

/** How JSON can spell a letter of a name without writing it. */
const ESCAPE = '\\u';

/**
 * The claims of what looks like a compact JWS, for telling formats apart; null if they cannot be read strictly.
 * @param name a member that is asked for: null also where it is certain that no member has this name, which is most
 *   scans and costs no parsing
 */
export function payloadOf(line: string, name: string | null = null): JsonObject | null {
  const bytes = decodeBase64url(line.split('.')[1] ?? '');
  if (bytes === null) return null;
  if (name !== null && !bytes.includes(`"${name}"`) && !bytes.includes(ESCAPE)) return null;
  const payload = parseJsonBytes(bytes);
  return payload.ok && isJsonObject(payload.value) ? payload.value : null;
}

/** A key id of the header, or null for one that no trust list would carry. */
export function kidOf(header: JsonObject): string | null {
  const kid = header['kid'];
  return typeof kid === 'string' && KID.test(kid) ? kid : null;
}

type Algorithms = ReadonlySet<Algorithm['jose']>;

/** What the format says about whose key it is and how it may sign. */
export interface Signer {
  readonly format: VerifiableFormat;
  readonly issuer: string;
  readonly kid: string;
  readonly algorithms: Algorithms;
}

/** Why a signature does not count, with a sentence for `pass inspect`. */
export interface SignatureFault {
  readonly reason: PassReason;
  readonly detail: string;
}

/** Finds the one key by (format, issuer, kid) and verifies with it. */
export function verifyJws(jws: CompactJws, signer: Signer, trust: Trust): Result<TrustedKey, SignatureFault> {
  const { format, issuer, kid, algorithms } = signer;
  return verifyFound(jws, trust.find(format, issuer, Buffer.from(kid, 'utf8')), { format, algorithms });
}

/** `verifyJws` with what a look-up answered. */
export function verifyFound(
  jws: CompactJws,
  found: ReturnType<Trust['find']>,
  { format, algorithms }: Pick<Signer, 'format' | 'algorithms'>,
): Result<TrustedKey, SignatureFault> {
  if (found === 'unknown-issuer') return err({ reason: found, detail: 'no key of this issuer is in the trust list' });
  if (found === 'unknown-key') return err({ reason: found, detail: 'the issuer is known, this key of it is not' });
  const fault = signatureFault(jws, found.key, algorithms, found.alg);
  if (fault !== null) return err(fault);
  if (!found.formats.has(format)) return err({ reason: 'key-not-allowed', detail: 'the key may not sign this format' });
  return ok(found);
}

/**
 * Whether a key signed this, by an algorithm that is allowed and fits it. RFC 7518 section 3.4 ties ES256 to P-256,
 * whatever other curves COSE signs with under that name.
 * @param keyAlg the only algorithm that the key was published for, or null where its type decides
 */
export function signatureFault(
  jws: CompactJws,
  key: KeyObject,
  algorithms: Algorithms,
  keyAlg: string | null = null,
): SignatureFault | null {
  const algorithm = allowedAlgorithm(jws.header['alg'], algorithms, key);
  if (algorithm === null || (keyAlg !== null && keyAlg !== algorithm.jose)) {
    return { reason: 'algorithm-not-allowed', detail: 'the alg is not the one of this key' };
  }
  if (!algorithm.verify(key, jws.signed, jws.signature)) {
    return { reason: 'bad-signature', detail: 'the signature does not fit the content' };
  }
  remember(jws);
  return null;
}

function allowedAlgorithm(alg: Json | undefined, algorithms: Algorithms, key: KeyObject): Algorithm | null {
  const algorithm = typeof alg === 'string' ? algorithmNamed(alg) : null;
  if (algorithm === null || !algorithms.has(algorithm.jose)) return null;
  return algorithm.fits(key) && isJoseCurve(algorithm, key) ? algorithm : null;
}

const isJoseCurve = (algorithm: Algorithm, key: KeyObject): boolean =>
  algorithm.jose !== 'ES256' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
