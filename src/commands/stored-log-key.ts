import { existsSync } from 'node:fs';
import { loadLogKey } from '../journal/log-key.ts';
import type { VerifierKey } from '../journal/signed-note.ts';
import type { DataFolder } from '../kiosk/data-folder.ts';
import { orUsage, UsageError } from './command.ts';

/** The public half of a kiosk's log key; a command that only reads makes none. */
export function storedLogKey(folder: DataFolder): VerifierKey {
  if (!existsSync(folder.logKey)) {
    throw new UsageError(`${folder.logKey} is not there: give the log's key with --key, or start the kiosk once`);
  }
  return orUsage(loadLogKey(folder.logKey, { venueId: 'venue', kioskId: '00' })).verifier;
}
