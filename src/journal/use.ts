import { createHmac } from 'node:crypto';
import { type Clock, MINUTE_MS } from '../base/time.ts';
import type { Pass } from '../pass/pass.ts';
import { type History, NO_HISTORY } from '../policy/decide.ts';
import type { ScanSubject } from './journal.ts';
import type { StickerRow } from './statements.ts';
import { type ForgottenUses, UNSHOWN_MINUTES } from './use-key.ts';

/** Personal side rows live this long, to the millisecond. */
export const PERSONAL_DAYS = 28;

/** What a pass, or the sticker that stands for it, is remembered by. */
export interface Use {
  readonly key: Buffer;
  readonly standsForSingle: boolean;
  /** When the last of pass and sticker ends; null for never. */
  readonly passUntilMs: number | null;
}

/**
 * What a pass counts as.
 * @param sticker the row of the sticker, where it is one: both count as one
 * @param secret K_use; the key is HMAC-SHA-256(K_use, pass id), 32 bytes, which names no pass without it
 */
export function useOf(pass: Pass, sticker: StickerRow | undefined, secret: Uint8Array): Use {
  return {
    key: sticker?.use_key ?? createHmac('sha256', secret).update(pass.passId).digest(),
    standsForSingle: sticker?.single === 1,
    passUntilMs: sticker === undefined ? pass.validUntilMs : sticker.pass_until_ms,
  };
}

/** The genuine pass behind an entry, while staff may still decide about it. */
export interface Genuine {
  readonly seq: number;
  readonly subject: ScanSubject;
  readonly use: Use;
}

/**
 * What the journal knows of a pass before it is judged.
 * @param earlier the row of its last use, if there is one
 * @param unshownAtMs when it was admitted without a signal that is known of, by the wall clock
 * @param forgotten uses that it cannot be held against
 */
export function historyBefore(
  earlier: { readonly boot: string; readonly mono_ms: number; readonly wall_ms: number } | undefined,
  unshownAtMs: number | undefined,
  use: Use,
  forgotten: ForgottenUses | null,
  here: { readonly clock: Clock; readonly bootId: string },
): History {
  const nowMs = here.clock.wall().atMs;
  const sameBoot = earlier?.boot === here.bootId;
  return {
    ...NO_HISTORY,
    lastUse:
      earlier === undefined
        ? null
        : { agoMs: sameBoot ? here.clock.monotonicMs() - earlier.mono_ms : nowMs - earlier.wall_ms },
    unshownAdmission: unshownAtMs !== undefined && Math.abs(nowMs - unshownAtMs) < UNSHOWN_MINUTES * MINUTE_MS,
    standsForSingle: use.standsForSingle,
    forgotten: forgotten === null ? null : { agoMs: nowMs - forgotten.sinceMs, single: nowMs < forgotten.untilMs },
  };
}
