import { createHash, type KeyObject } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function encodeBase58(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  return text;
}

/** The bytes of an Ed25519 key, or the compressed point of another. */
function bytesOf(key: KeyObject): { readonly crv: string; readonly bytes: Buffer } {
  const { crv = '', x = '', y } = key.export({ format: 'jwk' });
  const abscissa = Buffer.from(x, 'base64url');
  if (y === undefined) return { crv, bytes: abscissa };
  const isOdd = (Buffer.from(y, 'base64url').at(-1) ?? 0) % 2 === 1;
  return { crv, bytes: Buffer.concat([Buffer.of(isOdd ? 3 : 2), abscissa]) };
}

const CODECS: Readonly<Record<string, string>> = { Ed25519: 'ed01', 'P-256': '8024', secp256k1: 'e701' };

export function didKey(key: KeyObject): string {
  const { crv, bytes } = bytesOf(key);
  return `did:key:z${encodeBase58(Buffer.concat([Buffer.from(CODECS[crv] ?? '', 'hex'), bytes]))}`;
}

export const didJwk = (key: KeyObject, more: object = {}): string =>
  `did:jwk:${Buffer.from(JSON.stringify({ ...key.export({ format: 'jwk' }), ...more })).toString('base64url')}`;

export function didInfra(key: KeyObject): string {
  const { crv, bytes } = bytesOf(key);
  const curve = crv === 'secp256k1' ? 'K1' : 'R1';
  const checksum = createHash('ripemd160').update(bytes).update(curve).digest().subarray(0, 4);
  return `did:infra:01:PUB_${curve}_${encodeBase58(Buffer.concat([bytes, checksum]))}`;
}
