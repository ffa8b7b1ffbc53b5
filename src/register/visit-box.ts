import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const boundTo = (id: number): Buffer => Buffer.from(`munjigi-visit ${id}`, 'utf8');

/** Shuts a sealed visit once more, under the key of its day (AES-256-GCM): nonce, ciphertext, tag. */
export function shutBox(jwe: string, key: Buffer, id: number): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(boundTo(id));
  return Buffer.concat([nonce, cipher.update(jwe, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** The sealed visit in a box, or null where the key, the number or a byte is another. */
export function openBox(box: Buffer, key: Buffer, id: number): string | null {
  if (box.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, box.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(id)).setAuthTag(box.subarray(-TAG_BYTES));
  try {
    const opened = [decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    return Buffer.concat(opened).toString('utf8');
  } catch {
    return null;
  }
}
