import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { realTimers } from '../../src/base/timers.ts';
import { type OwnerCommands, SCANNED_OUTCOMES } from '../../src/door/commands.ts';
import { formatCheckpointCode, notesIn } from '../../src/journal/checkpoint-code.ts';
import { sha256 } from '../../src/journal/native-crypto.ts';
import { pictureOf } from '../../src/kiosk/witness-desk.ts';
import { LOCALES } from '../../src/screen/locale.ts';
import { scannedPhrase } from '../../src/screen/owner-phrases.ts';
import { ownerRoutes } from '../../src/screen/owner-routes.ts';
import type { Route } from '../../src/screen/route.ts';
import { type ScreenServer, startServer } from '../../src/screen/server.ts';
import { builtPages, chromiumNote, hasChromium, launch } from '../support/browser.ts';
import { PIN, WiredSite } from '../support/wired-kiosk.ts';
import { hasZbar, readCode } from '../support/zbar.ts';

const needs = hasChromium && hasZbar;
const note = `${chromiumNote}${hasZbar ? '' : ' (skipped: install zbar-tools)'}`;
/** A small kiosk screen, a telephone, and a large one on its side. */
const SCREENS = [
  { width: 800, height: 480 },
  { width: 390, height: 844 },
  { width: 1080, height: 1920 },
] as const;

let browser: Browser;
let pages: readonly Route[];
let folder: string;
beforeAll(async () => {
  if (!hasChromium) return;
  folder = mkdtempSync(join(tmpdir(), 'owner-'));
  [browser, pages] = await Promise.all([launch(), builtPages()]);
}, 60_000);
afterAll(async () => {
  if (!hasChromium) return;
  await browser.close();
  rmSync(folder, { recursive: true });
});
const open: Page[] = [];
afterEach(async () => {
  for (const page of open.splice(0)) await page.close();
});

async function serve(site: WiredSite, owner: OwnerCommands = site.owner): Promise<ScreenServer> {
  const routes = [...pages, ...ownerRoutes(owner)];
  const server = await startServer({ port: 0, commands: site.wired.kiosk, routes, timers: realTimers });
  if (!server.ok) throw new Error(server.error);
  onTestFinished(() => server.value.stop());
  return server.value;
}

async function ownerPage(
  site: WiredSite,
  viewport: { width: number; height: number } = SCREENS[0],
  owner?: OwnerCommands,
): Promise<Page> {
  const server = await serve(site, owner);
  await site.setPin();
  const page = await browser.newPage({ viewport });
  open.push(page);
  await page.goto(`http://127.0.0.1:${server.port}/owner?lang=en`);
  await page.waitForSelector('.pad');
  if (viewport.height < 800) {
    for (const digit of PIN) await page.click(`.pad button:text-is("${digit}")`);
    await page.click('.pad button:text-is("OK")');
  } else {
    // A keyboard is faster than the page is drawn.
    await page.keyboard.type(PIN);
    await page.keyboard.press('Enter');
  }
  await page.waitForSelector('main[data-open="true"]');
  return page;
}

/** What a camera reads that is held before a code on the screen. */
async function read(page: Page, which: string): Promise<string> {
  const picture = await page.locator(which).screenshot();
  return readCode(picture, folder);
}
const OWN = 'main > .code';
const ANSWER = '.scanned .code';
/** Whoever has no keyboard sees every key without looking for it. */
const PAD_IN_VIEW = `document.querySelector('.pad').getBoundingClientRect().bottom <= innerHeight`;

