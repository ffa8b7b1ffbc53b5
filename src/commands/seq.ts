import { UsageError } from './command.ts';

/** A sequence number, or a number of entries, as given on the command line. */
export function seqFrom(text: string, what: string): number {
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw new UsageError(`${what} must be the number of an entry, such as 0 or 1024, not '${text}'`);
}
