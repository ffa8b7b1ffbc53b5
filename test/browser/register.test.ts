import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ok, type Result } from '../../src/base/result.ts';
import { realTimers } from '../../src/base/timers.ts';
import { parsePhoneNumber } from '../../src/register/phone-number.ts';
import type { Receipt } from '../../src/register/register.ts';
import { LOCALES } from '../../src/screen/locale.ts';
import { REGISTER_LINK, REGISTER_WORDS } from '../../src/screen/register-phrases.ts';
import type { Route } from '../../src/screen/route.ts';
import { type ScreenServer, startServer } from '../../src/screen/server.ts';
import { builtPages, chromiumNote, hasChromium, launch } from '../support/browser.ts';
import { AT_REST, type FakeKiosk, fakeKiosk, showing } from '../support/fake-kiosk.ts';

const OPEN = { ...AT_REST, register: { authority: '종로구보건소', fingerprint: 'NzbLsXh8uDCcd' } };

let browser: Browser;
let pages: readonly Route[];
let kiosk: FakeKiosk;
let server: ScreenServer;
let page: Page;
let left: string[];

const registerVisitor = (phone: string, district: string): Promise<Result<Receipt, string>> => {
  const number = parsePhoneNumber(phone);
  if (!number.ok) return Promise.resolve(number);
  left.push(`${number.value} ${district}`);
  return Promise.resolve(ok({ authority: '종로구보건소', fingerprint: 'N', deletedAt: '2022-01-10T03:00:00.000Z' }));
};

async function type(digits: string): Promise<void> {
  for (const digit of digits) await page.click(`.pad button:text-is("${digit}")`);
  await page.click('.pad .done');
}

const url = (path: string): string => `http://127.0.0.1:${server.port}${path}`;

describe.skipIf(!hasChromium)(`a visitor who signs the register${chromiumNote}`, () => {
  beforeAll(async () => {
    pages = await builtPages();
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    left = [];
    kiosk = fakeKiosk(OPEN);
    const commands = { ...kiosk.commands, registerVisitor };
    const started = await startServer({ port: 0, commands, routes: pages, timers: realTimers });
    if (!started.ok) throw new Error(started.error);
    server = started.value;
    page = await browser.newPage({ viewport: { width: 800, height: 480 } });
  });
  afterEach(async () => {
    await page.close();
    await server.stop();
  });

  it('comes there from the first page, leaves number and district by touch, and sees that it is done', async () => {
    await page.goto(url('/'));
    await page.click('.sign a');
    await page.waitForSelector('.register .pad');
    expect(await page.textContent('.sealed')).toContain('종로구보건소');
    expect(await page.textContent('.sealed')).toContain('NzbLsXh8uDCcd');
    await type('01012345678');
    await page.click('.choices button:text-is("부산")');
    await page.click('.choices button:text-is("기장군")');
    await page.waitForSelector('.register[data-done="true"]');
    expect(left).toEqual(['010-1234-5678 부산 기장군']);
    expect(await page.textContent('body')).not.toContain('1234');
  });

  it('is told of a wrong number in words, and nothing of it stays', async () => {
    await page.goto(url('/register?lang=en'));
    await type('123');
    await page.click('.choices button:text-is("Seoul")');
    await page.click('.only');
    await page.waitForSelector('.refusal');
    expect(await page.textContent('.refusal')).toBe(REGISTER_WORDS.wrongNumber.en);
    expect(await page.getAttribute('.typed', 'data-digits')).toBe('0');
    expect(left).toEqual([]);
  });

  it('makes way for whoever holds up a pass', async () => {
    await page.goto(url('/register'));
    await page.click('.pad button:text-is("7")');
    kiosk.show({ ...showing('admit', 'ok'), register: OPEN.register });
    await page.waitForSelector('main[data-condition="admit"]');
  });

  it('reads that it is shut where no authority is named, and the first page offers nothing', async () => {
    kiosk.show({ ...AT_REST, register: { authority: null, fingerprint: null } });
    await page.goto(url('/register?lang=en'));
    await page.waitForSelector('.refusal');
    expect(await page.textContent('.refusal')).toBe(REGISTER_WORDS.shut.en);
    await page.goto(url('/'));
    await page.waitForSelector('.marks .register');
    expect(await page.locator('.sign').count()).toBe(0);
  });

  it.each([
    [800, 480],
    [390, 844],
  ])('sees every key without scrolling sideways, each as large as a finger, on %i x %i', async (width, height) => {
    await page.setViewportSize({ width, height });
    for (const locale of LOCALES) {
      await page.goto(url(`/?lang=${locale}`));
      expect(await page.textContent('.sign a')).toContain(REGISTER_LINK[locale]);
      await page.goto(url(`/register?lang=${locale}`));
      await page.waitForSelector('.pad');
      const least = await page.evaluate<number>(
        "Math.min(...[...document.querySelectorAll('button')].map((b) => b.getBoundingClientRect().height))",
      );
      expect(least).toBeGreaterThanOrEqual(44);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    }
  });
});
