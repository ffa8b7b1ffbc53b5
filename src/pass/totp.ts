import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** The hashes of RFC 6238 section 1.2 under the names that wallets give them. */
export const TOTP_HASHES = { TOTP_SHA1: 'sha1', TOTP_SHA256: 'sha256' } as const;
export type TotpAlgorithm = keyof typeof TOTP_HASHES;

const COUNTER_BYTES = 8;

/**
 * RFC 6238 section 4.2 over RFC 4226 section 5.3.
 * @param step how many periods have passed since the epoch
 * @returns the code in decimal digits, zeros in front
 */
export function totpCode(algorithm: TotpAlgorithm, secret: KeyObject, step: number, digits: number): string {
  const counter = Buffer.alloc(COUNTER_BYTES);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(TOTP_HASHES[algorithm], secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const truncated = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

/** Compares in a time that does not tell how much of a guess was right. */
export function isSameCode(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected, 'latin1'), Buffer.from(given, 'latin1')];
  return a.length === b.length && timingSafeEqual(a, b);
}
