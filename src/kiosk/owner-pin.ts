import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { decodeBase64url } from '../base/base64url.ts';
import { isJsonObject, parseJsonBytes, textOr } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';

export const MIN_PIN_DIGITS = 6;
export const MAX_PIN_DIGITS = 12;
const PIN = new RegExp(`^[0-9]{${MIN_PIN_DIGITS},${MAX_PIN_DIGITS}}$`);
const ROWS = ['01234567890123', '98765432109876'];
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** 16 MiB and some 50 ms on a small computer: whoever reads the file has the keys beside it, but not the owner's bank PIN. */
const COST = { N: 16_384, r: 8, p: 1 };

/** Whether a PIN may be the owner's: 6 to 12 digits that are not the first ones everybody tries; the error is one sentence. */
export function checkNewPin(pin: string): Result<string, string> {
  if (!PIN.test(pin)) return err(`a PIN has ${MIN_PIN_DIGITS} to ${MAX_PIN_DIGITS} digits`);
  if (/^(.)\1+$/.test(pin) || ROWS.some((row) => row.includes(pin))) {
    return err('this PIN is the first that everybody tries: choose one whose digits are not all the same or in a row');
  }
  return ok(pin);
}

/** Stores the owner's PIN as scrypt (RFC 7914) of it under a salt of its own, mode 0600; one sentence if it cannot be. */
export async function storePin(path: string, pin: string): Promise<Result<void, string>> {
  const checked = checkNewPin(pin);
  if (!checked.ok) return checked;
  const salt = randomBytes(SALT_BYTES);
  const hash = await derived(pin, salt);
  try {
    replaceFile(path, JSON.stringify({ salt: salt.toString('base64url'), hash: hash.toString('base64url') }));
    return ok(undefined);
  } catch (thrown) {
    return err(`cannot write ${path}: ${reasonOf(thrown)}; check the folder's owner and free space`);
  }
}

/** `unset` where no PIN is stored, or what is stored cannot be read: then nobody gets in. */
export async function checkPin(path: string, pin: string): Promise<'right' | 'wrong' | 'unset'> {
  const stored = storedPin(path);
  if (stored === null) return 'unset';
  if (!PIN.test(pin)) return 'wrong';
  return timingSafeEqual(await derived(pin, stored.salt), stored.hash) ? 'right' : 'wrong';
}

function storedPin(path: string): { readonly salt: Buffer; readonly hash: Buffer } | null {
  try {
    if (!existsSync(path)) return null;
    const stored = parseJsonBytes(readFileSync(path));
    if (!stored.ok || !isJsonObject(stored.value)) return null;
    const salt = decodeBase64url(textOr(stored.value['salt']));
    const hash = decodeBase64url(textOr(stored.value['hash']));
    return salt?.length === SALT_BYTES && hash?.length === HASH_BYTES ? { salt, hash } : null;
  } catch {
    return null;
  }
}

/** In the thread pool: the door goes on meanwhile. */
function derived(pin: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, HASH_BYTES, COST, (fault, hash) => (fault === null ? resolve(hash) : reject(fault)));
  });
}
