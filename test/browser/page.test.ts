import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { realTimers, type Timers } from '../../src/base/timers.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { PublicState } from '../../src/door/public-state.ts';
import { REASON_CODES, REASONS, type ReasonCode } from '../../src/policy/reasons.ts';
import { LOCALES, type Locale } from '../../src/screen/locale.ts';
import { REASON_LINES } from '../../src/screen/reason-phrases.ts';
import type { Route } from '../../src/screen/route.ts';
import { RULE_WORDS } from '../../src/screen/rule-phrases.ts';
import { type ScreenServer, startServer } from '../../src/screen/server.ts';
import { STAFF_LINES } from '../../src/screen/staff-phrases.ts';
import { view } from '../../src/screen/view.ts';
import { LONG_SILENCE_MS } from '../../src/screen/web/live.ts';
import { builtPages, chromiumNote, hasChromium, launch } from '../support/browser.ts';
import { AT_REST, type FakeKiosk, fakeKiosk, showing } from '../support/fake-kiosk.ts';

let browser: Browser;
let pages: readonly Route[];
let kiosk: FakeKiosk;
let server: ScreenServer;
let page: Page;

async function serve(port = 0, timers: Timers = realTimers): Promise<ScreenServer> {
  const started = await startServer({ port, commands: kiosk.commands, routes: pages, timers });
  if (!started.ok) throw new Error(started.error);
  return started.value;
}

const url = (path = '/'): string => `http://127.0.0.1:${server.port}${path}`;
const condition = (name: string): Promise<unknown> => page.waitForSelector(`main[data-condition="${name}"]`);

const outOfService = (part: 'scanner' | 'signal', state: 'lost' | 'fault'): PublicState => ({
  ...AT_REST,
  door: { ...AT_REST.door, state: 'out-of-service' },
  devices: { ...AT_REST.devices, [part]: { state, detail: 'ENODEV' } },
});

const advised = (times: number): PublicState => {
  const of = (text: string): string => Array.from({ length: times }, () => text).join(' ');
  const advice = {
    ko: of('2차 접종 뒤 14일이 지나야 해요. PCR 음성 확인서를 봐 주세요'),
    en: of('Two weeks must have passed since the second dose'),
    ja: of('二回目の接種から14日が必要です。陰性証明を確認'),
    zh: of('第二剂接种须满14天，请查看核酸阴性证明'),
  };
  return showing('assist', 'rule-failed', 1, { rule: 'VR-KR-0001', advice });
};
const ADVISED = advised(1);
/** More than any screen holds. */
const WORDY = advised(12);

/** The states with the longest words: a few reasons of each verdict, and whatever is not a verdict. */
function longestStates(locale: Locale): readonly PublicState[] {
  const length = (reason: ReasonCode): number =>
    REASON_LINES[reason][locale].length + (reason === 'ok' ? 0 : STAFF_LINES[reason][locale].length);
  const answers = (['admit', 'assist', 'refuse'] as const).flatMap((verdict) =>
    REASON_CODES.filter((reason) => REASONS[reason].choices.includes(verdict))
      .sort((one, other) => length(other) - length(one))
      .slice(0, 4)
      .map((reason) => showing(verdict, reason)),
  );
  // The marks that may stand together, and the longest line for the staff beside them.
  const lost = { state: 'lost', detail: 'ENODEV' } as const;
  const ruled = Object.keys(RULE_WORDS).map((rule) => showing('assist', 'rule-failed', 1, { rule }));
  return [outOfService('scanner', 'lost'), outOfService('signal', 'fault'), ...answers, ...ruled, ADVISED, WORDY].map(
    (state) => ({ ...state, occupancy: { inside: 9_999, limit: 9_999 }, devices: { ...state.devices, printer: lost } }),
  );
}

/** Pixels to spare: over the words, between them and the line for the staff, below, beside, and for the figure. */
const ROOM = `{
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const [words, staff, marks, figure, main] = ['.words', '.staff', '.marks', '.figure-box', 'main'].map(box);
  const least = Math.min(innerWidth, innerHeight);
  ({
    above: words.top - main.top,
    between: staff.top - words.bottom - 0.02 * least,
    below: innerHeight - Math.max(staff.bottom, marks.bottom) - 0.02 * least,
    beside: innerWidth - document.querySelector('main').scrollWidth,
    figure: figure.height - 0.2 * least,
  })
}`;

