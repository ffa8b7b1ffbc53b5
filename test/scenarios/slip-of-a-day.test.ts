import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../../src/sticker/png.ts';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { entriesIn } from '../support/entries.ts';
import { renderPaper } from '../support/escpos.ts';
import { KioskProcess, Site } from '../support/kiosk-process.ts';
import { hasZbar, readCode } from '../support/zbar.ts';

const WIDTH_DOTS = 384;
const NO_ZBAR = hasZbar ? '' : ' (skipped: install zbar-tools)';

let site: Site;
let folder: string;
let kiosk: KioskProcess | null = null;
beforeEach(() => {
  site = new Site();
  folder = mkdtempSync(join(tmpdir(), 'slip-'));
});
afterEach(async () => {
  if (kiosk?.child.exitCode === null) expect(await kiosk.stop()).toBe(0);
  kiosk = null;
  site.remove();
  rmSync(folder, { recursive: true });
});

const slip = (...args: readonly string[]) => ran(['journal', 'slip', '--data', site.data, ...args]);

describe('an owner who asks for the slip of the day', () => {
  it.skipIf(!hasZbar)(`holds a witness in their hand that no later hand can argue away${NO_ZBAR}`, async () => {
    const paper = join(folder, 'paper');
    const printer = `{driver: file, path: ${paper}, widthDots: ${WIDTH_DOTS}}`;
    kiosk = await KioskProcess.start(site, site.hardware('{driver: stdin}', printer));
    await kiosk.until(({ door, devices }) => door['state'] === 'ready' && devices['printer']?.state === 'ready');
    kiosk.scan(site.issue('ticket'));
    await kiosk.nextVerdict();
    const printed = await slip();
    expect([printed.code, printed.err]).toEqual([0, expect.stringMatching(/printed the slip of \d{4}-\d\d-\d\d/)]);
    expect(entriesIn(site.data).filter(({ type }) => type === 'slip-printed')).toHaveLength(1);
    const code = readCode(encodePng(renderPaper(readFileSync(paper), WIDTH_DOTS)), folder);
    expect(code).toMatch(/^MJC1:/);

    const kept = join(folder, 'kept');
    writeFileSync(kept, code);
    const verify = () => ran(['journal', 'verify', '--json', '--checkpoint', kept, '--data', site.data]);
    const [vouched] = jsonLines(await verify());
    expect(vouched).toMatchObject({ problems: [] });
    expect(vouched?.['witnessedSize']).toBeGreaterThan(3);

    // A customer who holds the slip up gets no further than the staff.
    kiosk.scan(code);
    const ack = await kiosk.nextVerdict();
    expect(entriesIn(site.data).find(({ seq }) => seq === ack.seq)).toMatchObject({
      verdict: 'assist',
      reason: 'unsupported-format',
    });
    const explained = await ran(['pass', 'inspect', code, '--data', site.data]);
    expect(explained.out).toMatch(/checkpoint of a kiosk’s log: no pass/);
  });

  it('without a kiosk or a printer is told what to do, and gets a picture', async () => {
    expect(complaintOf(await slip()).says).toMatch(/no kiosk is running.*--out FILE\.png/);
    expect(complaintOf(await slip('--day', '2021-13-13')).says).toMatch(/no kiosk is running/);
    expect(complaintOf(await slip('--out', join(folder, 'x.png'), '--day', '2021-02-30')).says).toMatch(
      /--day must be/,
    );
    const drawn = await slip('--out', join(folder, 'slip.png'));
    expect(drawn.code).toBe(0);
    expect(readFileSync(join(folder, 'slip.png')).subarray(1, 4).toString()).toBe('PNG');
    kiosk = await KioskProcess.start(site, site.hardware('{driver: stdin}'));
    expect(complaintOf(await slip()).says).toMatch(/no printer is configured/);
  });
});

describe('the owner’s PIN from the shell', () => {
  const pin = (input: string) => ran(['owner', 'pin', '--data', site.data], { input });

  it('is set while the kiosk runs, and a weak one is refused in one sentence', async () => {
    expect(complaintOf(await pin('123456\n')).says).toMatch(/everybody tries/);
    expect(complaintOf(await pin('')).says).toMatch(/6 to 12 digits/);
    expect((await pin('480213\n')).code).toBe(0);
    expect(entriesIn(site.data).filter(({ type }) => type === 'owner-pin-set')).toHaveLength(1);
  });
});
