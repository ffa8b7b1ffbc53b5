import { err, ok, type Result } from '../base/result.ts';

export const MIN_DISTRICT_LENGTH = 2;
export const MAX_DISTRICT_LENGTH = 20;
/** Letters of any script; no digit, so that nobody leaves an address or a second number here. */
const DISTRICT = /^\p{L}[\p{L}\p{M}]*(?:[ .-]{1,2}\p{L}[\p{L}\p{M}]*)*$/u;

/**
 * The city or district where a visitor lives (시·군·구), in Unicode normal form C. The error never quotes what was given.
 */
export function parseDistrict(text: string): Result<string, string> {
  const district = text.normalize('NFC');
  const { length } = [...district];
  if (length >= MIN_DISTRICT_LENGTH && length <= MAX_DISTRICT_LENGTH && DISTRICT.test(district)) return ok(district);
  return err(
    `the district must be ${MIN_DISTRICT_LENGTH} to ${MAX_DISTRICT_LENGTH} letters without digits, such as 종로구 or Jongno-gu`,
  );
}
