import type Database from 'better-sqlite3';
import { TreeStore } from './tree-store.ts';

/** What each row of a use key is stamped with. */
export type UseRow = [
  seq: number,
  boot: string,
  monoMs: number,
  wallMs: number,
  endsMs: number,
  monoEndsMs: number | null,
];

/** When it is, and which rows are over; wall times in milliseconds since the epoch. */
export interface Over {
  /** The time by which things are deleted, and in which boot and at which of its milliseconds that is. */
  readonly now: number;
  readonly boot: string;
  readonly mono: number;
  /** What was stamped before this is too old. */
  readonly until: number;
  /** What the clock shows. */
  readonly latest: number;
  /** Up to this entry the clock has been behind stamps for so long that what is still ahead of it goes; null for none. */
  readonly behind: number | null;
}

interface LastUseRow {
  readonly boot: string;
  readonly mono_ms: number;
  readonly wall_ms: number;
}

export interface StickerRow {
  readonly use_key: Buffer | null;
  readonly single: number;
  readonly pass_until_ms: number | null;
}

interface FoldedCount {
  readonly seq: number;
  readonly inside: number;
  readonly since_ms: number;
}

interface SignedMoment {
  readonly seq: number;
  readonly last_trusted_ms: number | null;
  readonly at_ms: number;
  readonly boot: string;
  readonly mono_ms: number;
  readonly clock: string;
}

/** Heads of a day and more: a start must not read all of a log whose clock nobody ever vouches for. */
const SIGNED_MOMENTS = 500;

/** A month of signs of life: further back nobody looks for an entry under a trusted clock. */
const TRUSTED_WITHIN_ENTRIES = 50_000;

/** A use is over when its end has passed, and not while monotonic time of this boot still holds it. */
const USE_IS_OVER = 'ends_ms < :now AND (mono_ends_ms IS NULL OR boot <> :boot OR mono_ends_ms <= :mono)';
/** The first term spares the search. How long a pass that opens once is remembered, no wrong clock has decided. */
const PASSBACK_IS_BEHIND = `:behind IS NOT NULL AND wall_ms > :latest AND seq <= :behind
  AND mono_ends_ms IS NOT NULL AND (boot <> :boot OR mono_ends_ms <= :mono)`;
const SIDE_ROW_IS_OVER = 'wall_ms < :until OR (wall_ms > :latest AND seq <= :behind)';