describe.skipIf(!hasChromium)(`the visitor's screen in a browser${chromiumNote}`, () => {
  beforeAll(async () => {
    pages = await builtPages();
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    kiosk = fakeKiosk();
    server = await serve();
    page = await browser.newPage({ viewport: { width: 800, height: 480 } });
  });
  afterEach(async () => {
    await page.close();
    await server.stop();
  });

  it('shows what the kiosk says, as it changes', async () => {
    await page.goto(url());
    await condition('ready');
    kiosk.show({ ...AT_REST, door: { ...AT_REST.door, state: 'checking', scan: 1 } });
    await condition('checking');
    for (const verdict of ['admit', 'assist', 'refuse'] as const) {
      kiosk.show(showing(verdict, verdict === 'admit' ? 'ok' : 'expired'));
      await condition(verdict);
    }
    kiosk.show(outOfService('scanner', 'lost'));
    await condition('out-of-service');
    expect(await page.textContent('.staff')).toContain('check its cable');
  });

  it('a rule that failed tells the staff what to look at, and the next visitor is told nothing of it', async () => {
    await page.goto(url('/?lang=en'));
    kiosk.show(ADVISED);
    await condition('assist');
    const spoken = page.locator('.staff span');
    expect(await spoken.allTextContents()).toEqual([
      'Two weeks must have passed since the second dose',
      '2차 접종 뒤 14일이 지나야 해요. PCR 음성 확인서를 봐 주세요',
    ]);
    expect(await spoken.first().getAttribute('lang')).toBe('en');
    kiosk.show(showing('admit', 'ok', 2));
    await condition('admit');
    expect(await page.textContent('.staff')).toBe('');
  });

  it('a rule that talks on is cut, not the answer above it', async () => {
    await page.goto(url('/?lang=en'));
    kiosk.show(WORDY);
    await condition('assist');
    expect(await page.locator('.staff span').count()).toBe(1);
    expect(
      await page.evaluate(
        'document.querySelector(".staff span").scrollHeight > document.querySelector(".staff span").clientHeight',
      ),
    ).toBe(true);
  });

  it('a printer without paper is marked on the page that the owner sees anyway', async () => {
    await page.goto(url());
    await condition('ready');
    expect(await page.locator('.marks .printer').count()).toBe(0);
    const detail = 'The paper has run out.';
    kiosk.show({ ...AT_REST, devices: { ...AT_REST.devices, printer: { state: 'fault', detail } } });
    await page.waitForSelector('.marks .printer');
    expect(await page.textContent('.marks .printer')).toContain('Check the sticker printer');
    expect(await page.textContent('main')).not.toContain(detail);
  });

  it.each([
    [800, 480],
    [480, 800],
    [1920, 1080],
  ])(
    'whoever registers reads who can open it, in every language, and by which key, on %i x %i',
    async (width, height) => {
      const fingerprint = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
      await page.setViewportSize({ width, height });
      for (const locale of LOCALES) {
        for (const authority of ['종로구보건소', 'Health Office of the Autonomous District '.repeat(6)]) {
          kiosk.show({ ...AT_REST, register: { authority, fingerprint } });
          await page.goto(url(`/?lang=${locale}`));
          await condition('ready');
          const langs = page.locator('.marks .register span');
          expect(await langs.evaluateAll((all) => all.map((span) => span.getAttribute('lang')))).toEqual([
            locale,
            ...LOCALES.filter((other) => other !== locale),
          ]);
          for (const text of await langs.allTextContents()) expect(text).toContain(authority.trim());
          expect(await page.textContent('.marks .register-key')).toContain(fingerprint);
          const room = await page.evaluate<Record<string, number>>(ROOM);
          expect(Object.entries(room).filter(([, pixels]) => pixels < 0)).toEqual([]);
        }
      }
      kiosk.show({ ...showing('assist', 'expired'), register: { authority: '종로구보건소', fingerprint } });
      await condition('assist');
      expect(await page.locator('.marks .register').count()).toBe(0);
    },
  );

  it('a green vanishes with the kiosk that showed it, and the page comes back by itself', async () => {
    await page.goto(url());
    kiosk.show(showing('admit', 'ok'));
    await condition('admit');
    const { port } = server;
    await server.stop();
    await page.waitForSelector('main:not([data-condition="admit"])', { timeout: 1_000 });
    await page.waitForSelector('main[data-condition="out-of-service"]', { timeout: LONG_SILENCE_MS + 3_000 });
    kiosk = fakeKiosk();
    server = await serve(port);
    await page.waitForSelector('main[data-condition="ready"]', { timeout: 10_000 });
  });

  it('a green vanishes when the kiosk hangs with its connection open', async () => {
    await server.stop();
    // A server without beats, which from now on also leaves new connections unanswered.
    server = await serve(0, new SimulatedTime(0));
    kiosk.show(showing('admit', 'ok'));
    await page.goto(url());
    await condition('admit');
    await page.route('**/api/events', () => {});
    await page.waitForSelector('main[data-condition="out-of-service"]', { timeout: LONG_SILENCE_MS + 3_000 });
  });

  it('loads nothing from elsewhere and breaks none of its own rules', async () => {
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url());
    await condition('ready');
    kiosk.show(showing('assist', 'needs-server'));
    await condition('assist');
    expect(new Set(asked)).toEqual(new Set([`127.0.0.1:${server.port}`]));
    expect(complaints).toEqual([]);
  });

  it('runs no script that somebody managed to write into the page', async () => {
    await page.goto(url());
    await condition('ready');
    await page
      .evaluate(`{
      const script = document.createElement('script');
      script.setAttribute('src', 'data:text/javascript,document.title="broken"');
      try { document.head.append(script); } catch {}
      try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="document.title=1">'); } catch {}
    }`)
      .catch(() => {});
    kiosk.show(showing('admit', 'ok'));
    await condition('admit');
    expect(await page.title()).toBe('문지기 Munjigi');
  });

  it('is one thing to a screen reader: one main, one heading, a spoken verdict, every phrase in its language', async () => {
    await page.goto(url('/?lang=ja'));
    kiosk.show(showing('refuse', 'expired'));
    await condition('refuse');
    expect(await page.locator('main').count()).toBe(1);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.getAttribute('html', 'lang')).toBe('ja');
    const spoken = page.locator('[aria-live="assertive"][aria-atomic="true"]');
    expect(await spoken.locator('h1').count()).toBe(1);
    expect(await spoken.locator('[lang="ko"]').first().textContent()).toBe('이 코드로는 들어올 수 없어요');
    expect(await page.locator('.words span:not([lang])').count()).toBe(0);
    expect(await page.locator('svg:not([aria-hidden="true"])').count()).toBe(0);
  });

  it('keeps the spoken region in place, or a screen reader would miss the verdict', async () => {
    await page.goto(url());
    await condition('ready');
    await page.evaluate('window.region = document.querySelector("[aria-live]")');
    kiosk.show(showing('admit', 'ok'));
    await condition('admit');
    expect(await page.evaluate('window.region === document.querySelector("[aria-live]")')).toBe(true);
  });

  it('flashes less than three times a second, and stands still for whoever asked for it', async () => {
    const states = [AT_REST, showing('admit', 'ok'), showing('assist', 'expired'), showing('refuse', 'expired')];
    const durations = 'document.getAnimations().map((one) => one.effect.getTiming().duration)';
    for (const [reducedMotion, isStill] of [
      ['no-preference', false],
      ['reduce', true],
    ] as const) {
      await page.emulateMedia({ reducedMotion });
      await page.goto(url());
      const seen: number[] = [];
      for (const state of states) {
        kiosk.show(state);
        await condition(state.door.verdict ?? 'ready');
        seen.push(...(await page.evaluate<number[]>(durations)));
      }
      expect(seen.every((durationMs) => durationMs > 334)).toBe(true);
      expect(seen.length === 0).toBe(isStill);
    }
  });

  it.each([
    [800, 480],
    [480, 800],
    [1280, 800],
    [1920, 1080],
  ])('the longest answers of every language fit a screen of %i x %i', { timeout: 120_000 }, async (width, height) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height });
    for (const locale of LOCALES) {
      kiosk.show(AT_REST);
      await page.goto(url(`/?lang=${locale}`));
      await condition('ready');
      for (const state of longestStates(locale)) {
        kiosk.show(state);
        await page.waitForSelector(`.line span:text-is(${JSON.stringify(view(state, 0, locale).line[0]?.text)})`);
        await condition(state.door.verdict ?? state.door.state);
        const room = await page.evaluate<Record<string, number>>(ROOM);
        const tight = Object.entries(room).filter(([, pixels]) => pixels < 0);
        expect(
          tight,
          `${locale} ${state.door.verdict} ${state.door.reason} ${state.door.rule} ${state.door.advice?.en.length}`,
        ).toEqual([]);
      }
    }
  });
});
