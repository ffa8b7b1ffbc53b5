import { type KeyObject, sign } from 'node:crypto';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { SignJWT } from 'jose';
import { encodeBase45 } from '../base/base45.ts';
import { type CborInput, encodeCbor, encodeTagged } from './cbor-encode.ts';

export interface DemoKey {
  readonly privateKey: KeyObject;
  readonly kid: string;
  readonly issuer: string;
}

const COSE_SIGN1 = 18;
const ES256 = -7;
const HEADER_ALG = 1;
const HEADER_KID = 4;
const CWT_ISSUER = 1;
const CWT_EXPIRES = 4;
const CWT_ISSUED = 6;
const HEALTH_CERTIFICATE = -260;
const CARD_DIGIT_OFFSET = 45;

/**
 * An EU Digital COVID Certificate as its issuer makes it: CWT, COSE_Sign1 with ES256, zlib, Base45.
 * @param seconds `iat` and `exp` in seconds since the epoch
 * @param alter what a forger does to the signed payload afterwards
 */
export function signEuDcc(
  dcc: CborInput,
  seconds: { iat: number; exp: number },
  key: DemoKey,
  alter: (payload: Buffer) => Buffer = (payload) => payload,
): string {
  const payload = encodeCbor(
    new Map<CborInput, CborInput>([
      [CWT_ISSUER, 'KR'],
      [CWT_EXPIRES, seconds.exp],
      [CWT_ISSUED, seconds.iat],
      [HEALTH_CERTIFICATE, new Map([[1, dcc]])],
    ]),
  );
  const protectedHeader = encodeCbor(
    new Map<CborInput, CborInput>([
      [HEADER_ALG, ES256],
      [HEADER_KID, Buffer.from(key.kid, 'base64')],
    ]),
  );
  const signed = encodeCbor(['Signature1', protectedHeader, Buffer.alloc(0), payload]);
  const signature = sign('sha256', signed, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  const message = encodeTagged(COSE_SIGN1, [protectedHeader, new Map(), alter(payload), signature]);
  return `HC1:${encodeBase45(deflateSync(message))}`;
}

/** A SMART Health Card: deflated payload, ES256, written in pairs of digits; cut into `codes` QR codes. */
export function signHealthCard(payload: object, key: DemoKey, codes: number): readonly string[] {
  const header = { zip: 'DEF', alg: 'ES256', kid: key.kid };
  const signed = `${base64url(JSON.stringify(header))}.${deflateRawSync(JSON.stringify(payload)).toString('base64url')}`;
  const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  const jws = `${signed}.${signature.toString('base64url')}`;
  const length = Math.ceil(jws.length / codes);
  return Array.from({ length: codes }, (_, index) => {
    const part = jws.slice(index * length, (index + 1) * length);
    const digits = [...part].map((character) => String(character.charCodeAt(0) - CARD_DIGIT_OFFSET).padStart(2, '0'));
    return `shc:/${codes === 1 ? '' : `${index + 1}/${codes}/`}${digits.join('')}`;
  });
}

/** An entry pass of ours; `claims` beside issuer and times. */
export function signEntryPass(
  claims: Readonly<Record<string, unknown>>,
  seconds: { iat: number; exp: number },
  key: DemoKey,
): Promise<string> {
  return new SignJWT({ ...claims, iss: key.issuer, ...seconds })
    .setProtectedHeader({ alg: 'ES256', typ: 'entry-pass+jwt', kid: key.kid })
    .sign(key.privateKey);
}

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