describe('the owner’s page', () => {
  it.skipIf(!needs).each(SCREENS)(
    `on a screen of %j shows a checkpoint that a telephone reads${note}`,
    async (size) => {
      const site = await WiredSite.start();
      const page = await ownerPage(site, size);
      const [checkpoint] = notesIn(sha256, await read(page, OWN));
      expect(checkpoint?.startsWith(site.stores.logKey.origin)).toBe(true);
      expect(await page.innerText('dl')).toContain((await site.enter()).view.log.words);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      const fits = `document.querySelector('${OWN}').getBoundingClientRect().height <= innerHeight`;
      expect(await page.evaluate(fits)).toBe(true);
    },
  );

  it.skipIf(!needs)(
    `the proof of a log with a million entries is still read from the smallest screen${note}`,
    async () => {
      const site = await WiredSite.start();
      const path = Array.from({ length: 21 }, (_, at) => sha256(Buffer.of(at)));
      const { logKey, journal } = site.stores;
      const proof = { old: 1_000_000, path, checkpoint: journal.checkpoint(logKey) };
      const code = { key: logKey.verifier, proof };
      const view = { ...(await site.enter()).view, code: pictureOf(code) };
      const owner: OwnerCommands = {
        enter: () => Promise.resolve({ ok: true, value: { token: 'AAAA', view } }),
        look: () => ({ ok: true, value: view }),
        sign: () => ({ ok: true, value: view }),
        printSlip: () => ({ ok: true, value: view }),
        leave: () => {},
      };
      const page = await ownerPage(site, SCREENS[0], owner);
      expect(await read(page, OWN)).toBe(formatCheckpointCode(code));
    },
  );

  it.skipIf(!needs)(`two kiosks vouch for each other with nothing but their screens and readers${note}`, async () => {
    const [first, other] = [await WiredSite.start(), await WiredSite.start()];
    const [firstPage, otherPage] = [await ownerPage(first), await ownerPage(other)];
    other.scan(await read(firstPage, OWN));
    await otherPage.waitForSelector('.scanned[data-outcome="countersigned"]');
    first.scan(await read(otherPage, ANSWER));
    await firstPage.waitForSelector('.scanned[data-outcome="witnessed"]');
    expect(first.entriesOf('log-witnessed')).toMatchObject([{ by: other.stores.logKey.origin }]);

    // Later the log has grown: the new code brings the proof along by itself.
    first.scan('HC1:ABC');
    first.time.advance(10_000);
    const entries = await firstPage.innerText('dd >> nth=0');
    await firstPage.click('.renew');
    await vi.waitFor(async () => expect(await firstPage.innerText('dd >> nth=0')).not.toBe(entries));
    other.scan(await read(firstPage, OWN));
    expect(other.entriesOf('log-countersigned')).toHaveLength(2);
    await otherPage.click('.leave');
    await otherPage.waitForSelector('main[data-condition]');
  });

  it.skipIf(!hasChromium)(`a wrong PIN shows nothing of the log${chromiumNote}`, async () => {
    const site = await WiredSite.start();
    await site.setPin();
    const server = await serve(site);
    const page = await browser.newPage({ viewport: SCREENS[0] });
    open.push(page);
    await page.goto(`http://127.0.0.1:${server.port}/owner?lang=ko`);
    await page.waitForSelector('.pad');
    await page.keyboard.type('000001');
    await page.keyboard.press('Enter');
    expect(await page.innerText('[role=alert]')).toBe('비밀번호가 달라요');
    expect(await page.locator('.code').count()).toBe(0);
    expect(await page.evaluate(PAD_IN_VIEW)).toBe(true);
    const answer = await page.evaluate(
      `fetch('/api/owner/sign', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"token":"AAAA","since":0}'}).then((answer) => answer.status)`,
    );
    expect(answer).toBe(403);
  });

  it.skipIf(!hasChromium)(`the keys for a number are there when its field is touched${chromiumNote}`, async () => {
    const page = await ownerPage(await WiredSite.start());
    await page.click('input');
    await page.waitForSelector('.pad');
    expect(await page.evaluate(PAD_IN_VIEW)).toBe(true);
  });

  it.skipIf(!hasChromium)(
    `is behind a corner that is held down, and no visitor’s tap leads there${chromiumNote}`,
    async () => {
      const site = await WiredSite.start();
      const server = await serve(site);
      const page = await browser.newPage({ viewport: SCREENS[0] });
      open.push(page);
      await page.goto(`http://127.0.0.1:${server.port}/`);
      await page.waitForSelector('main[data-condition="ready"]');
      await page.mouse.click(10, 10);
      expect(new URL(page.url()).pathname).toBe('/');
      await page.mouse.move(10, 10);
      await page.mouse.down();
      await page.waitForURL('**/owner');
      await page.mouse.up();
      await page.waitForSelector('.pad');
    },
  );
});

describe('what the page says of a scanned checkpoint', () => {
  it.each(SCANNED_OUTCOMES)('%s is said in every language', (outcome) => {
    const phrase = scannedPhrase({ outcome, other: null, size: 1_234, seen: 999, code: null });
    expect(new Set(LOCALES.map((locale) => phrase[locale])).size).toBe(LOCALES.length);
  });
});
