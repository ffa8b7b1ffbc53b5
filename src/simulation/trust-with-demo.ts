import { ok, type Result } from '../base/result.ts';
import { issuerOf, withOwnStickers } from '../kiosk/own-stickers.ts';
import type { Stores } from '../kiosk/stores.ts';
import type { Trust } from '../pass/trust.ts';
import { conflictIn, trustOf } from '../trust/key-ring.ts';
import { loadLoose } from '../trust/load-loose.ts';

/** The kiosk's imported keys and the demo issuers' beside them, in memory. */
export function trustWithDemo(stores: Stores, demoFolder: string): Result<() => Trust, string> {
  const demo = loadLoose([{ issuer: null, path: demoFolder }]);
  if (!demo.ok) return demo;
  let imported: Trust | null = null;
  let combined: Trust | null = null;
  return ok(() => {
    const now = stores.trust();
    if (combined !== null && now === imported) return combined;
    imported = now;
    const keys = [...stores.trustContents().keys, ...demo.value];
    const isFree = conflictIn(keys) === null;
    const ring = trustOf(isFree ? keys : demo.value, stores.revocations.isRevoked, now.list);
    combined = withOwnStickers(ring, {
      issuer: issuerOf(stores.settingsStore.settings()),
      key: stores.stickerKey,
      isRevoked: (id) => stores.journal.isStickerRevoked(id),
    });
    return combined;
  });
}
