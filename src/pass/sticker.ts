import { decodeBase64url } from '../base/base64url.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { NO_CLAIMS, type OwnClaims, ownPassFormat } from './own-pass.ts';
import type { Kind } from './pass.ts';

export const STICKER_TYP = 'sticker+jwt';
/** QR version 13-M in byte mode: at 4 dots a module it still fits a 40 mm label. */
export const MAX_STICKER_LENGTH = 331;
/** Venue and kiosk, printable ASCII. */
export const STICKER_ISSUER = /^[\x20-\x7e]{1,24}$/;
/** The first characters of the key's RFC 7638 thumbprint. */
export const STICKER_KID = /^[A-Za-z0-9_-]{8}$/;
/** Two characters of the kiosk and six of Crockford's Base32: the id that a person can read out. */
export const STICKER_JTI = /^[0-9A-Z]{2}[0-9A-HJKMNP-TV-Z]{6}$/;
/** What the sticker was given for: a format, or the kind of paper that was looked at. */
export const STICKER_VIA = /^[a-z0-9-]{1,32}$/;
export const MARK_BYTES = 8;

const isMark = (value: Json | undefined): boolean =>
  typeof value === 'string' && decodeBase64url(value)?.length === MARK_BYTES;

/** A sticker is judged as a sticker whatever its kind, so that no health entry is claimed. */
function readClaims({ jti, via, mark }: JsonObject, kind: Kind): Result<OwnClaims, string> {
  if (typeof jti !== 'string' || !STICKER_JTI.test(jti)) return err('jti is no sticker id');
  if (typeof via !== 'string' || !STICKER_VIA.test(via)) return err('via does not say what the sticker was given for');
  if (mark !== undefined && !isMark(mark)) return err(`mark is not ${MARK_BYTES} bytes in base64url`);
  return ok({ jti, claims: { ...NO_CLAIMS, kind, ticket: { jti, via, mark: mark ?? null } }, single: false });
}

/** Sticker, version 1: a short compact JWS of a kiosk, header exactly `{alg: ES256, typ: sticker+jwt, kid}`. */
export const sticker = ownPassFormat({
  name: 'sticker',
  typ: STICKER_TYP,
  algorithms: new Set(['ES256']),
  kid: STICKER_KID,
  issuer: STICKER_ISSUER,
  maxLength: MAX_STICKER_LENGTH,
  beginsAtIssue: true,
  readClaims,
});
