import { generateKeyPairSync, sign } from 'node:crypto';
import type { StickerFace } from '../../src/sticker/layout.ts';

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A genuine compact JWS of exactly so many characters, under a key of its own. */
export function signedToken(length: number): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const claims = { iss: 'venue', jti: 'K74MZQ2X', iat: 1_639_353_600, exp: 1_639_407_540, kind: 'vaccination' };
  // Base64url skips one length in four: the header makes up for what the claims cannot reach.
  for (const kid of ['Xk3vQ9aZ', 'Xk3vQ9aZ-']) {
    const header = base64url({ alg: 'ES256', typ: 'sticker+jwt', kid });
    for (let padding = 0; padding < length; padding += 1) {
      const signed = `${header}.${base64url({ ...claims, via: 'v'.repeat(padding) })}`;
      const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const token = `${signed}.${signature.toString('base64url')}`;
      if (token.length === length) return token;
    }
  }
  throw new Error(`no token of ${length} characters`);
}

export const FACE: StickerFace = {
  venue: '연남동 책방 달빛',
  kind: 'vaccination',
  validUntil: '2021-12-13 23:59',
  shortId: 'K74MZQ2X',
  mark: '곰',
  token: signedToken(300),
};
