import { assert } from '../base/assert.ts';
import { ok, type Result } from '../base/result.ts';
import type { Clock } from '../base/time.ts';
import { issuerOf } from '../kiosk/own-stickers.ts';
import { StickerDesk } from '../kiosk/sticker-desk.ts';
import type { Stores } from '../kiosk/stores.ts';
import { subjectOf } from '../kiosk/subject.ts';
import { authenticate } from '../pass/authenticate.ts';
import type { Trust } from '../pass/trust.ts';
import { decide } from '../policy/decide.ts';
import { trustAgeAt } from '../policy/trust-age.ts';
import type { WalletPass } from './world.ts';

/** Admits a ticket before the visitor comes, through the same judgement as at the door, so that it is used up. */
export function useUp(line: string, stores: Stores, trust: Trust, clock: Clock): void {
  const now = clock.wall();
  const outcome = authenticate({ line: Buffer.from(line, 'latin1'), parts: 1 }, trust, now);
  assert(outcome.ok, 'the demo issuer signs tickets that the demo kiosk accepts');
  const { settingsStore, journal } = stores;
  const policy = settingsStore.policy();
  const settings = settingsStore.settings();
  const { seq } = journal.judge(subjectOf(outcome, policy, settings.zone, now.atMs), (history) =>
    decide(outcome.value, policy, history, { now, zone: settings.zone, trustAge: trustAgeAt(trust.list, now.atMs) }),
  );
  journal.shown(seq);
  journal.flush();
}

/** Two stickers as this kiosk issues them, one of them taken back again. */
export async function issueDemoStickers(stores: Stores, clock: Clock): Promise<Result<readonly WalletPass[], string>> {
  const desk = new StickerDesk({
    clock,
    journal: stores.journal,
    printer: null,
    key: stores.stickerKey,
    draw: () => Promise.reject(new Error(`${issuerOf(stores.settingsStore.settings())} prints nothing here`)),
    policy: () => stores.settingsStore.policy(),
    settings: () => stores.settingsStore.settings(),
    log: () => {},
  });
  const papers = { pass: null, of: null, kind: 'vaccination', via: 'paper', untilMs: null, print: false } as const;
  const good = await desk.issue(papers);
  if (!good.ok) return good;
  const revoked = await desk.issue(papers);
  if (!revoked.ok) return revoked;
  stores.journal.revokeSticker(revoked.value.id);
  return ok([
    {
      id: 'sticker',
      title: { ko: '스티커', en: 'Sticker' },
      note: {
        ko: '스마트폰이 없는 분께 인쇄해 드린 스티커. 열립니다',
        en: 'Printed for someone without a phone. Opens',
      },
      format: 'sticker',
      expect: 'admit',
      lines: [good.value.token],
    },
    {
      id: 'revoked',
      title: { ko: '취소된 스티커', en: 'Revoked sticker' },
      note: { ko: '잃어버려 취소한 스티커입니다', en: 'Lost, and taken back' },
      format: 'sticker',
      expect: 'refuse',
      lines: [revoked.value.token],
    },
  ]);
}
