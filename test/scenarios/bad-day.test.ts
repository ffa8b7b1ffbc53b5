import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatInstant, formatMinuteIn, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { checkOutage } from '../../src/journal/check-outage.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import type { OutageCertificate } from '../../src/journal/outage.ts';
import { outageDocument } from '../../src/journal/outage-document.ts';
import { readOutage, signOutage } from '../../src/journal/outage-file.ts';
import { MAX_PAGE_ROWS, outageBody } from '../../src/journal/outage-page.ts';
import { encodeTextQr } from '../../src/sticker/qr.ts';
import { qrSvg } from '../../src/sticker/qr-svg.ts';
import { at, BadDay } from '../support/bad-day.ts';
import { chromiumNote, hasChromium, launch } from '../support/browser.ts';
import { newLogKey } from '../support/exported-log.ts';

const TEMPLATE = join(import.meta.dirname, '../../dist/journal/verifier/outage.html');
const VERIFIER = join(import.meta.dirname, '../../dist/journal/verifier/verify.html');
const HAND_MS = 7 * MINUTE_MS;

/** What went wrong on that day, as somebody beside the kiosk wrote it down. */
async function badDay(): Promise<BadDay> {
  const day = await BadDay.begin(at('09:00:05'), at('15:00'));
  day.visitorsUntil(at('11:40:25'));
  await day.powerCutUntil(at('12:05'));
  day.visitorsUntil(at('12:30'));
  day.scanner.unplug();
  day.visitorsUntil(at('12:41'));
  day.scanner.plug();
  day.visitorsUntil(at('17:00'));
  day.setClockByHand(HAND_MS);
  day.visitorsUntil(at('18:00') + HAND_MS);
  return day;
}

const minute = (instant: string): string => formatMinuteIn('Asia/Seoul', Date.parse(instant)).slice(-5);
const stretches = ({ intervals }: OutageCertificate): readonly (readonly (string | null)[])[] =>
  intervals.map(({ cause, reason, from, to }) => [cause, reason, minute(from.at), to === null ? null : minute(to.at)]);

const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;

let certificate: OutageCertificate;
let file: string;
let keyText: string;
let day: Pick<BadDay, 'truth'>;

describe('the certificate of a day on which everything went wrong', () => {
  it('is right to the minute', async () => {
    const live = await badDay();
    day = { truth: live.truth.bind(live) };
    certificate = live.certificate(at('11:00'), at('18:00') + HAND_MS);
    file = signOutage(certificate, live.key);
    keyText = live.key.verifierText;
    expect(stretches(certificate)).toEqual([
      ['not-running', 'power', '11:40', '12:05'],
      ['scanner', null, '12:30', '12:41'],
      ['trust-stale', null, '15:00', null],
      ['clock-hand-set', null, '17:00', null],
    ]);
    expect(certificate.first?.clock).toBe('trusted');
    expect(certificate.last?.clock).toBe('hand-set');
    expect(certificate.further).toBe(0);
    const signed = readOutage(file);
    if (!signed.ok) throw new Error(signed.error);
    expect(signed.value.certificate).toEqual(certificate);
    expect(checkOutage(sha256, verifyEd25519, signed.value, [live.key.verifier])).toEqual({ ok: true });
    expect(checkOutage(sha256, verifyEd25519, signed.value, [newLogKey('8B').verifier])).toMatchObject({ ok: false });
  });

  it('counts whom the door let in, asked about and turned away, as somebody at the door did', () => {
    const spans = [
      [at('11:40:25'), at('12:05')],
      [at('12:30'), at('12:41')],
      [at('15:00'), null],
    ] as const;
    for (const [index, [from, to]] of spans.entries()) {
      const interval = certificate.intervals[index];
      if (interval === undefined) throw new Error('a stretch is missing');
      const { before, during, after } = interval;
      const beginMs = Date.parse(interval.from.at);
      expect(during).toEqual(day.truth(from, to ?? Number.POSITIVE_INFINITY));
      expect(before).toEqual(day.truth(beginMs - HOUR_MS, from));
      if (to !== null) expect(after).toEqual(day.truth(to, to + HOUR_MS));
    }
    const all = day.truth(at('11:00'), Number.POSITIVE_INFINITY);
    expect(certificate.counts).toEqual(all);
    expect(all.admitted * all.serverBound).toBeGreaterThan(0);
    for (const { hour, count } of certificate.serverBound) {
      const fromMs = Math.max(Date.parse(hour), at('11:00'));
      expect(count).toBe(day.truth(fromMs, Date.parse(hour) + HOUR_MS).serverBound);
    }
  });
});

