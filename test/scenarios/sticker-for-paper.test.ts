import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/base/time.ts';
import { MAX_IN_VIEW } from '../../src/kiosk/inbox.ts';
import { type DemoIssuers, loadDemoIssuers } from '../../src/simulation/demo-issuers.ts';
import { signEuDcc } from '../../src/simulation/demo-passes.ts';
import { encodePng } from '../../src/sticker/png.ts';
import { complaintOf, jsonLines, type Ran, ran } from '../support/command.ts';
import { VACCINATION } from '../support/dcc.ts';
import { entriesIn } from '../support/entries.ts';
import { renderPaper } from '../support/escpos.ts';
import { testIssuer } from '../support/issuer.ts';
import { KioskProcess, munjigi, Site } from '../support/kiosk-process.ts';
import { SimulatedKiosk } from '../support/simulated-kiosk.ts';
import { hasZbar, readCode } from '../support/zbar.ts';

const WIDTH_DOTS = 384;
const NO_ZBAR = hasZbar ? '' : ' (needs zbarimg: install zbar-tools)';

let site: Site;
let issuers: DemoIssuers;
let kiosk: KioskProcess | null = null;

beforeEach(async () => {
  site = new Site();
  const loaded = await loadDemoIssuers(join(site.folder, 'ministry'));
  if (!loaded.ok) throw new Error(loaded.error);
  issuers = loaded.value;
  munjigi('trust', 'import', '--unsigned', join(issuers.trustFolder, 'dcc.jwks.json'), '--data', site.data);
});
afterEach(async () => {
  if (kiosk?.child.exitCode === null) expect(await kiosk.stop()).toBe(0);
  kiosk = null;
  site.remove();
});

const paperRoll = (): string => join(site.folder, 'paper');
async function start(): Promise<KioskProcess> {
  const printer = `{driver: file, path: ${paperRoll()}, widthDots: ${WIDTH_DOTS}}`;
  kiosk = await KioskProcess.start(site, site.hardware('{driver: stdin}', printer));
  await kiosk.until(({ door, devices }) => door['state'] === 'ready' && devices['printer']?.state === 'ready');
  return kiosk;
}

/** A paper certificate of somebody vaccinated, with so long to live. */
function paper(livesMs = 30 * DAY_MS): string {
  const nowS = Math.floor(Date.now() / SECOND_MS);
  const exp = Math.floor((Date.now() + livesMs) / SECOND_MS);
  const person = { ver: '1.3.0', nam: { fnt: 'MUSTER', gnt: 'GABRIELE' }, dob: '1958-03-01' };
  return signEuDcc({ ...person, v: [VACCINATION] }, { iat: nowS - 100, exp }, issuers.dcc);
}

async function verdictOn(line: string): Promise<object | undefined> {
  kiosk?.scan(line);
  const ack = await kiosk?.nextVerdict();
  return entriesIn(site.data).find(({ seq }) => seq === ack?.seq);
}
const issue = (...args: readonly string[]): Promise<Ran> =>
  ran(['sticker', 'issue', '--json', '--data', site.data, ...args]);
const tokenOf = (issued: Ran): string => String(jsonLines(issued)[0]?.['token']);
const verify = (token: string): Promise<Ran> => ran(['verify', '--json', '--data', site.data], { input: `${token}\n` });

const ADMITTED = { verdict: 'admit', reason: 'ok' };
const REVOKED = { verdict: 'refuse', reason: 'revoked' };
const USED = { verdict: 'refuse', reason: 'already-used' };

