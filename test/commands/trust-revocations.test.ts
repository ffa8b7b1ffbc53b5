import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { entriesIn } from '../support/entries.ts';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { CLI } from '../support/kiosk-process.ts';
import { batch, listFile, randomHash } from '../support/revocations.ts';

let folder: string;
let data: string;
let issuer: TestIssuer;
let lost: string;
let kept: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-revoked-'));
  data = join(folder, 'data');
  issuer = testIssuer(folder);
  lost = issuer.pass('membership', { jti: 'lost-card' });
  kept = issuer.pass('membership', { jti: 'kept-card' });
});
afterEach(() => rmSync(folder, { recursive: true }));

const importing = (...files: readonly string[]) =>
  ran(['trust', 'import', '--unsigned', '--json', ...files, '--data', data], { cwd: folder });
const list = (version: number, ...revokedIds: readonly string[]): string =>
  listFile(folder, { iss: 'box-office', version, revokedIds });
const reasons = async (...args: readonly string[]): Promise<readonly unknown[]> =>
  jsonLines(await ran(['verify', '--json', ...args], { input: `${lost}\n${kept}\n` })).map(({ reason }) => reason);

describe('trust import of a revocation list', () => {
  it('refuses whoever is on it, says so in the journal, and lists it', async () => {
    const imported = await importing(issuer.trustFile, list(1, 'lost-card'));
    expect(jsonLines(imported)).toEqual([
      { documents: 1, keys: 1 },
      { kind: 'pass-id', issuer: 'box-office', entries: 1, signed: false, replaced: null },
    ]);
    expect(await reasons('--data', data)).toEqual(['revoked', 'ok']);
    const entry = { type: 'revocations-imported', signed: false, kind: 'pass-id', issuer: 'box-office', entries: 1 };
    expect(entriesIn(data)).toMatchObject([
      { type: 'trust-imported' },
      { ...entry, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const [shown] = jsonLines(await ran(['trust', 'list', '--json', '--data', data]));
    expect(shown).toMatchObject({ kind: 'pass-id', issuer: 'box-office', entries: 1, version: 1, signed: false });
    const text = (await ran(['trust', 'list', '--data', data])).out;
    expect(text).toMatch(/^pass-id of box-office {2}1 revocation {2}\S+Z {2}unsigned {2}[0-9a-f]{16}$/m);
  });

  it('admits again whoever is on the next one no more', async () => {
    await importing(issuer.trustFile, list(1, 'lost-card'));
    const next = await importing(list(2, 'kept-card'));
    expect(jsonLines(next)).toMatchObject([{ entries: 1, replaced: 1 }]);
    expect(await reasons('--data', data)).toEqual(['ok', 'revoked']);
    const again = await importing(list(2, 'kept-card'));
    expect(again.err).toContain('in use already');
    expect(entriesIn(data)).toHaveLength(3);
  });

  it('a bad list is one sentence, and the one in use stays as it was', async () => {
    await importing(issuer.trustFile, list(2, 'lost-card'));
    const before = jsonLines(await ran(['trust', 'list', '--json', '--data', data]));
    const bad = listFile(folder, '{"iss":"box-office","revokedIds":["kept-card"],"version":3,');
    for (const path of [bad, list(1, 'kept-card')]) {
      const { code, says } = complaintOf(await importing(path));
      expect(code).toBe(2);
      expect(says).toContain('nothing was changed');
    }
    expect(jsonLines(await ran(['trust', 'list', '--json', '--data', data]))).toEqual(before);
    expect(await reasons('--data', data)).toEqual(['revoked', 'ok']);
  });

  it('an import that is killed leaves the old list in use, and goes on where it ended', async () => {
    const path = listFile(folder, batch(Array.from({ length: 200_000 }, randomHash)));
    await importing(issuer.trustFile, list(1, 'lost-card'));
    const child = spawn(process.execPath, [CLI, 'trust', 'import', '--unsigned', path, '--data', data]);
    for await (const line of createInterface({ input: child.stderr })) if (line.startsWith('stored')) break;
    child.kill('SIGKILL');
    if (child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    expect(await reasons('--data', data)).toEqual(['revoked', 'ok']);
    expect(
      jsonLines(await ran(['trust', 'list', '--json', '--data', data])).filter(({ kind }) => kind !== undefined),
    ).toHaveLength(1);
    const again = await importing(path);
    expect(again.err).toMatch(/; \d{6} were there from an import that was ended/);
    const listed = jsonLines(await ran(['trust', 'list', '--json', '--data', data]));
    expect(listed.filter(({ kind }) => kind === 'dcc-uci')).toMatchObject([{ entries: 200_000 }]);
    expect(await reasons('--data', data)).toEqual(['revoked', 'ok']);
  });

  it('a damaged list does not keep the kiosk from its other work, and is named', async () => {
    await importing(issuer.trustFile, list(1, 'lost-card'));
    const lists = join(data, 'revocations');
    const [name] = readdirSync(lists).filter((file) => file.endsWith('.db'));
    writeFileSync(join(lists, name ?? ''), 'not a list');
    expect(await reasons('--data', data)).toEqual(['trust-stale', 'trust-stale']);
    const listed = await ran(['trust', 'list', '--data', data]);
    expect([listed.code, listed.err]).toEqual([0, expect.stringContaining('import it again')]);
    expect((await importing(list(1, 'lost-card'))).code).toBe(0);
    expect(await reasons('--data', data)).toEqual(['revoked', 'ok']);
  });
});

describe('verify', () => {
  it('takes revocation lists beside the keys, alone or in a folder', async () => {
    const path = list(1, 'lost-card');
    expect(await reasons('--trust', issuer.trustFile)).toEqual(['ok', 'ok']);
    expect(await reasons('--trust', issuer.trustFile, '--trust', path)).toEqual(['revoked', 'ok']);
    expect(await reasons('--trust', folder)).toEqual(['revoked', 'ok']);
  });

  it('says what is wrong with a list', async () => {
    const cards = listFile(folder, { kid: 'x', method: 'rid', ctr: 1, rids: [] });
    const refused = complaintOf(await ran(['verify', '--trust', cards], { input: lost }));
    expect(refused).toEqual({ code: 2, says: expect.stringContaining('kid is no SHA-256 thumbprint') });
    const twice = ['--trust', list(1, 'lost-card'), '--trust', list(2, 'lost-card')];
    expect(complaintOf(await ran(['verify', ...twice], { input: lost })).says).toContain('about the same');
  });
});
