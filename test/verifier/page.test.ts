import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogKey } from '../../src/journal/log-key.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { proveEntry } from '../../src/journal/prove.ts';
import { chromiumNote, hasChromium, launch } from '../support/browser.ts';
import {
  type ExportedLog,
  edited,
  exportedLog,
  newLogKey,
  recordedLog,
  temporaryFolder,
  verdictsOn,
  writtenExport,
} from '../support/exported-log.ts';

const PAGE = join(import.meta.dirname, '../../dist/journal/verifier/verify.html');

describe.skipIf(!hasChromium)(`a stranger opens the page from a stick${chromiumNote}`, () => {
  let browser: Browser;
  let page: Page;
  let url: string;
  let key: LogKey;
  let path: string;
  let log: ExportedLog;
  const asked: string[] = [];

  beforeAll(async () => {
    if (!existsSync(PAGE)) throw new Error(`${PAGE} is not built: npm run build`);
    key = newLogKey('7A');
    path = recordedLog(key, 120).path;
    log = exportedLog(path);
    // Alone in a folder: whatever it needed beside it would be missing.
    const stick = join(temporaryFolder(), 'verify.html');
    copyFileSync(PAGE, stick);
    url = pathToFileURL(stick).href;
    browser = await launch();
    page = await browser.newPage();
    page.on('request', (request) => asked.push(request.url()));
  });
  afterAll(() => browser.close());

  const show = async (files: readonly string[]): Promise<string> => {
    await page.goto(url);
    await page.setInputFiles('#pick', [...files]);
    await page.waitForSelector('#result.good, #result.part, #result.bad');
    return page.innerText('#result');
  };
  const filesOf = (shown: ExportedLog): readonly string[] => {
    const folder = writtenExport(shown, key.verifierText);
    return readdirSync(folder).map((name) => join(folder, name));
  };

  const proofOf = (seq: number): string => {
    const db = openJournalReader(path);
    if (!db.ok) throw new Error(db.error);
    const proof = proveEntry(db.value, seq);
    db.value.close();
    if (!proof.ok) throw new Error(proof.error);
    return proof.value;
  };

  it('and reads in Korean and English that the log is as it was signed, and since when nobody vouches', async () => {
    const text = await show(filesOf(log));
    expect(text).toContain('이 기록은 서명된 그대로입니다.');
    expect(text).toContain('This log is as it was signed.');
    expect(text).toContain('Entries checked: 120');
    expect(text).toMatch(/unwitnessed since 20\d\d-/);
    expect(text).toContain('compare it with the one that the kiosk shows');
    const [command] = await verdictsOn(log, { key: key.verifierText });
    expect(JSON.parse((await page.textContent('#json')) ?? '')).toEqual(command);
  });

  it('and reads where it was changed', async () => {
    const entries = log.entries.with(70, edited(log.entries[70] ?? '', { count: 0 }));
    const text = await show(filesOf({ ...log, entries }));
    expect(text).toContain('Entries 60 to 99: These are not the entries that were signed');
    expect(text).toContain('기록 60–99');
  });

  it('and holds it against a checkpoint that was photographed', async () => {
    await show(filesOf({ ...log, entries: log.entries.slice(0, 60), checkpoints: log.checkpoints.slice(0, 1) }));
    await page.click('summary');
    await page.fill('#witnesses', log.checkpoints.at(-1) ?? '');
    await page.click('#again');
    await page.waitForSelector('#result.bad');
    expect(await page.innerText('#result')).toContain('A witness was shown more entries');
  });

  it('and one proof, with the key that was written down', async () => {
    await page.goto(url);
    await page.click('summary');
    await page.fill('#keys', key.verifierText);
    await page.setInputFiles('#pick', {
      name: '7.tlog-proof',
      mimeType: 'text/plain',
      buffer: Buffer.from(proofOf(7)),
    });
    await page.waitForSelector('#result.good');
    expect(await page.innerText('#result')).toContain('Entry 7 is in the log that was signed.');
    await page.fill('#keys', newLogKey('8B').verifierText);
    await page.click('#again');
    await page.waitForSelector('#result.bad');
  });

  it('and what was dropped before is not mixed with what is dropped now', async () => {
    const part = filesOf(exportedLog(path, 60));
    expect(await show(part)).toMatch(
      /Only a part of the log is here[\s\S]*Entries 0 to 59: These are not in this export/,
    );
    expect(await page.getAttribute('#result', 'class')).toBe('part');
    await page.setInputFiles('#pick', [...filesOf(log)]);
    await page.waitForSelector('#result.good');
    expect(await page.innerText('#files')).not.toContain('start.txt');
    // Whoever asked for a part says so.
    await page.setInputFiles('#pick', [...part]);
    await page.waitForSelector('#result.part');
    await page.click('summary');
    await page.fill('#asked-from', '60');
    await page.click('#again');
    await page.waitForSelector('#result.good');
    expect(await page.innerText('#result')).toContain('Entries checked: 60 (60–119)');
  });

  it('and only what was kept elsewhere is a witness', async () => {
    const note = Buffer.from(log.checkpoints.at(-1) ?? '');
    const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: note };
    const folder = filesOf(log)
      .filter((name) => !name.endsWith('html'))
      .map((name) => ({ name: basename(name), mimeType: 'text/plain', buffer: readFileSync(name) }));
    await page.goto(url);
    await page.setInputFiles('#pick', [...folder, notes]);
    await page.waitForSelector('#result.good');
    const text = await page.innerText('#result');
    expect(text).toContain('No witness.');
    expect(text).toContain('Files that were not looked into: notes.txt');
    await page.click('summary');
    await page.setInputFiles('#kept', notes);
    await page.locator('#result', { hasText: 'vouches for the first 120' }).waitFor();
  });

  it('and a proof beside a changed log does not hide that', async () => {
    const entries = log.entries.with(70, edited(log.entries[70] ?? '', { count: 0 }));
    const proof = { name: '7.tlog-proof', mimeType: 'text/plain', buffer: Buffer.from(proofOf(7)) };
    const folder = filesOf({ ...log, entries }).map((name) => ({
      name: basename(name),
      mimeType: 'text/plain',
      buffer: readFileSync(name),
    }));
    await page.goto(url);
    await page.setInputFiles('#pick', [...folder, proof]);
    await page.waitForSelector('#result.bad');
    const text = await page.innerText('#result');
    expect(text).toContain('Entries 60 to 99: These are not the entries that were signed');
    expect(text).toContain('Entry 7 is in the log that was signed.');
  });

  it('and a page that cannot go on says so, and does not stay at its last sentence', async () => {
    const broken = await browser.newPage();
    await broken.addInitScript(() => {
      Reflect.set(Array.prototype, 'toSorted', () => {
        throw new RangeError('what nobody foresaw');
      });
    });
    await broken.goto(url);
    await broken.setInputFiles('#pick', [...filesOf(log)]);
    await broken.waitForSelector('#result.bad');
    expect(await broken.innerText('#result')).toContain('This cannot be checked.');
    await broken.close();
  });

  it('and is told in a sentence what is missing', async () => {
    const [entries = ''] = filesOf(log).filter((name) => name.endsWith('entries.jsonl'));
    expect(await show([entries])).toContain('the key of the log is missing');
  });

  it('and also in a browser that knows no Ed25519', async () => {
    const old = await browser.newPage();
    await old.addInitScript(() => {
      Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined });
    });
    await old.goto(url);
    await old.setInputFiles('#pick', [...filesOf(log)]);
    await old.waitForSelector('#result.good');
    await old.close();
  });

  it('and nothing was asked of anybody', () => {
    expect(asked.filter((each) => !each.startsWith('file:') && !each.startsWith('data:'))).toEqual([]);
    expect(new Set(asked)).toEqual(new Set([url]));
  });
});