describe.skipIf(!hasChromium)(`the certificate in the browser of a stranger${chromiumNote}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let written: string;
  const asked: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'munjigi-outage-'));
    written = join(folder, 'outage.html');
    const signed = readOutage(file);
    const code = encodeTextQr(certificate.after);
    if (!signed.ok || !code.ok) throw new Error('the certificate was not made');
    writeFileSync(written, outageDocument(readFileSync(TEMPLATE, 'utf8'), file, signed.value, qrSvg(code.value)));
    browser = await launch();
    page = await browser.newPage();
    page.on('request', (request) => asked.push(request.url()));
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const opened = async (html: string, key: string): Promise<string> => {
    const path = join(folder, 'given.html');
    writeFileSync(path, html);
    await page.goto(pathToFileURL(path).href);
    expect(await page.getAttribute('#verdict', 'class')).not.toBe('verified');
    await page.fill('#key', key);
    await page.waitForSelector('#verdict.verified, #verdict.not-verified');
    return page.innerText('#verdict');
  };

  it('is verified with the public key alone, and with no other', async () => {
    const html = readFileSync(written, 'utf8');
    expect(html).not.toContain(keyText);
    const said = await opened(html, keyText);
    expect(said).toContain('확인됨');
    expect(said).toContain('Verified: this is as the kiosk of this key has signed it.');
    expect(await page.innerText('#certificate')).toContain('2021-12-13 11:40 – 12:05');
    expect(await opened(html, newLogKey('8B').verifierText)).toContain('Not verified.');
    expect(await opened(html, 'nonsense')).toContain('this is no verifier key');
  });

  it('is verified with the key in a file', async () => {
    await page.goto(pathToFileURL(written).href);
    await page.setInputFiles('#key-file', {
      name: 'key.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from(`${keyText}\n`),
    });
    await page.waitForSelector('#verdict.verified');
  });

  it('says so where the browser gives up in the middle', async () => {
    await page.goto(pathToFileURL(written).href);
    await page.evaluate("TextEncoder.prototype.encode = () => { throw new Error('out of memory'); }");
    await page.fill('#key', keyText);
    await page.waitForSelector('#verdict.not-verified');
    expect(await page.innerText('#verdict')).toContain('It could not be checked');
  });

  it('is not verified once a minute of it was changed, and shows nothing but what was signed', async () => {
    const html = readFileSync(written, 'utf8');
    const [scannerOut] = certificate.intervals.filter(({ cause }) => cause === 'scanner');
    const to = scannerOut?.to?.at ?? '';
    const later = new Date(Date.parse(to) + 10 * MINUTE_MS).toISOString();
    expect(await opened(html.replaceAll(to, later), keyText)).toContain('The signature does not fit');
    // What only stands in print is made anew.
    const painted = html.replace('11:40 – 12:05', '09:40 – 18:05');
    expect(painted).not.toBe(html);
    expect(await opened(painted, keyText)).toContain('Verified');
    expect(await page.innerText('#certificate')).not.toContain('18:05');
  });

  it('prints on one page, in Korean and English', async () => {
    await page.goto(pathToFileURL(written).href);
    await page.fill('#key', keyText);
    await page.waitForSelector('#verdict.verified');
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pagesOf(pdf)).toBe(1);
    const text = await page.innerText('body');
    for (const words of [
      '출입 확인 중단 증명서',
      'Certificate of outage',
      '정전',
      'power cut',
      '스캐너',
      '시계를 손으로',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toMatch(/server was down/);
  });

  it('is verified by the page of somebody who trusts nobody here', async () => {
    await page.goto(pathToFileURL(VERIFIER).href);
    for (const [name, key, is] of [
      ['outage.html', keyText, 'good'],
      ['outage.json', keyText, 'good'],
      ['outage.json', newLogKey('8B').verifierText, 'bad'],
    ] as const) {
      await page.goto(pathToFileURL(VERIFIER).href);
      await page.evaluate("document.querySelector('details').open = true");
      await page.fill('#keys', key);
      const buffer = name === 'outage.html' ? readFileSync(written) : Buffer.from(`${file}\n`);
      await page.setInputFiles('#pick', { name, mimeType: 'text/plain', buffer });
      await page.waitForSelector(`#result.${is}`);
      const said = await page.innerText('#result');
      expect(said.includes('2021-12-13 11:40 – 12:05')).toBe(is === 'good');
      expect(said).toContain(is === 'good' ? '확인됨' : 'It is not signed with this key');
    }
  });

  it('prints on one page with as many stretches, hours and notes as it ever shows', async () => {
    const [first] = certificate.intervals;
    if (first === undefined || first.to === null) throw new Error('a stretch is missing');
    // Of an entry that nothing dates.
    const unsure = { ...first.from, seq: 10_000_000, clock: 'unsure' } as const;
    const handSet = { ...first.from, clock: 'hand-set' } as const;
    const many = { ...first, from: unsure, to: handSet, unrecorded: 99_999 };
    const goesOn = { ...many, from: { ...first.to, clock: 'unsure' } as const, to: null };
    const worst: OutageCertificate = {
      ...certificate,
      venue: '가'.repeat(60),
      intervals: Array.from({ length: 100 }, (_, index) => ({ ...(index < 5 ? goesOn : many) })),
      further: 1_000,
      serverBound: Array.from({ length: 700 }, (_, hour) => ({
        hour: formatInstant(at('00:00') + 25 * hour * HOUR_MS),
        count: 99_999,
      })),
      counts: { ...certificate.counts, serverBound: 9_999_999 },
    };
    await page.goto(pathToFileURL(written).href);
    await page.locator('#certificate').evaluate((element: { innerHTML: string }, body: string) => {
      element.innerHTML = body;
    }, outageBody(worst));
    expect(await page.locator('tbody tr').count()).toBe(MAX_PAGE_ROWS);
    const text = await page.innerText('#certificate');
    for (const words of ['† ', '‡ ', '§ ', 'still so']) expect(text).toContain(words);
    expect(pagesOf(await page.pdf({ preferCSSPageSize: true }))).toBe(1);
  });

  it('and asks nobody for anything', () => {
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });
});
