import { parseInstant } from '../base/time.ts';
import { orUsage } from './command.ts';

/** A time from the command line: RFC 3339, or whole seconds since 1970. Milliseconds since the epoch. */
export function timeFrom(text: string, option: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1_000;
  const parsed = parseInstant(text);
  return orUsage(parsed.ok ? parsed : { ok: false, error: `${option}: ${parsed.error}` });
}

/** Now by this machine's wall clock, for commands that judge at the present. */
export function wallNowMs(): number {
  return Date.now();
}
