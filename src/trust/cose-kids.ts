import { decodeBase64, decodeBase64url } from '../base/base64url.ts';

/** The byte strings by which COSE may name a key whose id is printed as text: its UTF-8, or what it encodes. */
export function coseKids(kid: string): readonly Buffer[] {
  const encoded = decodeBase64(kid) ?? decodeBase64url(kid) ?? decodeBase64url(kid.replace(/=+$/, ''));
  return encoded === null ? [Buffer.from(kid, 'utf8')] : [Buffer.from(kid, 'utf8'), encoded];
}
