import { sha256 } from './native-crypto.ts';
import { type JournalReader, reading } from './query.ts';
import { COSIGNATURE, type VerifierKey, verifierKey } from './signed-note.ts';

/** Another kiosk that this one has met, by the name of its log. */
export interface KnownKiosk {
  readonly name: string;
  readonly publicKey: Uint8Array;
  /** How many entries of its log were seen here; null for none. */
  readonly seen: number | null;
  /** How many entries of this log it has countersigned; null for none. */
  readonly witnessed: number | null;
}

/** The kiosks that this one has met, by name; none in a file of an older version. A damaged file is a `JournalFault`. */
export function knownKiosks(db: JournalReader): readonly KnownKiosk[] {
  return reading(() => {
    const isThere = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'known_kiosk'").get() !== undefined;
    if (!isThere) return [];
    return db
      .prepare<[], { name: string; key: Buffer; seen: number | null; witnessed: number | null }>(
        `SELECT name, public_key AS key, size AS seen, witnessed_size AS witnessed
         FROM known_kiosk LEFT JOIN witnessed ON origin = name ORDER BY name`,
      )
      .all();
  }).map(({ key, ...kiosk }) => ({ ...kiosk, publicKey: Uint8Array.from(key) }));
}

/** The keys of the kiosks that have countersigned this log, as they were first seen. */
export const knownWitnesses = (db: JournalReader): readonly VerifierKey[] =>
  knownKiosks(db)
    .filter(({ witnessed }) => witnessed !== null)
    .map(({ name, publicKey }) => verifierKey(sha256, name, COSIGNATURE, publicKey));
