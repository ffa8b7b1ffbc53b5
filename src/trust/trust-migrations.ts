/** Steps of the trust store's schema, appended and never edited; `PRAGMA user_version` counts the ones that are done. */
export const TRUST_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE loose_document (
    name TEXT NOT NULL,
    -- Empty for none: NULL would let one name in twice.
    issuer TEXT NOT NULL,
    bytes BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    keys INTEGER NOT NULL,
    imported_at_ms INTEGER NOT NULL,
    PRIMARY KEY (name, issuer)
  ) STRICT;
  `,
  `
  CREATE TABLE signed_list (
    -- The order of imports: another publisher may count its versions from 1 again.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL,
    token BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    -- The JWK of the root that signed it, which may have handed over since.
    root BLOB NOT NULL,
    imported_at_ms INTEGER NOT NULL
  ) STRICT;
  `,
];
