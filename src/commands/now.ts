import { err } from '../base/result.ts';
import { LAST_INSTANT_MS, parseInstant, SECOND_MS } from '../base/time.ts';
import { orUsage } from './command.ts';

/** What `--help` says of every TIME. */
export const TIME_HELP =
  'TIME is RFC 3339, as 2021-12-13T11:40:00+09:00; a time without a zone is UTC, a bare number seconds since 1970.';

const SECONDS = /^\d{1,12}$/;
/** What shells and databases write where RFC 3339 wants `Z` or an offset with a colon. */
const NEARLY_RFC3339 = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?:([+-]\d{2})(\d{2}))?$/;

/**
 * A time from the command line: RFC 3339, also with its offset written without a colon or left out for UTC, or whole
 * seconds since 1970. Milliseconds since the epoch, never past the year 9999.
 */
export function timeFrom(text: string, option: string): number {
  const seconds = SECONDS.test(text) ? Number(text) : Number.NaN;
  if (seconds * SECOND_MS <= LAST_INSTANT_MS) return seconds * SECOND_MS;
  const [, local, hours, minutes] = NEARLY_RFC3339.exec(text) ?? [];
  const zone = hours === undefined ? 'Z' : `${hours}:${minutes}`;
  const parsed = parseInstant(local === undefined ? text : `${local}${zone}`);
  return orUsage(parsed.ok ? parsed : err(`${option}: ${parsed.error}`));
}

/** Now by this machine's wall clock, for commands that judge at the present. */
export function wallNowMs(): number {
  return Date.now();
}

/** The time that an option gives, else now. */
export function timeOrNow(text: string | undefined, option: string): number {
  return text === undefined ? wallNowMs() : timeFrom(text, option);
}
