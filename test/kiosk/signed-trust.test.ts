import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RELEASED_AT_MS } from '../../src/base/version.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { openStores, type Stores } from '../../src/kiosk/stores.ts';
import { openTrustStore } from '../../src/trust/trust-store.ts';
import { publisher } from '../support/trust-publisher.ts';

const IAT_S = RELEASED_AT_MS / 1_000 + 60;
const DATES = { iat: IAT_S, staleAfter: IAT_S + 60, exp: IAT_S + 120 };
const NOW = { atMs: IAT_S * 1_000, trusted: true };

async function storesWith(list: string, rootFile: Buffer): Promise<Stores> {
  const data = mkdtempSync(join(tmpdir(), 'munjigi-signed-trust-'));
  onTestFinished(() => rmSync(data, { recursive: true }));
  writeFileSync(join(data, 'trust-root.jwk'), rootFile);
  const store = openTrustStore(join(data, 'trust.db'), { readOnly: false });
  if (!store.ok) throw new Error(store.error);
  const bytes = Buffer.from(list);
  const imported = await store.value.importList({ name: 'l', bytes, root: null, fingerprint: null, now: NOW });
  store.value.close();
  if (!imported.ok) throw new Error(imported.error);
  const stores = await openStores(data, new SimulatedTime(NOW.atMs), 'boot');
  if (!stores.ok) throw new Error(stores.error);
  onTestFinished(() => stores.value.close());
  return stores.value;
}

describe('a kiosk that starts with a signed list', () => {
  it('knows its dates, and that no clock before its issue is right', async () => {
    const root = publisher();
    const stores = await storesWith(root.list(3, DATES), root.rootFile);
    expect(stores.trust().list).toEqual({
      version: 3,
      issuedAtMs: DATES.iat * 1_000,
      staleAfterMs: DATES.staleAfter * 1_000,
      expiresAtMs: DATES.exp * 1_000,
    });
    expect(stores.clockFloorMs()).toBe(DATES.iat * 1_000);
    expect(stores.trustContents().warnings).toEqual([]);
  });
});
