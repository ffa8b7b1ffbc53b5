import { createPublicKey, type KeyObject } from 'node:crypto';
import { decodeBase64 } from '../base/base64url.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { VerifiableFormat } from '../pass/pass.ts';
import { ALL_KINDS, type LooseDocument, type LooseKey } from './loose-key.ts';
import { thumbprintOf } from './public-jwk.ts';

const FORMATS: ReadonlySet<VerifiableFormat> = new Set(['pretix-sig1']);

/** A key as pretix lists it, base64 of PEM; null for anything but an Ed25519 public key. */
export function readPretixKey(encoded: Json): KeyObject | null {
  const pem = typeof encoded === 'string' ? decodeBase64(encoded)?.toString('latin1') : undefined;
  // createPublicKey would derive the public part of a private key in silence.
  if (pem === undefined || !pem.startsWith('-----BEGIN PUBLIC KEY-----')) return null;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

/** The `valid_keys.pretix_sig1` of a pretix event: base64 of PEM, Ed25519, known here by their thumbprints. */
export function readPretixKeys(json: JsonObject, document: LooseDocument): Result<readonly LooseKey[], string> {
  const valid = json['valid_keys'];
  const list = isJsonObject(valid) ? valid['pretix_sig1'] : undefined;
  if (!isJsonArray(list) || list.length === 0) return err(`${document.name} has valid_keys without pretix_sig1 keys`);
  const keys: LooseKey[] = [];
  for (const encoded of list) {
    const key = readPretixKey(encoded);
    if (key === null) return err(`${document.name} holds a pretix_sig1 key that is no base64 of an Ed25519 public key`);
    keys.push({
      key,
      alg: 'EdDSA',
      issuer: document.issuer,
      kid: thumbprintOf(key),
      formats: FORMATS,
      kinds: ALL_KINDS,
      source: document.name,
    });
  }
  return ok(keys);
}
