import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** npm runs a script in the folder of its package.json. */
export const PROJECT: string = process.cwd();
const BUILT = join(PROJECT, 'dist');
const NOT_COPIED = new Set(['mutants', 'survival']);

interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The mistakes that a harness must be able to see, made in a copy of the build. */
const MUTANTS: Readonly<Record<string, readonly Edit[]>> = {
  // The lamp comes first and the disk follows five milliseconds later.
  'act-then-record': [
    {
      file: 'journal/sqlite-journal.js',
      from: 'const result = handle.db',
      to: `const late = (db) => ({ transaction: (body) => ({ immediate: () => {
        if (!db.inTransaction) {
          db.exec('BEGIN IMMEDIATE');
          setTimeout(() => { if (db.open && db.inTransaction) db.exec('COMMIT'); }, 5);
        }
        return body();
      } }) });
      const result = late(handle.db)`,
    },
  ],
  'dropped-passback': [
    { file: 'policy/decide.js', from: 'if (history.lastUse === null)', to: 'if (true)' },
    {
      file: 'journal/judge-scan.js',
      from: 'const taken = statements.takeUse.run(use.key, ...row).changes === 0;',
      to: 'const taken = statements.takeUse.run(use.key, ...row).changes > 1;',
    },
  ],
  'synchronous-normal': [
    { file: 'journal/open.js', from: "pragma('synchronous = FULL')", to: "pragma('synchronous = NORMAL')" },
    { file: 'journal/open.js', from: 'const FULL_SYNC = 2', to: 'const FULL_SYNC = 1' },
  ],
  'missing-directory-sync': [{ file: 'base/atomic-file.js', from: 'syncFolder(dirname(path));', to: '' }],
  // What ended by a wrong date is forgotten at once.
  'hasty-purge': [{ file: 'kiosk/clock-watch.js', from: 'Math.min(atMs, vouchedMs)', to: 'atMs' }],
  'believes-any-date': [{ file: 'journal/trusted-time.js', from: 'if (isLeap && !isProven)', to: 'if (false)' }],
  // A clock that was hours ahead for a minute is held against the right one.
  'clings-to-a-day': [{ file: 'kiosk/clock-floor.js', from: ' - LEAP_DAYS * DAY_MS', to: '' }],
  'no-secure-delete': [
    { file: 'journal/open.js', from: "pragma('secure_delete = ON')", to: "pragma('secure_delete = OFF')" },
    { file: 'register/register-file.js', from: "pragma('secure_delete = ON')", to: "pragma('secure_delete = OFF')" },
    { file: 'register/register-file.js', from: "db.pragma('secure_delete', { simple: true }) === 1", to: 'true' },
  ],
  'temporary-files': [
    { file: 'journal/open.js', from: "pragma('temp_store = MEMORY')", to: "pragma('temp_store = FILE')" },
  ],
  'traces-in-pages': [{ file: 'journal/purge.js', from: 'rebuildUses(db);', to: 'void db;' }],
  'truncated-log': [{ file: 'journal/wal-scrub.js', from: 'onDisk(() => overwrite(', to: 'void (() => overwrite(' }],
  'kept-day-keys': [{ file: 'register/visit-store.js', from: 'keys.destroy(day)', to: 'void day' }],
  // What it reads is compared with nothing.
  'believes-the-disk': [{ file: 'journal/entry.js', from: 'leafHash(bytes).equals(leaf)', to: 'true' }],
  // What stands in the write-ahead log behind a bad frame is taken for nothing, as SQLite takes it.
  'gives-up-at-damage': [{ file: 'journal/wal-file.js', from: 'behind.length >= SPOILT_COMMITS', to: 'false' }],
  // The damaged journal is replaced before it has another name.
  'thrown-away-journal': [{ file: 'journal/set-aside.js', from: 'linkSync(`', to: 'void (`' }],
  'no-reserve': [{ file: 'journal/reserve.js', from: 'unlinkSync(this.#path);', to: 'return false;' }],
};

/** A build to run: the real one, or a copy with one mistake made in it. */
export interface Build {
  readonly dist: string;
  readonly cli: string;
  remove(): void;
}

/** @param mutant a name of the table above, or null for the build as it is */
export function buildOf(mutant: string | null): Build {
  if (mutant === null) return { dist: BUILT, cli: join(BUILT, 'cli.js'), remove: () => {} };
  const edits = MUTANTS[mutant];
  if (edits === undefined) throw new Error(`there is no mutant '${mutant}'`);
  // Inside the project, so that the copy finds the same packages.
  const copies = join(BUILT, 'mutants');
  mkdirSync(copies, { recursive: true });
  const dist = mkdtempSync(join(copies, `${mutant}-`));
  for (const name of readdirSync(BUILT)) {
    if (!NOT_COPIED.has(name)) cpSync(join(BUILT, name), join(dist, name), { recursive: true });
  }
  for (const { file, from, to } of edits) {
    const path = join(dist, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${mutant}: '${from}' must stand once in dist/${file}`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }
  return { dist, cli: join(dist, 'cli.js'), remove: () => rmSync(dist, { recursive: true, force: true }) };
}
