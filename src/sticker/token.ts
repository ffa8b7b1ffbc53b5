import { randomInt } from 'node:crypto';
import { SignJWT } from 'jose';
import { err, ok, type Result } from '../base/result.ts';
import type { Kind } from '../pass/pass.ts';
import { CROCKFORD } from '../settings/schema.ts';
import type { StickerKey } from './key.ts';

/** What a QR code of version 13-M holds in byte mode: 40 mm at 4 dots a module. */
export const MAX_TOKEN_BYTES = 331;
const RANDOM_CHARACTERS = 6;

/** What staff saw before the sticker was made. */
export const STICKER_ORIGINS = ['pass', 'paper', 'sms', 'sticker', 'id'] as const;
export type StickerOrigin = (typeof STICKER_ORIGINS)[number];

/** The claims of a sticker; `iat` and `exp` in seconds since the epoch, `mark` 8 bytes. */
export interface StickerClaims {
  readonly iss: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly kind: Kind;
  readonly via: StickerOrigin;
  readonly mark?: Buffer;
}

/** A short id that can be read aloud: two characters of the kiosk, six drawn at random from Crockford's base 32. */
export function drawStickerId(kioskId: string): string {
  const drawn = Array.from({ length: RANDOM_CHARACTERS }, () => CROCKFORD.charAt(randomInt(CROCKFORD.length)));
  return kioskId + drawn.join('');
}

/** Signs a sticker: compact JWS of type `sticker+jwt`, ES256, at most 331 bytes. */
export async function signSticker(claims: StickerClaims, key: StickerKey): Promise<Result<string, string>> {
  const { mark, ...plain } = claims;
  const payload = mark === undefined ? plain : { ...plain, mark: mark.toString('base64url') };
  const token = await new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'sticker+jwt', kid: key.kid })
    .sign(key.privateKey);
  if (token.length <= MAX_TOKEN_BYTES) return ok(token);
  return err(
    `the sticker would need ${token.length} bytes of ${MAX_TOKEN_BYTES}: choose a venue id shorter than '${claims.iss}'`,
  );
}
