import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint } from 'jose';
import { reasonOf } from '../base/assert.ts';
import { isJsonObject, parseJsonBytes } from '../base/json.ts';
import { UsageError } from './command.ts';

/** A private key of ours and what it is called in a header. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly alg: 'ES256' | 'EdDSA';
  readonly kid: string;
}

/**
 * Reads a private key on P-256 or Ed25519.
 * @param maker the command that makes such keys, for the sentence of a refusal
 */
export async function readSigningKey(path: string, maker: string): Promise<SigningKey> {
  const refuse = (why: string): UsageError =>
    new UsageError(`${path} is not a private key as ${maker} makes it: ${why}`);
  const parsed = parseJsonBytes(readFrom(path, refuse));
  // What a parser says of a text quotes it, and this one is secret.
  if (!parsed.ok) throw refuse(parsed.error);
  if (!isJsonObject(parsed.value)) throw refuse('it is no JSON object');
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: parsed.value as JsonWebKey, format: 'jwk' });
  } catch (thrown) {
    throw refuse(reasonOf(thrown));
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const alg = key.asymmetricKeyType === 'ed25519' ? 'EdDSA' : curve === 'prime256v1' ? 'ES256' : null;
  if (alg === null) throw refuse('it is neither a P-256 nor an Ed25519 key');
  const { kid } = parsed.value;
  return { key, alg, kid: typeof kid === 'string' ? kid : await calculateJwkThumbprint(key.export({ format: 'jwk' })) };
}

/** A new key for the algorithm that `--alg` names. */
export function keyPairFor(alg: string) {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    default:
      throw new UsageError(`--alg must be ES256 or EdDSA, not '${alg}'`);
  }
}

/** The bytes of a file, or the refusal that `refuse` makes of what the system says. */
export function readFrom(path: string, refuse: (why: string) => UsageError): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw refuse(reasonOf(thrown));
  }
}
