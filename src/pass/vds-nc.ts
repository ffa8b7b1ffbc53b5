import { type KeyObject, verify as verifySignature } from 'node:crypto';
import { decodeBase64url } from '../base/base64url.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { checkDates } from './dates.ts';
import { type PassFormat, refusal } from './format.ts';
import { type Finding, type Kind, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import { digestPassId, namedPassId } from './pass-id.ts';
import type { CertifiedKey, Trust, Uncertified } from './trust.ts';
import { certificateIdOf, readVdsNcClaims, type VdsNcType } from './vds-nc-claims.ts';

const FORMAT = 'vds-nc';
const SIGHT = /^\s*\{.*"t"\s*:\s*"icao\./s;
/** Three letters of Doc 9303 part 3, or one with fillers left out. */
const ISSUER = /^[A-Z]{1,3}$/;
const VERSION = 1;
const KIND_OF_TYPE: Readonly<Record<VdsNcType, Kind>> = { 'icao.vacc': 'vaccination', 'icao.test': 'test' };

/** RFC 7518 section 3.4: each algorithm with its hash, its curve and the length of r and s together. */
const ALGORITHMS: ReadonlyMap<string, { readonly hash: string; readonly curve: string; readonly bytes: number }> =
  new Map([
    ['ES256', { hash: 'sha256', curve: 'prime256v1', bytes: 64 }],
    ['ES384', { hash: 'sha384', curve: 'secp384r1', bytes: 96 }],
    ['ES512', { hash: 'sha512', curve: 'secp521r1', bytes: 132 }],
  ]);

const WHY_UNCERTIFIED: Readonly<Record<Uncertified, string>> = {
  malformed: 'the certificate in the code cannot be read',
  'unknown-issuer': 'no country authority (CSCA) of the trust list issued the certificate in the code',
  'unknown-key': 'the country authority (CSCA) is known, but not the key that signed the certificate in the code',
  'bad-signature': 'the certificate in the code was not signed by the country authority it names',
};

const UNREAD: Finding = { ...NO_FINDING, format: FORMAT };

/** A seal taken apart; nothing in it is proven. */
interface Seal {
  readonly issuer: string;
  readonly type: Json | undefined;
  readonly version: Json | undefined;
  readonly message: JsonObject;
  readonly alg: string;
  readonly certificate: Buffer;
  readonly signature: Buffer;
  readonly signed: Buffer;
}

/** Base64url in its one canonical spelling, with its padding or without: issuers write both. */
function bytesOf(value: Json | undefined): Buffer | null {
  if (typeof value !== 'string') return null;
  const text = value.length % 4 === 0 ? value.replace(/={1,2}$/, '') : value;
  return text === '' ? null : decodeBase64url(text);
}

function open(line: string): Result<Seal, string> {
  const parsed = parseJsonBytes(Buffer.from(line, 'latin1'));
  if (!parsed.ok) return err(`the code is ${parsed.error}`);
  const { data, sig } = isJsonObject(parsed.value) ? parsed.value : {};
  if (!isJsonObject(data) || !isJsonObject(sig)) return err('no data or no signature');
  const { hdr: header, msg: message } = data;
  if (!isJsonObject(header) || !isJsonObject(message)) return err('no header or no message');
  const issuer = header['is'];
  if (typeof issuer !== 'string' || !ISSUER.test(issuer)) return err('the issuer is no country code');
  const certificate = bytesOf(sig['cer']);
  const signature = bytesOf(sig['sigvl']);
  if (certificate === null || signature === null) return err('certificate or signature is no base64url');
  const alg = sig['alg'];
  if (typeof alg !== 'string') return err('no alg');
  const signed = Buffer.from(canonicalJson(data), 'utf8');
  return ok({ issuer, type: header['t'], version: header['v'], message, alg, certificate, signature, signed });
}

/** ECDSA with r and s side by side (not DER) over the canonical JSON of `data`. */
function isSignedBy(key: KeyObject, { alg, signed, signature }: Seal): boolean | null {
  const algorithm = ALGORITHMS.get(alg);
  if (algorithm === undefined || key.asymmetricKeyDetails?.namedCurve !== algorithm.curve) return null;
  if (signature.length !== algorithm.bytes) return false;
  return verifySignature(algorithm.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function findingOf(seal: Seal, type: VdsNcType, certified: CertifiedKey | null): Finding {
  return {
    format: FORMAT,
    kind: KIND_OF_TYPE[type],
    issuer: seal.issuer,
    kid: certified?.kid ?? null,
    // The seal has no dates of its own: it lives as long as the certificate that vouches for it.
    validFromMs: certified?.validFromMs ?? null,
    validUntilMs: certified?.validUntilMs ?? null,
  };
}

function verifySeal(seal: Seal, type: VdsNcType, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const { issuer, message } = seal;
  const certified = trust.certified(FORMAT, seal.certificate);
  if (typeof certified === 'string') {
    return refusal(certified, WHY_UNCERTIFIED[certified], findingOf(seal, type, null));
  }
  const finding = findingOf(seal, type, certified);
  const isSigned = isSignedBy(certified.key, seal);
  if (isSigned === null) return refusal('algorithm-not-allowed', 'the alg is not the one of this key', finding);
  if (!isSigned) return refusal('bad-signature', 'the signature does not fit the content', finding);
  if (!certified.formats.has(FORMAT) || !certified.kinds.has(KIND_OF_TYPE[type])) {
    return refusal('key-not-allowed', `the certificate in the code may not sign ${KIND_OF_TYPE[type]}`, finding);
  }
  if (certified.issuer !== null && certified.issuer !== issuer) {
    return refusal('key-not-allowed', `the authority is trusted for ${certified.issuer} alone`, finding);
  }
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the certificate', finding);
  const claims = readVdsNcClaims(type, message, issuer);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  const certificateId = certificateIdOf(message);
  return ok({
    ...finding,
    format: FORMAT,
    kind: claims.value.kind,
    kid: certified.kid,
    passId: certificateId === null ? digestPassId(FORMAT, issuer, seal.signed) : namedPassId(issuer, certificateId),
    claims: claims.value,
    single: false,
  });
}

/**
 * ICAO visible digital seal for non-constrained environments, types `icao.vacc` and `icao.test`: JSON of `data` and
 * `sig`, signed over the RFC 8785 form of `data`. The signer's certificate travels in the code and counts for nothing
 * until a country authority (CSCA) of the trust list has signed it.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const opened = open(line);
  if (!opened.ok) return refusal('malformed', opened.error, UNREAD);
  const seal = opened.value;
  const isKnownType = seal.type === 'icao.vacc' || seal.type === 'icao.test';
  if (!isKnownType || seal.version !== VERSION) {
    const finding = { ...UNREAD, issuer: seal.issuer };
    return refusal('unsupported-format', 'a seal of another type or version than icao.vacc and icao.test, 1', finding);
  }
  return verifySeal(seal, seal.type === 'icao.test' ? 'icao.test' : 'icao.vacc', trust, now);
}

export const vdsNc: PassFormat = { name: FORMAT, claims: (line) => SIGHT.test(line), verify };
