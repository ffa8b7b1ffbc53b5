/**
 * Steps of the journal's schema, appended and never edited; `PRAGMA user_version` counts the ones that are done.
 * Forward only: an older program refuses a newer file.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL,
    leaf BLOB NOT NULL
  ) STRICT;
  -- Side tables: deleted after 28 days, while entry bytes and leaves stay.
  CREATE TABLE salt (
    seq INTEGER PRIMARY KEY,
    pass BLOB,
    facts BLOB,
    wall_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE facts (
    seq INTEGER PRIMARY KEY,
    json TEXT NOT NULL,
    wall_ms INTEGER NOT NULL
  ) STRICT;
  -- One row a use key: the primary key is the second lock on single use, behind policy.decide.
  CREATE TABLE use (
    key BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX use_ends ON use (ends_ms);
  -- Admissions whose signal is not yet known to have been given.
  CREATE TABLE unshown (
    seq INTEGER PRIMARY KEY,
    use_key BLOB NOT NULL,
    wall_ms INTEGER NOT NULL
  ) STRICT;
  -- The type of the newest start or stop entry, so that a start need not read back to it.
  CREATE TABLE last_run (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    type TEXT NOT NULL
  ) STRICT;
  CREATE TABLE sticker (
    id TEXT PRIMARY KEY,
    use_key BLOB,
    until_ms INTEGER NOT NULL,
    -- Of the pass that it stands for: whether that opens once, and when that ends (null: never).
    single INTEGER NOT NULL,
    pass_until_ms INTEGER,
    revoked INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- How many people were inside as of an entry, so that a start reads back to it and no further.
  CREATE TABLE head_count (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    inside INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Hashes above the leaves, every fourth level; see tree-store.ts.
  CREATE TABLE node (
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, idx)
  ) STRICT, WITHOUT ROWID;
  -- Signed heads of this log. What they carry along spares a start the way back to an entry under a trusted clock.
  CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL,
    last_trusted_ms INTEGER
  ) STRICT;
  -- The last head of each other log that this kiosk has countersigned.
  CREATE TABLE witnessed (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Until when monotonic time of that boot holds a passback; null where only the calendar ends it.
  ALTER TABLE use ADD COLUMN mono_ends_ms INTEGER;
  `,
  `
  -- The boot of the machine in which the newest start or stop was written: tells a kill from a power cut.
  ALTER TABLE last_run ADD COLUMN boot TEXT;
  `,
  `
  -- Other kiosks by the name of their log: the key that was first seen of each, and how much of this log it has
  -- countersigned (null: nothing).
  CREATE TABLE known_kiosk (
    name TEXT PRIMARY KEY,
    public_key BLOB NOT NULL,
    witnessed_size INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Tickets of one evening end together: by their entries behind that, each new one stands beside the last.
  DROP INDEX use_ends;
  CREATE INDEX use_ends ON use (ends_ms, seq);
  `,
  `
  -- Keys that uses are remembered under, by a check value; see use-key.ts. Of one that was lost: when, and until when a pass
  -- that was used under it may still be shown.
  CREATE TABLE use_key (
    fits BLOB PRIMARY KEY,
    since_seq INTEGER NOT NULL,
    lost_ms INTEGER,
    until_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What is over is looked for between two people, among all who came in 28 days.
  CREATE INDEX salt_wall ON salt (wall_ms);
  CREATE INDEX facts_wall ON facts (wall_ms);
  `,
  `
  -- A clock was found to be behind stamps of rows up to an entry, and what it showed then; see purge.ts.
  CREATE TABLE clock_behind (
    at_ms INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL
  ) STRICT;
  `,
];
