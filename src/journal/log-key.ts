import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { decodeBase64url } from '../base/base64url.ts';
import { isJsonObject, parseJsonBytes, textOr } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { toHex } from './byte-text.ts';
import { sha256 } from './native-crypto.ts';
import { COSIGNATURE, formatVerifierKey, LOG_SIGNATURE, type VerifierKey, verifierKey } from './signed-note.ts';

/** The name of a kiosk's log. */
export const LOG_NAME: RegExp = /^munjigi\/[a-z0-9-]{1,21}\/[0-9A-Z]{2}\/[0-9a-f]{8}$/;
const DIGITS = 8;
const digitsOf = (publicKey: Uint8Array): string => toHex(sha256(publicKey)).slice(0, DIGITS);

/** False for the name of a kiosk's log under another key than the one it was made for; other logs have other names. */
export const isNameOf = (name: string, publicKey: Uint8Array): boolean =>
  !LOG_NAME.test(name) || name.endsWith(`/${digitsOf(publicKey)}`);

const REMEDY = 'restore it from the backup, or move it away to begin a new one';

/** The key that this kiosk signs the heads of its log with; it never leaves its file. */
export interface LogKey {
  /** The name of the log: `munjigi/VENUE/KIOSK/` and eight digits of the key's hash, as at first start for ever. */
  readonly origin: string;
  readonly verifier: VerifierKey;
  /** The same key as a witness of other logs. */
  readonly cosigner: VerifierKey;
  /** What a stranger needs, as one word. */
  readonly verifierText: string;
  /** RFC 8032 Ed25519. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * Reads the log's key, or makes it at first start (Ed25519, JWK, mode 0600). The name is stored beside the key, so that
 * a venue that is renamed later keeps its log.
 */
export function loadLogKey(
  path: string,
  named: { readonly venueId: string; readonly kioskId: string },
): Result<LogKey, string> {
  try {
    if (!existsSync(path)) {
      const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
      const digits = digitsOf(decodeBase64url(jwk.x ?? '') ?? new Uint8Array(0));
      replaceFile(path, JSON.stringify({ ...jwk, kid: `munjigi/${named.venueId}/${named.kioskId}/${digits}` }));
    }
    const jwk = parseJsonBytes(readFileSync(path));
    // The platform's own parser quotes what it cannot read, and this is a secret.
    if (!jwk.ok || !isJsonObject(jwk.value)) return err(`the log key ${path} cannot be used: it is damaged; ${REMEDY}`);
    const origin = textOr(jwk.value['kid']);
    if (!LOG_NAME.test(origin)) return err(`the log key ${path} cannot be used: it names no log; ${REMEDY}`);
    const privateKey = createPrivateKey({ key: { ...jwk.value }, format: 'jwk' });
    const x = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
    const publicKey = decodeBase64url(x);
    if (privateKey.asymmetricKeyType !== 'ed25519' || publicKey === null) {
      return err(`the log key ${path} cannot be used: it is no Ed25519 key; ${REMEDY}`);
    }
    const verifier = verifierKey(sha256, origin, LOG_SIGNATURE, publicKey);
    return ok({
      origin,
      verifier,
      cosigner: verifierKey(sha256, origin, COSIGNATURE, publicKey),
      verifierText: formatVerifierKey(verifier),
      sign: (message) => sign(null, message, privateKey),
    });
  } catch (thrown) {
    return err(`the log key ${path} cannot be used: ${reasonOf(thrown)}; ${REMEDY}`);
  }
}
