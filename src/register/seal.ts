import { CompactEncrypt } from 'jose';
import { assert } from '../base/assert.ts';
import { formatInstant, MINUTE_MS } from '../base/time.ts';
import type { Authority } from './authority.ts';

/** What one visitor leaves. */
export interface Visit {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly phone: string;
  readonly district: string;
}

/** Bytes of every sealed text, whatever it says. */
export const SEALED_BYTES = 256;

/**
 * Seals a visit to the authority: compact JWE (RFC 7516), ECDH-ES with a key pair of its own, A256GCM. The text is JSON
 * `{v: 1, at, phone, district}`, `at` in RFC 3339 to the minute, filled up with spaces so that its length says nothing.
 */
export async function sealVisit({ atMs, phone, district }: Visit, authority: Authority): Promise<string> {
  const at = formatInstant(Math.floor(atMs / MINUTE_MS) * MINUTE_MS);
  const text = Buffer.from(JSON.stringify({ v: 1, at, phone, district }), 'utf8');
  assert(text.length <= SEALED_BYTES, 'a checked number and district fit');
  const padded = Buffer.alloc(SEALED_BYTES, ' ');
  text.copy(padded);
  return new CompactEncrypt(padded)
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: authority.kid })
    .encrypt(authority.key);
}
