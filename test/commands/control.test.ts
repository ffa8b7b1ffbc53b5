import { statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { complaintOf, jsonLines, ran } from '../support/command.ts';
import { entriesIn, typesIn } from '../support/entries.ts';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { KioskProcess, Site } from '../support/kiosk-process.ts';
import { keyEntry, publisher } from '../support/trust-publisher.ts';

let site: Site;
let issuer: TestIssuer;
let kiosk: KioskProcess | null = null;
beforeEach(() => {
  site = new Site();
  issuer = testIssuer(site.folder);
});
afterEach(async () => {
  if (kiosk !== null && kiosk.child.exitCode === null && kiosk.child.signalCode === null) await kiosk.kill();
  kiosk = null;
  site.remove();
});

async function start(): Promise<KioskProcess> {
  kiosk = await KioskProcess.start(site, site.hardware('{driver: stdin}'));
  await kiosk.until(({ door }) => door['state'] === 'ready');
  return kiosk;
}
const socketPath = (): string => join(site.data, 'control.sock');
const on = (...args: readonly string[]) => ran([...args, '--data', site.data]);

/** What comes back on the control socket for one line of text. */
function say(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath(), () => socket.write(`${text}\n`));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (more: string) => {
      answer += more;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

describe('a writing command while the kiosk runs', () => {
  it('is carried out by the kiosk, and counts for the next scan', async () => {
    const running = await start();
    expect(statSync(socketPath()).mode & 0o777).toBe(0o600);
    running.scan(issuer.pass('ticket'));
    expect(await running.nextVerdict()).toMatchObject({ amber: true, relay: false });
    expect((await on('trust', 'import', '--unsigned', issuer.trustFile)).code).toBe(0);
    running.scan(issuer.pass('ticket'));
    expect(await running.nextVerdict()).toMatchObject({ green: true, relay: true });

    const [{ token } = {}] = jsonLines(await on('sticker', 'issue', '--kind', 'test', '--json'));
    running.scan(String(token));
    expect(await running.nextVerdict()).toMatchObject({ green: true, relay: true });
    expect(entriesIn(site.data).filter(({ type }) => type === 'scan')).toMatchObject([
      { verdict: 'assist', reason: 'unknown-issuer' },
      { verdict: 'admit' },
      { verdict: 'admit', format: 'sticker', kind: 'test' },
    ]);
  });

  it('and imports a signed list shows its age from then on, and keeps it when the next one is refused', async () => {
    const root = publisher();
    writeFileSync(join(site.data, 'trust-root.jwk'), root.rootFile);
    const running = await start();
    const loose = { version: 0, issuedAt: null, staleAfter: null };
    expect((await running.state()).trust).toEqual(loose);
    const imported = async (version: number, more: object) => {
      const path = join(site.folder, 'list.jwt');
      const issuers = [{ id: 'box-office', keys: [keyEntry(issuer.signer)] }];
      writeFileSync(path, root.list(version, { issuers, ...more }));
      return (await on('trust', 'import', path)).code;
    };
    expect(await imported(1, {})).toBe(2);
    expect((await running.state()).trust).toEqual(loose);
    const dates = { staleAfter: 4_000_000_000, exp: 4_100_000_000 };
    expect(await imported(2, dates)).toBe(0);
    const shown = { version: 2, issuedAt: '2021-12-13T00:00:00.000Z', staleAfter: '2096-10-02T07:06:40.000Z' };
    expect((await running.state()).trust).toEqual(shown);
    running.scan(issuer.pass('ticket'));
    expect(await running.nextVerdict()).toMatchObject({ green: true, relay: true });
    expect(await imported(1, dates)).toBe(2);
    expect((await running.state()).trust).toEqual(shown);
  });

  it('that is refused says why in one sentence, and the door goes on', async () => {
    const running = await start();
    const { code, says } = complaintOf(await on('sticker', 'issue', '--kind', 'ticket', '--print'));
    expect([code, says]).toEqual([2, 'no printer is configured: add one to the hardware file']);
    running.scan(site.issue('membership'));
    expect(await running.nextVerdict()).toMatchObject({ green: true });
  });
});

describe('the control socket', () => {
  it('answers whatever another version of the program might send with a sentence, and the door goes on', async () => {
    const running = await start();
    const before = typesIn(site.data).length;
    for (const line of [
      'open sesame',
      'null',
      '7',
      '[]',
      '{}',
      '{"command":"open"}',
      '{"command":"toString"}',
      '{"command":"sticker-issue","pass":5}',
      '{"command":"sticker-issue","kind":"ticket","until":5}',
      '{"command":"sticker-issue","kind":"ticket","print":"yes"}',
      '{"command":"sticker-revoke"}',
      '{"command":"trust-import"}',
      '{"command":"trust-import","documents":[null]}',
      '{"command":"trust-import","documents":[{"name":5,"issuer":null,"bytes":"e30="}]}',
      '{"command":"trust-list-import"}',
      '{"command":"trust-list-import","list":{"name":"l","bytes":5}}',
      '{"command":"trust-list-import","list":{"name":"l","bytes":""},"root":7}',
      '{"command":"trust-list-import","list":{"name":"l","bytes":"e30="},"fingerprint":{}}',
    ]) {
      expect(JSON.parse(await say(line)), line).toEqual({ ok: false, error: expect.any(String) });
    }
    expect(typesIn(site.data)).toHaveLength(before);
    running.scan(site.issue('membership'));
    expect(await running.nextVerdict()).toMatchObject({ green: true });
  });

  it('held open by somebody who says nothing does not hold up the end of the kiosk', async () => {
    const running = await start();
    const idle = createConnection(socketPath());
    idle.on('error', () => {});
    await new Promise((resolve) => idle.once('connect', resolve));
    expect(await running.stop()).toBe(0);
    expect(typesIn(site.data).at(-1)).toBe('stop');
  });

  it('that a killed kiosk left behind is no obstacle, neither to a command nor to the next start', async () => {
    await (await start()).kill();
    expect(statSync(socketPath()).isSocket()).toBe(true);
    expect((await on('sticker', 'issue', '--kind', 'ticket')).code).toBe(0);
    expect(typesIn(site.data).at(-1)).toBe('sticker-issued');
    await start();
    expect((await on('sticker', 'issue', '--kind', 'ticket')).code).toBe(0);
  });

  it('of a kiosk that stops before it answers leaves the command with one sentence, and it is not done twice', async () => {
    const dying = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => dying.listen(socketPath(), resolve));
    const { code, says } = complaintOf(await on('sticker', 'issue', '--kind', 'ticket'));
    dying.close();
    expect(code).toBe(2);
    expect(says).toMatch(/^the kiosk stopped before it answered: look at 'munjigi journal tail'/);
    expect(typesIn(site.data)).not.toContain('sticker-issued');
  });
});

it('a door whose log nobody reads any more goes on', async () => {
  const running = await start();
  running.child.stderr?.destroy();
  // Each of these is a line of the log.
  for (let command = 0; command < 2; command += 1) {
    await on('sticker', 'issue', '--kind', 'ticket', '--print');
    running.scan(site.issue('membership'));
    expect(await running.nextVerdict()).toMatchObject({ green: true });
  }
  running.child.stdin?.end();
  await running.until(({ devices }) => devices['scanner']?.state === 'fault');
  expect((await running.state()).door).toMatchObject({ state: expect.stringMatching(/showing|out-of-service/) });
  expect(await running.stop()).toBe(0);
});
