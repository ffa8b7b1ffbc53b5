import { ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { type Cbor, type CborMap, isCborMap } from './cbor-value.ts';
import { type CoseSign1, hashedSignature } from './cose.ts';
import { claimedInstant, isUnreadableDate, LABEL_EXP, LABEL_IAT, LABEL_ISS, LABEL_NBF } from './cwt.ts';
import { checkDates } from './dates.ts';
import { type DccGroup, readDccClaims, soleGroup } from './dcc-claims.ts';
import { refusal } from './format.ts';
import { checkHc1Key, type Hc1 } from './hc1.ts';
import type { Finding, PassFields, Refusal } from './pass.ts';
import { digestPassId } from './pass-id.ts';
import { KIND_OF_GROUP } from './required-members.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'eu-dcc';

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
    issuedAtMs,
  };
}

/** The specification rejects "after" exp (section 3.3.4) and issuers count on that second; a CWT alone ends before it. */
function firstMsTooLate(validUntilMs: number | null): number | null {
  return validUntilMs === null ? null : validUntilMs + 1;
}

/**
 * EU Digital COVID Certificate: CWT claim -260, key 1 of an opened HC1 envelope (electronic health certificate
 * specification 1.0.5).
 * @param certificate what stands under key 1
 */
export function verifyEuDcc(
  { message, content }: Hc1,
  certificate: Cbor,
  trust: Trust,
  now: WallTime,
): Result<PassFields, Refusal> {
  if (!isCborMap(certificate)) {
    return refusal('malformed', 'CWT: the health certificate is no map', findingOf(message, content, null));
  }
  const finding = findingOf(message, content, soleGroup(certificate));
  const named = checkHc1Key(FORMAT, message, finding, trust);
  if (!named.ok) return named;
  const { issuer, validFromMs, validUntilMs } = finding;
  const outside = checkDates({ validFromMs, validUntilMs: firstMsTooLate(validUntilMs) }, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the certificate', finding);
  if (validUntilMs === null) return refusal('bad-claims', 'no end of validity', finding);
  if (isUnreadableDate(content.get(LABEL_IAT)) || isUnreadableDate(content.get(LABEL_NBF))) {
    return refusal('bad-claims', 'a date that cannot be read', finding);
  }
  const claims = readDccClaims(certificate);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  const { certificateId } = claims.value;
  return ok({
    format: FORMAT,
    kind: claims.value.claims.kind,
    issuer,
    kid: named.value.kid,
    validFromMs,
    validUntilMs,
    issuedAtMs: finding.issuedAtMs ?? null,
    passId: certificateId === '' ? digestPassId(FORMAT, issuer, message.payload) : Buffer.from(certificateId, 'utf8'),
    claims: claims.value.claims,
    single: false,
    revocable: {
      by: 'dcc',
      keyName: named.value.keyName,
      ucis: claims.value.certificateIds,
      countries: [...new Set([...(issuer === null ? [] : [issuer]), ...claims.value.countries])],
      signature: hashedSignature(message),
    },
  });
}
