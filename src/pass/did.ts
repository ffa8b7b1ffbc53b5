import { createHash, type KeyObject } from 'node:crypto';
import { decodeBase58 } from '../base/base58.ts';
import { decodeBase64url } from '../base/base64url.ts';
import { isJsonObject, parseJsonBytes } from '../base/json.ts';
import { importCompressedPoint, importEd25519, importPublicJwk, unfitForVerifying } from './public-key.ts';

/** A did:jwk holds a whole key; the longest in use has 200 characters. */
export const MAX_DID_LENGTH = 512;
/** DID core section 3.1, without path, query and fragment. */
const DID = /^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/;

/** The two bytes before a key in a multikey (multicodec table) and how the rest is read. */
const MULTIKEYS: readonly { readonly codec: string; readonly read: (key: Buffer) => KeyObject | null }[] = [
  { codec: 'ed01', read: importEd25519 },
  { codec: '8024', read: (key) => importCompressedPoint('P-256', key) },
  { codec: 'e701', read: (key) => importCompressedPoint('secp256k1', key) },
];
const CODEC_BYTES = 2;

const INFRA = /^did:infra:[A-Za-z0-9]+:PUB_(K1|R1)_([1-9A-HJ-NP-Za-km-z]+)$/;
const INFRA_CURVE = { K1: 'secp256k1', R1: 'P-256' } as const;
const CHECKSUM_BYTES = 4;

export const isDid = (text: string): boolean => text.length <= MAX_DID_LENGTH && DID.test(text);

/** The key of a multibase text in base58btc (controlled identifiers section 2.2.2, "Multikey"), or null. */
export function keyOfMultibase(text: string): KeyObject | null {
  const bytes = text.startsWith('z') ? decodeBase58(text.slice(1)) : null;
  if (bytes === null) return null;
  const codec = bytes.toString('hex', 0, CODEC_BYTES);
  return MULTIKEYS.find((multikey) => multikey.codec === codec)?.read(bytes.subarray(CODEC_BYTES)) ?? null;
}

/** did:jwk: the identifier is the JSON of a public JWK in base64url. */
function keyOfJwkText(text: string): KeyObject | null {
  const bytes = decodeBase64url(text);
  const jwk = bytes === null ? null : parseJsonBytes(bytes);
  if (jwk?.ok !== true || !isJsonObject(jwk.value) || unfitForVerifying(jwk.value) !== null) return null;
  const key = importPublicJwk(jwk.value);
  return key.ok ? key.value : null;
}

/**
 * did:infra with a key for a name. The checksum is RIPEMD-160 over the key and the name of the curve, as its issuers
 * write it; the text of the method's specification puts it the other way round.
 */
function keyOfInfra(did: string): KeyObject | null {
  const [, curve, text = ''] = INFRA.exec(did) ?? [];
  const bytes = decodeBase58(text);
  if ((curve !== 'K1' && curve !== 'R1') || bytes === null || bytes.length <= CHECKSUM_BYTES) return null;
  const point = bytes.subarray(0, -CHECKSUM_BYTES);
  const checksum = createHash('ripemd160').update(point).update(curve).digest().subarray(0, CHECKSUM_BYTES);
  return checksum.equals(bytes.subarray(-CHECKSUM_BYTES)) ? importCompressedPoint(INFRA_CURVE[curve], point) : null;
}

/** A DID of a method whose names are keys: whoever makes a key makes the name, so that nothing about it is vouched for. */
export const isSelfCertifying = (did: string): boolean =>
  did.startsWith('did:key:') || did.startsWith('did:jwk:') || INFRA.test(did);

/**
 * The key that stands in a did:key, did:jwk or did:infra itself; null for a DID of another method, and for one whose
 * text is damaged. That a name proves its key says nothing about whether its owner is to be trusted.
 */
export function keyOfDid(did: string): KeyObject | null {
  if (!isDid(did)) return null;
  if (did.startsWith('did:key:')) return keyOfMultibase(did.slice('did:key:'.length));
  if (did.startsWith('did:jwk:')) return keyOfJwkText(did.slice('did:jwk:'.length));
  return keyOfInfra(did);
}
