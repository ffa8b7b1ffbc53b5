import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journal } from '../../src/commands/journal.ts';
import { checkOutage } from '../../src/journal/check-outage.ts';
import { leafHash } from '../../src/journal/entry.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { readOutage } from '../../src/journal/outage-file.ts';
import { parseVerifierKey } from '../../src/journal/signed-note.ts';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { entriesIn, typesIn } from '../support/entries.ts';
import { refusedBy } from '../support/in-process.ts';
import { SimulatedKiosk } from '../support/simulated-kiosk.ts';

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-outages-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

const on = (...args: readonly string[]) => ran(['journal', ...args, '--data', data], { cwd: folder });
const ALL_TIME = ['--from', '2026-01-01T00:00:00Z', '--to'] as const;
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const around = (): readonly string[] => ['--from', inDays(-1), '--to', inDays(1)];

describe('an owner who must show when the kiosk could not check', () => {
  it('gets a signed file and a page, and the log says that something was given away', async () => {
    await ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
    const [out, html] = [join(folder, 'outage.json'), join(folder, 'outage.html')];
    const made = await on('outage', ...around(), '--out', out, '--html', html);
    expect([made.code, made.out]).toEqual([0, expect.stringContaining('no outage in this time')]);
    const key = parseVerifierKey(sha256, /key[^:\n]*: (\S+)$/m.exec(made.err)?.[1] ?? '');
    const signed = readOutage(readFileSync(out, 'utf8'));
    if (!key.ok || !signed.ok) throw new Error('the file cannot be read');
    expect(checkOutage(sha256, verifyEd25519, signed.value, [key.value])).toEqual({ ok: true });
    expect(signed.value.certificate.venue).toBe('문지기 Munjigi');
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('출입 확인 중단 증명서');
    expect(page).not.toMatch(/<!--c|"signed"<\/script>/);
    expect(typesIn(data)).toContain('log-exported');
    expect(jsonLines(await on('outage', ...around(), '--json'))).toMatchObject([{ certificate: { intervals: [] } }]);
  });

  it.each([
    [['--to', '2026-01-01T00:00:00Z'], '--from TIME is missing; see --help'],
    [['--from', '2026-01-01T00:00:00Z'], '--to TIME is missing; see --help'],
    [['--from', 'yesterday', '--to', '2026-01-01T00:00:00Z'], /^--from: 'yesterday' is not a time/],
    [[...ALL_TIME, '2026-01-01T00:00:00Z'], '--to must be later than --from'],
    [[...ALL_TIME, '2026-02-01T00:00:01Z'], /^one certificate covers at most 31 days/],
    [[...ALL_TIME, '2026-01-02T00:00:00Z', 'more'], "'more' is not expected; see --help"],
  ])('is told what is wrong with %j', async (args, sentence) => {
    expect(await refusedBy(journal, ['outage', ...args, '--data', data])).toMatch(sentence);
  });

  it('is told that there is no log, and none is begun', async () => {
    expect(complaintOf(await on('outage', ...around())).code).toBe(2);
    expect(existsSync(join(data, 'journal.db'))).toBe(false);
  });

  it('loses nothing by a file that cannot be written', async () => {
    await ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
    const { code, says } = complaintOf(await on('outage', ...around(), '--out', join(folder, 'no', 'folder')));
    expect([code, says]).toEqual([2, expect.stringMatching(/cannot be written/)]);
    expect(typesIn(data)).not.toContain('log-exported');
  });
});

describe('a command where no kiosk runs', () => {
  it('is never taken for a sign of life: each of its entries says who wrote it', async () => {
    await ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
    await on('outage', ...around());
    expect(entriesIn(data).map(({ type, writer }) => [type, writer])).toEqual([
      ['sticker-issued', 'command'],
      ['log-exported', 'command'],
    ]);
  });
});

describe('a kiosk that was killed', () => {
  it('is down until it is started again, by what the certificate says and a stranger checks', async () => {
    await (await SimulatedKiosk.start(data)).kill();
    const out = join(folder, 'outage.json');
    const told = async (): Promise<readonly string[]> => {
      const { out: said, err } = await on('outage', ...around(), '--out', out);
      const key = parseVerifierKey(sha256, /key[^:\n]*: (\S+)$/m.exec(err)?.[1] ?? '');
      const signed = readOutage(readFileSync(out, 'utf8'));
      if (!key.ok || !signed.ok) throw new Error('the file cannot be read');
      expect(checkOutage(sha256, verifyEd25519, signed.value, [key.value])).toEqual({ ok: true });
      return said.split('\n').filter((line) => line.includes('not running') || line.includes('could not record'));
    };
    const down = [expect.stringMatching(/still so at \S+ \S+ {2}not running \(the program was killed\)/)];
    expect(await told()).toEqual(down);
    expect(await told()).toEqual(down);
    const again = await SimulatedKiosk.start(data);
    const over = expect.stringMatching(/\d {2}\d min {2}not running \(the program was killed\)/);
    expect(await told()).toEqual([over]);
    await again.stop();
    expect(await told()).toEqual([over, expect.stringMatching(/still so at \S+ \S+ {2}not running \(switched off\)/)]);
  });
});

describe('an owner who asks how the day was', () => {
  it('reads it, today and on another day', async () => {
    await ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
    expect(jsonLines(await on('counters', '--json'))).toMatchObject([{ stickers: 1, admit: 0, hours: [] }]);
    const other = await on('counters', '--day', '2021-12-13');
    expect([other.code, other.out]).toEqual([
      0,
      expect.stringMatching(/^2021-12-13 +admit +assist +refuse\nall day +0 +0 +0\n/),
    ]);
  });

  it.each(['13.12.2021', '2021-02-30', 'today'])('is told that %s is no day', async (day) => {
    await ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
    expect(await refusedBy(journal, ['counters', '--day', day, '--data', data])).toBe(
      `--day must be a day like 2021-12-13, not '${day}'`,
    );
  });
});

describe('a log of a newer version', () => {
  it.each([['tail'], ['counters'], ['outage', ...around()]])('is not half understood by %s', async (...args) => {
    await ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
    await on('checkpoint');
    const db = new Database(join(data, 'journal.db'));
    const entry = db.prepare<[], Buffer>('SELECT bytes FROM entry WHERE seq = 0').pluck().get()?.toString('utf8') ?? '';
    const bytes = Buffer.from(entry.replace('sticker-issued', 'hologram-made'));
    db.prepare('UPDATE entry SET bytes = ?, leaf = ? WHERE seq = 0').run(bytes, leafHash(bytes));
    db.close();
    // What the newer version has signed fits what it wrote.
    rmSync(join(data, 'journal.head'));
    const { code, says } = complaintOf(await on(...args));
    expect([code, says]).toEqual([2, expect.stringMatching(/use the version that wrote it/)]);
  });
});
