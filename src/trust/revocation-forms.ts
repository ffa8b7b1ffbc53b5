import { JsonStream, type ReadBytes } from '../base/json-stream.ts';
import { readCardList } from './revocation-form-card.ts';
import { readDccBatches } from './revocation-form-dcc.ts';
import { readPassList } from './revocation-form-pass.ts';
import { readPretixPages } from './revocation-form-pretix.ts';
import type { ReadForm } from './revocation-members.ts';

/** The first of these names in a file decides what it is, whatever the file is called; null for files of keys. */
const DECISIVE: ReadonlyMap<string, ReadForm | null> = new Map<string, ReadForm | null>([
  ['hashType', readDccBatches],
  ['entries', readDccBatches],
  ['rids', readCardList],
  ['results', readPretixPages],
  ['revokedIds', readPassList],
  ['keys', null],
  ['valid_keys', null],
  ['rotating_tickets', null],
  ['verificationMethod', null],
]);

/**
 * Which form of revocation list a file is, by the names in it.
 * @returns null for any other file; throws `JsonStreamFault` for one that is not JSON up to its first decisive name
 */
export function recogniseRevocations(read: ReadBytes): ReadForm | null {
  const stream = new JsonStream(read);
  let token = stream.next();
  if (token === '[') token = stream.next();
  if (token !== '{') return null;
  for (token = stream.next(); token === 'name'; token = stream.next()) {
    const form = DECISIVE.get(stream.text);
    if (form !== undefined) return form;
    stream.skip();
  }
  return null;
}
