import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { Presented } from '../../src/pass/format.ts';
import { KINDS } from '../../src/pass/pass.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { cbor } from './cbor-writer.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** RFC 9285, the writing side. */
export function encodeBase45(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    let value = isPair ? bytes.readUInt16BE(at) : bytes.readUInt8(at);
    for (let digit = 0; digit < (isPair ? 3 : 2); digit += 1) {
      text += ALPHABET.charAt(value % 45);
      value = Math.floor(value / 45);
    }
  }
  return text;
}

export const signer = {
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
};

export const KID = Buffer.from('0123456789abcdef', 'hex');
export const ISSUED_S = 1_620_000_000;
export const EXPIRES_S = 1_630_000_000;
/** Between the two. */
export const NOW = { atMs: 1_625_000_000_000, trusted: true };

export const VACCINATION = {
  tg: '840539006',
  vp: '1119349007',
  mp: 'EU/1/20/1528',
  ma: 'ORG-100030215',
  dn: 2,
  sd: 2,
  dt: '2021-05-18',
  co: 'AT',
  is: 'Test',
  ci: 'URN:UVCI:01:AT:TEST#B',
};
export const TEST = {
  tg: '840539006',
  tt: 'LP6464-4',
  sc: '2021-06-20T12:34:56Z',
  tr: '260415000',
  co: 'AT',
  is: 'Test',
  ci: 'URN:UVCI:01:AT:TEST#T',
};
const PERSON = { ver: '1.3.0', nam: { fn: 'Muster', fnt: 'MUSTER' }, dob: '1998-02-26' };

export interface DccParts {
  readonly dcc?: object;
  /** The CWT payload, where not only the certificate in it is special. */
  readonly payload?: Buffer;
  readonly iat?: Buffer | null;
  readonly exp?: Buffer | null;
  readonly nbf?: Buffer;
  readonly iss?: Buffer;
  readonly kid?: Buffer | null;
  readonly unprotectedKid?: Buffer;
  readonly alg?: Buffer | null;
  readonly unprotectedAlg?: Buffer;
  /** How an empty protected header is written: as no bytes or as an empty map. */
  readonly spellOutEmpty?: boolean;
  readonly key?: KeyObject;
  readonly signature?: (signed: Buffer, key: KeyObject) => Buffer;
  readonly wrap?: (sign1: Buffer) => Buffer;
  readonly compress?: (cose: Buffer) => Buffer;
  readonly prefix?: string;
}

export const es256 = (signed: Buffer, key: KeyObject): Buffer =>
  sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' });
export const ps256 = (signed: Buffer, key: KeyObject): Buffer =>
  sign('sha256', signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });

function payloadOf(parts: DccParts): Buffer {
  const dcc = parts.dcc ?? { ...PERSON, v: [VACCINATION] };
  const exp = parts.exp === undefined ? cbor.int(EXPIRES_S) : parts.exp;
  const iat = parts.iat === undefined ? cbor.int(ISSUED_S) : parts.iat;
  const pairs: [Buffer, Buffer][] = [[cbor.int(1), parts.iss ?? cbor.text('AT')]];
  if (exp !== null) pairs.push([cbor.int(4), exp]);
  if (parts.nbf !== undefined) pairs.push([cbor.int(5), parts.nbf]);
  if (iat !== null) pairs.push([cbor.int(6), iat]);
  pairs.push([cbor.int(-260), cbor.map([cbor.int(1), cbor.of(dcc)])]);
  return cbor.map(...pairs);
}

export const person = (groups: object): object => ({ ...PERSON, ...groups });

/** An EU DCC, good unless a part says otherwise. */
export function makeDcc(parts: DccParts = {}): string {
  const payload = parts.payload ?? payloadOf(parts);
  const alg = parts.alg === undefined ? cbor.int(-7) : parts.alg;
  const kid = parts.kid === undefined ? KID : parts.kid;
  const header: [Buffer, Buffer][] = [];
  if (alg !== null) header.push([cbor.int(1), alg]);
  if (kid !== null) header.push([cbor.int(4), cbor.bytes(kid)]);
  const isEmpty = header.length === 0 && parts.spellOutEmpty !== true;
  const protectedBytes = isEmpty ? Buffer.alloc(0) : cbor.map(...header);
  const unprotected: [Buffer, Buffer][] = [];
  if (parts.unprotectedAlg !== undefined) unprotected.push([cbor.int(1), parts.unprotectedAlg]);
  if (parts.unprotectedKid !== undefined) unprotected.push([cbor.int(4), cbor.bytes(parts.unprotectedKid)]);
  const signed = cbor.list(
    cbor.text('Signature1'),
    cbor.bytes(protectedBytes),
    cbor.bytes(Buffer.alloc(0)),
    cbor.bytes(payload),
  );
  const signature = (parts.signature ?? es256)(signed, parts.key ?? signer.p256.privateKey);
  const sign1 = cbor.list(
    cbor.bytes(protectedBytes),
    cbor.map(...unprotected),
    cbor.bytes(payload),
    cbor.bytes(signature),
  );
  const cose = (parts.wrap ?? ((inner) => cbor.tag(18, inner)))(sign1);
  return `${parts.prefix ?? 'HC1:'}${encodeBase45((parts.compress ?? deflateSync)(cose))}`;
}

export function dccKey(overrides: Partial<TrustedKey> = {}): TrustedKey {
  return {
    key: signer.p256.publicKey,
    alg: null,
    issuer: null,
    kid: KID.toString('base64'),
    formats: new Set(['eu-dcc']),
    kinds: new Set(KINDS),
    ...overrides,
  };
}

export const presented = (line: string, parts = 1): Presented => ({ line: Buffer.from(line, 'latin1'), parts });