describe('a visitor with a paper certificate', () => {
  it.skipIf(!hasZbar)(
    `gets a sticker whose print is read back, opens the door, and no longer opens it once taken back${NO_ZBAR}`,
    async () => {
      await start();
      const certificate = paper();
      expect(await verdictOn(certificate)).toMatchObject({ ...ADMITTED, format: 'eu-dcc', kind: 'vaccination' });
      const issued = await issue('--pass', certificate, '--print');
      expect(issued.code).toBe(0);
      const [{ id } = {}] = jsonLines(issued);

      const token = readCode(encodePng(renderPaper(readFileSync(paperRoll()), WIDTH_DOTS)), site.folder);
      expect(token).toBe(tokenOf(issued));
      const verified = await verify(token);
      expect(jsonLines(verified)).toMatchObject([{ ...ADMITTED, format: 'sticker', kind: 'vaccination' }]);
      expect(verified.code).toBe(0);
      expect(await verdictOn(token)).toMatchObject({ ...ADMITTED, format: 'sticker', kind: 'vaccination' });

      expect((await ran(['sticker', 'revoke', String(id), '--data', site.data])).code).toBe(0);
      const again = await verify(token);
      expect(jsonLines(again)).toMatchObject([REVOKED]);
      expect(again.code).toBe(1);
      // Others come in between, as many as can be in view: the same code still in view would be the same presentation.
      for (let guest = 0; guest < MAX_IN_VIEW; guest += 1) expect(await verdictOn(paper())).toMatchObject(ADMITTED);
      expect(await verdictOn(token)).toMatchObject(REVOKED);
      expect(
        entriesIn(site.data).flatMap((entry) => ('sticker' in entry ? [[entry.type, entry.sticker]] : [])),
      ).toEqual([
        ['sticker-issued', id],
        ['sticker-printed', id],
        ['sticker-revoked', id],
      ]);
    },
  );

  it('never gets a sticker that outlives the paper, however long staff ask for', async () => {
    const livesMs = 2 * HOUR_MS;
    const before = Date.now();
    const issued = await issue('--pass', paper(livesMs), '--until', '2098-01-01T00:00:00Z');
    const [{ validUntil } = {}] = jsonLines(issued);
    const endsMs = Date.parse(String(validUntil));
    expect(endsMs).toBeLessThanOrEqual(before + livesMs + SECOND_MS);
    expect(endsMs).toBeGreaterThan(before + livesMs - 10 * SECOND_MS);
    const [row] = jsonLines(await verify(tokenOf(issued)));
    expect(row).toMatchObject({ ...ADMITTED, validUntil });
    const after = await ran(['verify', '--json', '--data', site.data, '--now', String(validUntil)], {
      input: tokenOf(issued),
    });
    expect(jsonLines(after)).toMatchObject([{ verdict: 'refuse', reason: 'expired' }]);
  });

  it('gets none for a certificate that the door would not accept', async () => {
    const expired = await issue('--pass', paper(-HOUR_MS));
    expect([expired.code, expired.out]).toEqual([2, '']);
    expect(expired.err).toMatch(/the pass is not accepted: expired/);
    expect(entriesIn(site.data).some(({ type }) => type === 'sticker-issued')).toBe(false);
  });
});

it('a ticket for one entry and the sticker that was made from it open the door once between them', async () => {
  const issuer = testIssuer(site.folder);
  munjigi('trust', 'import', '--unsigned', issuer.trustFile, '--data', site.data);
  await start();
  const [one, other] = [issuer.pass('ticket', { single: true }), issuer.pass('ticket', { single: true })];
  const [stickerOfOne, stickerOfOther] = (await Promise.all([issue('--pass', one), issue('--pass', other)])).map(
    tokenOf,
  );
  expect(await verdictOn(one)).toMatchObject(ADMITTED);
  expect(await verdictOn(stickerOfOne ?? '')).toMatchObject(USED);
  expect(await verdictOn(stickerOfOther ?? '')).toMatchObject(ADMITTED);
  expect(await verdictOn(other)).toMatchObject(USED);
});

it('a door of tickets that open once gives out no stickers for them', async () => {
  writeFileSync(join(site.data, 'settings.json'), JSON.stringify({ policy: 'event-ticket' }));
  const { code, says } = complaintOf(await issue('--kind', 'ticket'));
  expect([code, says]).toEqual([2, expect.stringMatching(/^the policy 'event-ticket' gives no sticker for/)]);
});

it.skipIf(!hasZbar)(
  `in the simulator staff press once while the lamp is green, and the sticker opens the door${NO_ZBAR}`,
  async () => {
    const data = join(site.folder, 'simulated');
    const simulator = await SimulatedKiosk.start(data);
    await simulator.post('press', { button: 'sticker' });
    await simulator.post('scan', { pass: 'dcc' });
    expect(await simulator.door()).toMatchObject({ state: 'showing', ...ADMITTED });
    await simulator.post('press', { button: 'sticker' });
    await simulator.post('press', { button: 'sticker' });
    const { stickers } = await simulator.world((world) => world.stickers.length > 0);
    const id = stickers[0]?.id ?? '';
    const token = readCode(await simulator.picture(id), site.folder);
    await simulator.post('scan', { base64: Buffer.from(token).toString('base64') });
    expect(await simulator.door()).toMatchObject({ state: 'showing', ...ADMITTED, scan: 2 });
    // Letter by letter the same code as the one in view: no new presentation.
    await simulator.post('scan', { sticker: id });
    expect(await simulator.door()).toMatchObject({ state: 'showing', ...ADMITTED, scan: 2 });
    expect(await simulator.stop()).toBe(0);

    const entries = entriesIn(data);
    const admission = entries.find((entry) => entry.type === 'scan' && entry.format === 'eu-dcc');
    const issued = entries.filter((entry) => entry.type === 'sticker-issued' && entry.sticker === id);
    expect(issued).toMatchObject([{ of: admission?.seq, kind: 'vaccination', via: 'pass' }]);
    expect(entries.filter(({ type }) => type === 'sticker-printed')).toMatchObject([{ sticker: id }]);
  },
);
