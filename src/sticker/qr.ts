import { encode } from 'uqr';
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';

/** The longest token that a QR code of version 13 with error correction M holds in byte mode (ISO/IEC 18004, table 7). */
export const MAX_TOKEN_BYTES = 331;
/** The largest code that fits 40 mm paper at half a millimetre a module. */
export const MAX_QR_VERSION = 13;
/** The most that a QR code with error correction M holds in byte mode (version 40, table 7). */
export const MAX_TEXT_QR_BYTES = 2_331;
/** White modules that must stand around a code on every side (ISO/IEC 18004, section 5.3.8). */
export const QUIET_ZONE_MODULES = 4;

/** A QR code without its quiet zone. */
export interface QrMatrix {
  /** Modules a side. */
  readonly size: number;
  isDark(column: number, row: number): boolean;
}

/** Any text as a QR code for paper or screen: UTF-8 in byte mode, error correction M. The error is one sentence. */
export function encodeTextQr(text: string): Result<QrMatrix, string> {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MAX_TEXT_QR_BYTES)
    return err(`the text has ${bytes.length} bytes and a code holds ${MAX_TEXT_QR_BYTES}`);
  const { size, data } = encode([...bytes], { ecc: 'M', boostEcc: false, border: 0 });
  return ok({ size, isDark: (column, row) => data[row]?.[column] === true });
}

/** The most that a QR code with error correction M holds in alphanumeric mode (version 40, table 7). */
export const MAX_ALPHANUMERIC = 3_391;
const ALPHANUMERIC = /^[0-9A-Z $%*+./:-]+$/;

/**
 * Capitals, digits and ` $%*+-./:` as a QR code in alphanumeric mode, error correction M: a third denser than bytes. The
 * error is one sentence.
 */
export function encodeAlphanumericQr(text: string): Result<QrMatrix, string> {
  assert(ALPHANUMERIC.test(text), 'the text of an alphanumeric code has characters of that mode alone');
  if (text.length > MAX_ALPHANUMERIC)
    return err(`the code would have ${text.length} characters and a picture holds ${MAX_ALPHANUMERIC}`);
  const { size, data } = encode(text, { ecc: 'M', boostEcc: false, border: 0 });
  return ok({ size, isDark: (column, row) => data[row]?.[column] === true });
}

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** A token as a QR code: byte mode, error correction M, at most version 13 (ISO/IEC 18004). The error is one sentence. */
export function encodeQr(token: string): Result<QrMatrix, string> {
  if (!VISIBLE_ASCII.test(token)) return err('the token of a sticker is visible ASCII and not empty');
  if (token.length > MAX_TOKEN_BYTES) {
    return err(
      `the token has ${token.length} bytes and a sticker holds ${MAX_TOKEN_BYTES}: shorten the venue's issuer name`,
    );
  }
  const { size, data } = encode([...Buffer.from(token, 'latin1')], {
    ecc: 'M',
    boostEcc: false,
    border: 0,
    maxVersion: MAX_QR_VERSION,
  });
  return ok({ size, isDark: (column, row) => data[row]?.[column] === true });
}
