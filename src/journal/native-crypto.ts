import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import type { Sha256 } from './merkle.ts';
import type { VerifyEd25519 } from './signed-note.ts';

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo. */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** SHA-256 of the platform. */
export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');

/** The key of the last check: a log is signed by one key thousands of times, and reading a key costs half as much as a check. */
let last: { readonly publicKey: Buffer; readonly key: KeyObject } | null = null;

function keyOf(publicKey: Uint8Array): KeyObject {
  if (last?.publicKey.equals(publicKey) === true) return last.key;
  const der = Buffer.concat([ED25519_SPKI_PREFIX, publicKey]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  last = { publicKey: Buffer.from(publicKey), key };
  return key;
}

/** RFC 8032 Ed25519 of the platform; false for a key that is none. */
export const verifyEd25519: VerifyEd25519 = ({ publicKey, message, signature }) => {
  let key: KeyObject;
  try {
    key = keyOf(publicKey);
  } catch {
    return false;
  }
  return verify(null, message, key, signature);
};
