import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openTrustStore } from '../../src/trust/trust-store.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { hasStrace } from '../support/strace.ts';
import { publisher } from '../support/trust-publisher.ts';

const STORE = fileURLToPath(new URL('../../dist/trust/trust-store.js', import.meta.url));
const CALLS = ['pwrite64', 'write', 'fsync', 'fdatasync', 'rename', 'unlink', 'ftruncate'] as const;
/** Which list and which root a kill left behind. */
const seen = new Set<string>();
/** More of one call than an import makes: the loop ends at the first run that nothing has killed. */
const MOST_CALLS = 60;
const SIGKILLED = 'SIGKILL';

const folder = mkdtempSync(join(tmpdir(), 'munjigi-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [root, successor] = [publisher(), publisher('Ed25519')];
const second = successor.list(2);
const script = join(folder, 'import.mjs');
writeFileSync(
  script,
  `import { readFileSync } from 'node:fs';
import { openTrustStore } from ${JSON.stringify(STORE)};
const store = openTrustStore(process.argv[2], { readOnly: false });
const candidate = { name: 'l', bytes: readFileSync(process.argv[3]), root: null, fingerprint: null, now: { atMs: ${LUNCH_MS}, trusted: true } };
const imported = await store.value.importList(candidate);
store.value.close();
if (!imported.ok) throw new Error(imported.error);
`,
);
writeFileSync(join(folder, 'second.jwt'), second);

function openAt(data: string) {
  const opened = openTrustStore(join(data, 'trust.db'), { readOnly: false });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

/** A kiosk whose list 1 announces the next root. */
async function site(): Promise<string> {
  const data = mkdtempSync(join(folder, 'data-'));
  writeFileSync(join(data, 'trust-root.jwk'), root.rootFile);
  const store = openAt(data);
  const bytes = Buffer.from(root.list(1, { nextRoot: successor.rootJwk }));
  const now = { atMs: LUNCH_MS, trusted: true };
  const imported = await store.importList({ name: 'l', bytes, root: null, fingerprint: null, now });
  store.close();
  if (!imported.ok) throw new Error(imported.error);
  return data;
}

/** Imports list 2 of the next root and is killed at the given call on the store or the root; true if it was. */
function killedAt(data: string, call: string, when: number): boolean {
  const paths = [
    'trust.db',
    'trust.db-wal',
    'trust.db-shm',
    'trust.db-journal',
    'trust-root.jwk',
    'trust-root.jwk.new',
    '.',
  ];
  const watched = paths.flatMap((name) => ['-P', join(data, name)]);
  const inject = `inject=${call}:signal=${SIGKILLED}:when=${when}`;
  const args = ['-f', '-qq', '-o', '/dev/null', ...watched, '-e', `trace=${call}`, '-e', inject];
  const run = spawnSync('strace', [
    ...args,
    process.execPath,
    script,
    join(data, 'trust.db'),
    join(folder, 'second.jwt'),
  ]);
  if (run.signal !== SIGKILLED && run.status !== 0) throw new Error(run.stderr.toString());
  return run.signal === SIGKILLED;
}

describe.skipIf(!hasStrace)('an import that is killed at any step of list and root', () => {
  it.each(CALLS)(
    '%s: the kiosk starts with the old list or the new one, and the import can be done again',
    async (call) => {
      const before = await site();
      for (let when = 1; when <= MOST_CALLS; when += 1) {
        const data = mkdtempSync(join(folder, 'cut-'));
        for (const name of ['trust.db', 'trust-root.jwk']) copyFileSync(join(before, name), join(data, name));
        const wasKilled = killedAt(data, call, when);
        const store = openAt(data);
        const contents = store.contents();
        if (!contents.ok) throw new Error(contents.error);
        const version = contents.value.list?.dates.version;
        const pinned = readFileSync(join(data, 'trust-root.jwk'), 'utf8').includes(successor.signer.kid)
          ? 'new'
          : 'old';
        expect(contents.value.warnings, `${call} ${when}`).toEqual([]);
        expect([1, 2], `${call} ${when}`).toContain(version);
        // The new root may be there before its list, never the list without its root.
        if (version === 2) expect(pinned, `${call} ${when}`).toBe('new');
        if (wasKilled) seen.add(`list ${version}, ${pinned} root`);
        const now = { atMs: LUNCH_MS, trusted: true };
        const again = await store.importList({
          name: 'l',
          bytes: Buffer.from(second),
          root: null,
          fingerprint: null,
          now,
        });
        expect(again.ok ? again.value.version : again.error, `${call} ${when}`).toBe(2);
        store.close();
        if (!wasKilled) {
          expect(version).toBe(2);
          expect(existsSync(join(data, 'trust-root.jwk.new'))).toBe(false);
          return;
        }
      }
      throw new Error(`${call} was made more than ${MOST_CALLS} times`);
    },
    120_000,
  );

  it('is killed before, between and after the two', () => {
    expect([...seen].sort()).toEqual(['list 1, new root', 'list 1, old root', 'list 2, new root']);
  });
});
