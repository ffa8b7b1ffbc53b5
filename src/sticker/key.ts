import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { calculateJwkThumbprint } from 'jose';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { isJsonObject, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';

const KID_CHARACTERS = 8;
const REMEDY = 'restore it or move it away to make a new one';

/** The key that this kiosk signs stickers with; it never leaves its file. */
export interface StickerKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The first 8 characters of the RFC 7638 thumbprint. */
  readonly kid: string;
}

/** Reads the sticker key, or makes it at first start (P-256, JWK, mode 0600). */
export async function loadStickerKey(path: string): Promise<Result<StickerKey, string>> {
  try {
    if (!existsSync(path)) {
      const made = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      replaceFile(path, JSON.stringify(made.privateKey.export({ format: 'jwk' })));
    }
    const jwk = parseJsonBytes(readFileSync(path));
    // The platform's own parser quotes what it cannot read, and this is a secret.
    if (!jwk.ok || !isJsonObject(jwk.value))
      return err(`the sticker key ${path} cannot be used: it is damaged; ${REMEDY}`);
    const privateKey = createPrivateKey({ key: { ...jwk.value }, format: 'jwk' });
    const publicKey = createPublicKey(privateKey);
    const thumbprint = await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }));
    return ok({ privateKey, publicKey, kid: thumbprint.slice(0, KID_CHARACTERS) });
  } catch (thrown) {
    return err(`the sticker key ${path} cannot be used: ${reasonOf(thrown)}; ${REMEDY}`);
  }
}
