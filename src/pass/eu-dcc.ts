import { decodeBase45 } from '../base/base45.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { decodeCbor } from './cbor.ts';
import { type CborMap, isCborMap } from './cbor-value.ts';
import { type CoseSign1, decodeCoseSign1, verifyCoseSign1 } from './cose.ts';
import { claimedInstant, LABEL_EXP, LABEL_HCERT, LABEL_IAT, LABEL_ISS, LABEL_NBF } from './cwt.ts';
import { checkDates } from './dates.ts';
import { type DccGroup, readDccClaims, soleGroup } from './dcc-claims.ts';
import { type PassFormat, refusal } from './format.ts';
import { inflate } from './inflate.ts';
import { type Finding, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import { digestPassId } from './pass-id.ts';
import { KIND_OF_GROUP } from './required-members.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'eu-dcc';
const PREFIX = 'HC1:';
/** The EU's certificate among the health certificates of claim -260; -6 is the WHO's vaccination certificate. */
const HCERT_EU_DCC = 1;

interface Envelope {
  readonly message: CoseSign1;
  readonly token: CborMap;
}

/** Base45, zlib, COSE_Sign1, CWT: all of a line that can be read without trusting it. */
function openEnvelope(line: string): Result<Envelope, string> {
  const compressed = decodeBase45(line, PREFIX.length);
  if (compressed === null) return err('Base45: not decodable');
  const cose = inflate(compressed, 'zlib');
  if (cose === null) return err('zlib: not one whole stream of at most 64 KiB');
  const message = decodeCoseSign1(cose);
  if (!message.ok) return message;
  const token = decodeCbor(message.value.payload);
  if (!token.ok) return token;
  return isCborMap(token.value)
    ? ok({ message: message.value, token: token.value })
    : err('CWT: the payload is no map');
}

function findingOf(message: CoseSign1, token: CborMap, group: DccGroup | null): Finding {
  const issuer = token.get(LABEL_ISS);
  const issuedAtMs = claimedInstant(token.get(LABEL_IAT));
  const notBeforeMs = claimedInstant(token.get(LABEL_NBF));
  return {
    format: FORMAT,
    kind: group === null ? null : KIND_OF_GROUP[group],
    issuer: typeof issuer === 'string' ? issuer : null,
    kid: message.kid?.toString('base64') ?? null,
    validFromMs: notBeforeMs === null ? issuedAtMs : Math.max(notBeforeMs, issuedAtMs ?? notBeforeMs),
    validUntilMs: claimedInstant(token.get(LABEL_EXP)),
  };
}

/** The specification rejects "after" exp (section 3.3.4) and issuers count on that second; a CWT alone ends before it. */
function firstMsTooLate(validUntilMs: number | null): number | null {
  return validUntilMs === null ? null : validUntilMs + 1;
}

/** The signature first, then what this key may sign. */
function checkKey(message: CoseSign1, finding: Finding, trust: Trust): Result<string, Refusal> {
  if (message.kid === null) return refusal('unknown-key', 'the certificate names no key', finding);
  const trusted = trust.find(FORMAT, null, message.kid);
  if (typeof trusted === 'string') return refusal(trusted, `no key ${finding.kid} is trusted for ${FORMAT}`, finding);
  const fault = verifyCoseSign1(message, trusted);
  if (fault === 'algorithm-not-allowed') {
    return refusal(fault, `COSE algorithm ${message.alg} does not go with key ${trusted.kid}`, finding);
  }
  if (fault !== null) return refusal(fault, `not signed by key ${trusted.kid}`, finding);
  if (!trusted.formats.has(FORMAT) || (finding.kind !== null && !trusted.kinds.has(finding.kind))) {
    return refusal('key-not-allowed', `key ${trusted.kid} may not sign ${finding.kind ?? FORMAT}`, finding);
  }
  return ok(message.kid.toString('base64'));
}

/**
 * EU Digital COVID Certificate: HC1 over Base45 over zlib over COSE_Sign1 over CWT claim -260, key 1
 * (electronic health certificate specification 1.0.5). Keys are named by kid alone, whatever the issuer claim says.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const envelope = openEnvelope(line);
  if (!envelope.ok) return refusal('malformed', envelope.error, { ...NO_FINDING, format: FORMAT });
  const { message, token } = envelope.value;
  const certificates = token.get(LABEL_HCERT);
  const certificate = isCborMap(certificates) ? certificates.get(HCERT_EU_DCC) : undefined;
  if (certificate === undefined) {
    const finding = findingOf(message, token, null);
    return refusal('unsupported-format', 'a health certificate of the WHO in the EU envelope', {
      ...finding,
      format: 'who-ddcc',
    });
  }
  if (!isCborMap(certificate)) {
    return refusal('malformed', 'CWT: the health certificate is no map', findingOf(message, token, null));
  }
  const finding = findingOf(message, token, soleGroup(certificate));
  const kid = checkKey(message, finding, trust);
  if (!kid.ok) return kid;
  const { issuer, validFromMs, validUntilMs } = finding;
  const outside = checkDates({ validFromMs, validUntilMs: firstMsTooLate(validUntilMs) }, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the certificate', finding);
  if (validUntilMs === null) return refusal('bad-claims', 'no end of validity', finding);
  const claims = readDccClaims(certificate);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  const { certificateId } = claims.value;
  return ok({
    format: FORMAT,
    kind: claims.value.claims.kind,
    issuer,
    kid: kid.value,
    validFromMs,
    validUntilMs,
    passId: certificateId === '' ? digestPassId(FORMAT, issuer, message.payload) : Buffer.from(certificateId, 'utf8'),
    claims: claims.value.claims,
    single: false,
  });
}

export const euDcc: PassFormat = { name: FORMAT, claims: (line) => line.startsWith(PREFIX), verify };