/** The journal's prepared statements: parameters only, never text built from a scan. */
export function prepareStatements(db: Database.Database) {
  return {
    tree: new TreeStore(db),
    nextSeq: db.prepare<[], { seq: number }>('SELECT coalesce(max(seq) + 1, 0) AS seq FROM entry'),
    addEntry: db.prepare<[number, Buffer, Buffer]>('INSERT INTO entry (seq, bytes, leaf) VALUES (?, ?, ?)'),
    lastAt: db.prepare<[], { wall_ms: number }>(
      "SELECT json_extract(CAST(bytes AS TEXT), '$.wallMs') AS wall_ms FROM entry ORDER BY seq DESC LIMIT 1",
    ),
    continuedAt: db.prepare<[], { wall_ms: number }>(
      `SELECT json_extract(CAST(bytes AS TEXT), '$.wallMs') AS wall_ms FROM entry
       WHERE seq = 0 AND json_extract(CAST(bytes AS TEXT), '$.type') = 'log-continued'`,
    ),
    firstLeaf: db.prepare<[], { leaf: Buffer }>('SELECT leaf FROM entry WHERE seq = 0'),
    // Back to the newest checkpoint and no further: a clock that was never trusted must not cost a start the whole log.
    // A clock that a hand has set since says nothing of what was signed before it.
    lastTrusted: db.prepare<[], { signed_ms: number | null; newest_ms: number | null }>(
      `WITH
         signed AS (SELECT coalesce(max(size), 0) AS seq FROM checkpoint),
         hand AS (SELECT max(seq) AS seq FROM entry
                  WHERE seq >= (SELECT seq FROM signed) AND json_extract(CAST(bytes AS TEXT), '$.type') = 'clock-set')
       SELECT
         (SELECT last_trusted_ms FROM checkpoint WHERE (SELECT seq FROM hand) IS NULL ORDER BY size DESC LIMIT 1)
           AS signed_ms,
         (SELECT json_extract(CAST(bytes AS TEXT), '$.wallMs') FROM entry
          WHERE seq >= coalesce((SELECT seq + 1 FROM hand), (SELECT seq FROM signed))
          AND json_extract(CAST(bytes AS TEXT), '$.clock') = 'trusted' ORDER BY seq DESC LIMIT 1) AS newest_ms`,
    ),
    trustedBefore: db.prepare<[{ size: number }], { wall_ms: number }>(
      `SELECT json_extract(CAST(bytes AS TEXT), '$.wallMs') AS wall_ms FROM entry
       WHERE seq < :size AND seq >= :size - ${TRUSTED_WITHIN_ENTRIES}
       AND json_extract(CAST(bytes AS TEXT), '$.clock') = 'trusted' ORDER BY seq DESC LIMIT 1`,
    ),
    // What stood under the newest heads, the newest first: how long a clock that has leaped has run since.
    signedMoments: db.prepare<[], SignedMoment>(
      `SELECT seq, last_trusted_ms, json_extract(CAST(bytes AS TEXT), '$.wallMs') AS at_ms,
              json_extract(CAST(bytes AS TEXT), '$.boot') AS boot, json_extract(CAST(bytes AS TEXT), '$.monoMs') AS mono_ms,
              json_extract(CAST(bytes AS TEXT), '$.clock') AS clock
       FROM checkpoint JOIN entry ON seq = size - 1 ORDER BY size DESC LIMIT ${SIGNED_MOMENTS}`,
    ),
    lastHandSince: db.prepare<[number], { seq: number | null }>(
      "SELECT max(seq) AS seq FROM entry WHERE seq >= ? AND json_extract(CAST(bytes AS TEXT), '$.type') = 'clock-set'",
    ),
    lastCheckpoint: db.prepare<[], { size: number; note: string }>(
      'SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1',
    ),
    addCheckpoint: db.prepare<[number, string, number | null]>(
      'INSERT INTO checkpoint (size, note, last_trusted_ms) VALUES (?, ?, ?)',
    ),
    witnessed: db.prepare<[string], { size: number; root: Buffer }>(
      'SELECT size, root FROM witnessed WHERE origin = ?',
    ),
    setWitnessed: db.prepare<[string, number, Buffer]>(
      `INSERT INTO witnessed (origin, size, root) VALUES (?, ?, ?)
       ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root`,
    ),
    dropWitnessed: db.prepare<[string]>('DELETE FROM witnessed WHERE origin = ?'),
    // Whose countersignatures stand under heads of this log stays known: they could not be checked any more.
    dropKnownKiosk: db.prepare<[string]>('DELETE FROM known_kiosk WHERE name = ? AND witnessed_size IS NULL'),
    checkpointOf: db.prepare<[number], { note: string; last_trusted_ms: number | null }>(
      'SELECT note, last_trusted_ms FROM checkpoint WHERE size = ?',
    ),
    setCheckpointNote: db.prepare<[number, string]>(
      `INSERT INTO checkpoint (size, note, last_trusted_ms) VALUES (?, ?, NULL)
       ON CONFLICT (size) DO UPDATE SET note = excluded.note`,
    ),
    knownKiosk: db.prepare<[string], { public_key: Buffer }>('SELECT public_key FROM known_kiosk WHERE name = ?'),
    addKnownKiosk: db.prepare<[string, Buffer]>(
      'INSERT INTO known_kiosk (name, public_key) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
    ),
    witnessedSize: db.prepare<[], { size: number | null }>('SELECT max(witnessed_size) AS size FROM known_kiosk'),
    setWitnessedSize: db.prepare<[number, string]>(
      'UPDATE known_kiosk SET witnessed_size = max(coalesce(witnessed_size, 0), ?) WHERE name = ?',
    ),
    lastRun: db.prepare<[], { type: string; boot: string | null }>('SELECT type, boot FROM last_run'),
    setLastRun: db.prepare<[string, string]>(
      `INSERT INTO last_run (id, type, boot) VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET type = excluded.type, boot = excluded.boot`,
    ),
    foldedCount: db.prepare<[], FoldedCount>('SELECT seq, inside, since_ms FROM head_count'),
    foldCount: db.prepare<[number, number, number]>(
      `INSERT INTO head_count (id, seq, inside, since_ms) VALUES (1, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, inside = excluded.inside, since_ms = excluded.since_ms`,
    ),
    countedFrom: db.prepare<[number], { bytes: Buffer }>(
      `SELECT bytes FROM entry WHERE seq > ?
       AND json_extract(CAST(bytes AS TEXT), '$.type') IN ('shown', 'counted-out', 'counted-reset') ORDER BY seq`,
    ),
    addSalt: db.prepare<[number, Buffer | null, Buffer | null, number]>(
      'INSERT INTO salt (seq, pass, facts, wall_ms) VALUES (?, ?, ?, ?)',
    ),
    addFacts: db.prepare<[number, string, number]>('INSERT INTO facts (seq, json, wall_ms) VALUES (?, ?, ?)'),
    use: db.prepare<[Buffer], LastUseRow>('SELECT boot, mono_ms, wall_ms FROM use WHERE key = ?'),
    takeUse: db.prepare<[Buffer, ...UseRow]>(
      `INSERT INTO use (key, seq, boot, mono_ms, wall_ms, ends_ms, mono_ends_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO NOTHING`,
    ),
    renewUse: db.prepare<[Buffer, ...UseRow]>(
      `INSERT INTO use (key, seq, boot, mono_ms, wall_ms, ends_ms, mono_ends_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET seq = excluded.seq, boot = excluded.boot, mono_ms = excluded.mono_ms,
       wall_ms = excluded.wall_ms, ends_ms = excluded.ends_ms, mono_ends_ms = excluded.mono_ends_ms`,
    ),
    addUnshown: db.prepare<[number, Buffer, number]>('INSERT INTO unshown (seq, use_key, wall_ms) VALUES (?, ?, ?)'),
    dropShown: db.prepare<[number]>('DELETE FROM unshown WHERE seq = ?'),
    dropUnshownUse: db.prepare<[Buffer]>('DELETE FROM unshown WHERE use_key = ?'),
    allUnshown: db.prepare<[], { seq: number; use_key: Buffer; wall_ms: number }>(
      // On a damaged page a column holds anything.
      "SELECT seq, use_key, wall_ms FROM unshown WHERE typeof(use_key) = 'blob'",
    ),
    // A stamp from the future is that of a wrong clock: no later one comes near it either.
    dropUnshown: db.prepare<[number, number]>('DELETE FROM unshown WHERE wall_ms < ? OR wall_ms > ?'),
    addSticker: db.prepare<[string, Buffer | null, number, number, number | null]>(
      'INSERT INTO sticker (id, use_key, until_ms, single, pass_until_ms) VALUES (?, ?, ?, ?, ?)',
    ),
    sticker: db.prepare<[string], StickerRow>('SELECT use_key, single, pass_until_ms FROM sticker WHERE id = ?'),
    revokedStickers: db.prepare<[], { id: string }>('SELECT id FROM sticker WHERE revoked = 1'),
    dropStickers: db.prepare<[number]>('DELETE FROM sticker WHERE until_ms < ?'),
    revokeSticker: db.prepare<[string]>('UPDATE sticker SET revoked = 1 WHERE id = ? AND revoked = 0'),
    countEnded: db.prepare<Over, { salts: number; facts: number; uses: number }>(
      `SELECT (SELECT count(*) FROM salt WHERE ${SIDE_ROW_IS_OVER}) AS salts,
              (SELECT count(*) FROM facts WHERE ${SIDE_ROW_IS_OVER}) AS facts,
              (SELECT count(*) FROM use WHERE ${USE_IS_OVER}) +
              (SELECT count(*) FROM use WHERE ${PASSBACK_IS_BEHIND} AND NOT (${USE_IS_OVER})) AS uses`,
    ),
    dropSalts: db.prepare<Over>(`DELETE FROM salt WHERE ${SIDE_ROW_IS_OVER}`),
    dropFacts: db.prepare<Over>(`DELETE FROM facts WHERE ${SIDE_ROW_IS_OVER}`),
    dropUses: db.prepare<Over>(`DELETE FROM use WHERE ${USE_IS_OVER}`),
    dropPassbacksBehind: db.prepare<Over>(`DELETE FROM use WHERE ${PASSBACK_IS_BEHIND}`),
    behindUntil: db.prepare<[number], { seq: number | null }>(
      'SELECT max(seq) AS seq FROM clock_behind WHERE at_ms < ?',
    ),
    // Salts tell of all rows: whoever has facts or a use has one.
    noticeBehind: db.prepare<{ latest: number }>(
      `INSERT OR REPLACE INTO clock_behind (at_ms, seq)
       SELECT :latest, (SELECT max(seq) FROM entry) WHERE EXISTS (
         SELECT 1 FROM salt WHERE wall_ms > :latest
         AND seq > coalesce((SELECT max(seq) FROM clock_behind WHERE at_ms <= :latest), -1))`,
    ),
    forgetBehind: db.prepare<{ latest: number }>(
      `DELETE FROM clock_behind
       WHERE NOT EXISTS (SELECT 1 FROM salt WHERE wall_ms > :latest AND salt.seq <= clock_behind.seq)`,
    ),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;
