import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { realTimers } from '../../src/base/timers.ts';
import type { Route } from '../../src/screen/route.ts';
import { type ScreenServer, startServer } from '../../src/screen/server.ts';
import { simulationRoutes } from '../../src/simulation/controls.ts';
import { builtPages, chromiumNote, hasChromium, launch } from '../support/browser.ts';
import { AT_REST, type FakeKiosk, fakeKiosk, showing } from '../support/fake-kiosk.ts';
import { type FakeWorld, fakeWorld, sticker, WALLET } from '../support/fake-world.ts';

let browser: Browser;
let pages: readonly Route[];
let kiosk: FakeKiosk;
let faked: FakeWorld;
let server: ScreenServer;
let page: Page;
let complaints: string[];

describe.skipIf(!hasChromium)(`the simulator in a browser${chromiumNote}`, () => {
  beforeAll(async () => {
    pages = await builtPages();
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    kiosk = fakeKiosk();
    let scans = 0;
    faked = fakeWorld((line) => {
      scans += 1;
      kiosk.show(
        line.toString().startsWith('HC1:') ? showing('admit', 'ok', scans) : showing('refuse', 'malformed', scans),
      );
    });
    const routes = [...pages, ...simulationRoutes(faked.world)];
    const started = await startServer({ port: 0, commands: kiosk.commands, routes, timers: realTimers });
    if (!started.ok) throw new Error(started.error);
    server = started.value;
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${server.port}/simulator`);
    await page.waitForSelector('[data-pass]');
  });
  afterEach(async () => {
    await page.close();
    await server.stop();
  });

  it('a click on a card is a scan: lamp, door, screen and the strip of verdicts follow', async () => {
    await page.click('[data-pass="vaccinated"]');
    await page.waitForSelector('.lamp.admit.lit');
    await page.waitForSelector('.door.released');
    await page.frameLocator('iframe').locator('main[data-condition="admit"]').waitFor();
    expect(await page.locator('.recent li').allTextContents()).toEqual([expect.stringContaining('All is well')]);
    expect(faked.scanned.map(String)).toEqual(['HC1:DEMO GOOD']);
    kiosk.show(AT_REST);
    await page.waitForSelector('.door:not(.released)');
    expect(await page.locator('.lamp.lit').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('shows every demo pass with what should happen', async () => {
    expect(await page.locator('.card strong').allTextContents()).toEqual(WALLET.map(({ title }) => title.en));
    expect(await page.locator('.card.refuse [data-pass="forged"] .expect').textContent()).toBe('Refuse');
  });

  it('keeps the last ten verdicts, newest first, each once', async () => {
    for (let scan = 1; scan <= 12; scan += 1) {
      kiosk.show(showing(scan % 2 === 0 ? 'refuse' : 'assist', 'expired', scan));
      await page.waitForSelector(`.lamp.${scan % 2 === 0 ? 'refuse' : 'assist'}.lit`);
    }
    kiosk.show({
      ...showing('refuse', 'expired', 12),
      journal: { size: 1, lastAt: null, low: false, continued: null, forgotten: null },
    });
    await page.waitForSelector('.health :text("1")');
    expect(await page.locator('.recent li').count()).toBe(10);
    expect(await page.locator('.recent li').first().getAttribute('class')).toBe('refuse');
  });

  it('shows the code of a pass, holds it up from there, and is closed by the keyboard', async () => {
    await page.click('[data-pass="vaccinated"] + .peek');
    await expect.poll(() => page.evaluate('document.querySelector("dialog[open] img")?.naturalWidth > 0')).toBe(true);
    await page.click('dialog button >> nth=0');
    await expect.poll(() => faked.scanned.length).toBe(1);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog:not([open])', { state: 'attached' });
  });

  it('presses, breaks, and scans what was typed', async () => {
    await page.click('.staff-admit');
    await page.click('.staff-sticker');
    await page.click('[data-fault="paper-out"]');
    await page.waitForSelector('[data-fault="paper-out"][aria-checked="true"]');
    await page.click('[data-fault="paper-out"]');
    await page.waitForSelector('[data-fault="paper-out"][aria-checked="false"]');
    await page.fill('.anything input', ' 아무 코드 ');
    await page.keyboard.press('Enter');
    await expect.poll(() => faked.scanned.map(String)).toEqual([' 아무 코드 ']);
    expect(faked.pressed).toEqual(['admit', 'sticker']);
  });

  it('a printed sticker comes out, and can be held up again', async () => {
    faked.print(sticker('A1-7KQ2XZ'));
    await page.waitForSelector('.printer .fresh');
    await page.click('[data-sticker="A1-7KQ2XZ"]');
    await expect.poll(() => faked.scanned.map(String)).toEqual(['token-of-A1-7KQ2XZ']);
  });

  it('turns to Korean with one press, the visitor’s screen too', async () => {
    await page.click('.languages [lang="ko"]');
    await page.waitForSelector('h2:text("데모 지갑")');
    expect(await page.getAttribute('html', 'lang')).toBe('ko');
    expect(await page.frameLocator('iframe').locator('h1 span').first().textContent()).toBe(
      '코드를 리더기에 대 주세요',
    );
  });

  it('turns on its sound with a press and plays without a complaint', async () => {
    await page.click('nav button[aria-pressed="false"]:text("Sound on")');
    await page.waitForSelector('nav button[aria-pressed="true"]:text("Sound off")');
    kiosk.show({
      ...showing('admit', 'ok'),
      signal: { green: true, amber: false, red: false, buzzer: true, relay: true },
    });
    await page.waitForSelector('.buzzer.sounding');
    expect(complaints).toEqual([]);
  });

  it('says when the kiosk is gone: no lamp stays lit', async () => {
    await page.click('[data-pass="vaccinated"]');
    await page.waitForSelector('.lamp.admit.lit');
    await server.stop();
    await page.waitForSelector('.silent');
    expect(await page.locator('.lamp.lit').count()).toBe(0);
    expect(await page.locator('.door.released').count()).toBe(0);
  });

  it.each([
    [390, 844],
    [820, 1100],
    [1280, 800],
    [1920, 1080],
  ])('has no sideways scroll at %i x %i', async (width, height) => {
    await page.setViewportSize({ width, height });
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });
});
