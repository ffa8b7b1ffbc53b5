import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ok } from '../../src/base/result.ts';
import { DAY_MS, HOUR_MS } from '../../src/base/time.ts';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { simulatedScanner } from '../../src/devices/scanner/simulated-scanner.ts';
import { simulatedSignal } from '../../src/devices/signal/simulated-signal.ts';
import { LEAP_PROVES_ITSELF_HOURS } from '../../src/journal/trusted-time.ts';
import { openStores } from '../../src/kiosk/stores.ts';
import { wireKiosk } from '../../src/kiosk/wire-kiosk.ts';
import { openTrustStore } from '../../src/trust/trust-store.ts';
import { entriesIn } from '../support/entries.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { healthOffice } from '../support/register-site.ts';
import { ISSUED_S, publisher } from '../support/trust-publisher.ts';

/** A wired kiosk with a register, on simulated devices and time. */
async function kioskWith(authorities: object) {
  const folder = mkdtempSync(join(tmpdir(), 'munjigi-wired-'));
  const root = publisher();
  writeFileSync(join(folder, 'settings.json'), '{"register": "on"}');
  writeFileSync(join(folder, 'trust-root.jwk'), root.rootFile);
  const time = new SimulatedTime(LUNCH_MS);
  const clock = new HandSetClock(time);
  const store = openTrustStore(join(folder, 'trust.db'), { readOnly: false, environment: 'production' });
  if (!store.ok) throw new Error(store.error);
  const bytes = Buffer.from(root.list(1, { authorities, exp: ISSUED_S + 400 * 86_400 }));
  const candidate = { name: 'list', bytes, root: null, fingerprint: null, now: time.wall() };
  const imported = await store.value.importList(candidate);
  if (!imported.ok) throw new Error(imported.error);
  store.value.close();
  const stores = await openStores(folder, time, randomUUID());
  if (!stores.ok) throw new Error(stores.error);
  const told: unknown[] = [];
  const wired = wireKiosk({
    stores: stores.value,
    journal: stores.value.journal,
    clock,
    timers: time,
    scanner: simulatedScanner(),
    signal: simulatedSignal({ path: null, timers: time }),
    printer: null,
    supervisor: { ready: () => {}, stopping: () => {}, alive: () => {}, ailing: () => {}, aliveEveryMs: null },
    isSupervised: false,
    draw: () => Promise.resolve(ok({ width: 8, height: 8, rows: Buffer.alloc(8) })),
    drawSlip: () => Promise.resolve(ok({ width: 8, height: 8, rows: Buffer.alloc(8), missing: [] })),
    log: (event, fields) => void told.push([event, fields]),
  });
  onTestFinished(async () => {
    await wired.stop();
    rmSync(folder, { recursive: true });
  });
  const started = await wired.start();
  if (!started.ok) throw new Error(started.error);
  return { kiosk: wired.kiosk, time, clock, told, entries: () => entriesIn(folder) };
}

const typesOf = ({ entries }: Awaited<ReturnType<typeof kioskWith>>): readonly string[] =>
  entries().map(({ type }) => type);

describe('a kiosk that keeps a visitor register', () => {
  it('shows to whom it is sealed, and forgets every visit within the hour after its 28 days', async () => {
    const rig = await kioskWith({ register: { jwk: healthOffice().jwk, title: 'Health office' } });
    const added = await rig.kiosk.registerVisitor('010-1234-5678', '종로구');
    expect(added).toMatchObject({ ok: true, value: { authority: 'Health office' } });
    const { register } = rig.kiosk.state();
    expect(added.ok && register).toEqual({
      authority: 'Health office',
      fingerprint: added.ok ? added.value.fingerprint : '',
    });
    // Most of it in one leap, for each minute is an entry on a real disk; the log believes that before the 28 days are over.
    const believedMs = (LEAP_PROVES_ITSELF_HOURS + 1) * HOUR_MS;
    rig.time.stepWall(28 * DAY_MS - believedMs);
    rig.time.advance(believedMs - 1);
    expect(typesOf(rig)).not.toContain('register-deleted');
    rig.time.advance(HOUR_MS);
    expect(rig.entries().filter(({ type }) => type === 'register-deleted')).toMatchObject([{ visits: 1 }]);
  });

  it('forgets nobody by a wrong year that its owner has just set, and goes on when it is put right', async () => {
    const rig = await kioskWith({ register: { jwk: healthOffice().jwk, title: 'Health office' } });
    await rig.kiosk.registerVisitor('010-1234-5678', '종로구');
    const { clock } = rig;
    for (const byMs of [365 * DAY_MS, -730 * DAY_MS, 365 * DAY_MS]) {
      clock.setByHand(clock.settingFor(clock.wall().atMs + byMs));
      rig.kiosk.clockWasSet();
      rig.time.advance(HOUR_MS);
    }
    expect(typesOf(rig)).toContain('register-sealed');
    expect(typesOf(rig)).not.toContain('register-deleted');
  });

  it('opens its door also where nobody can register, and says why', async () => {
    const rig = await kioskWith({});
    expect(rig.kiosk.state()).toMatchObject({
      door: { state: 'ready' },
      register: { authority: null, fingerprint: null },
    });
    expect(rig.told).toContainEqual(['register', { warning: expect.stringMatching(/names no authority/) }]);
    expect(await rig.kiosk.registerVisitor('010-1234-5678', '종로구')).toMatchObject({ ok: false });
  });
});
