import { err, ok, type Result } from '../base/result.ts';

/** Longer than any number with its separators. */
const MAX_TEXT = 20;
/** Mobile; Seoul; the other areas; internet telephony. What stands in front is `0` or, from abroad, `+82`. */
const KOREAN =
  /^(?:(10)(\d{4})(\d{4})|(2)(\d{3,4})(\d{4})|(3[1-3]|4[1-4]|5[1-5]|6[1-4])(\d{3,4})(\d{4})|(70)(\d{4})(\d{4}))$/;
const WRITTEN = /^(?:0|\+82[ -]?0?)\d{1,2}[ -]?\d{3,4}[ -]?\d{4}$/;
const WANTED = 'the telephone number must be a Korean one, such as 010-1234-5678 or 02-123-4567';

/**
 * A Korean telephone number in one spelling, `010-1234-5678`; with hyphens, spaces or neither, also with `+82`. The
 * error never quotes what was given.
 */
export function parsePhoneNumber(text: string): Result<string, string> {
  if (text.length > MAX_TEXT || !WRITTEN.test(text)) return err(WANTED);
  const national = text.replace(/[ -]/g, '').replace(/^(?:0|\+820?)/, '');
  const [area, exchange, line] =
    KOREAN.exec(national)
      ?.slice(1)
      .filter((part) => part !== undefined) ?? [];
  if (area === undefined || exchange?.startsWith('0') === true) return err(WANTED);
  return ok(`0${area}-${exchange}-${line}`);
}
