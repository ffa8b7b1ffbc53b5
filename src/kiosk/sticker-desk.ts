import type { Bitmap } from '../base/bitmap.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Clock, DAY_MS, formatMinuteIn, HOUR_MS, SECOND_MS, type WallTime } from '../base/time.ts';
import type { Printer } from '../devices/printer/printer.ts';
import { type Journal, JournalFault } from '../journal/journal.ts';
import type { Kind, Pass } from '../pass/pass.ts';
import { datesUnderRules } from '../policy/dates-under-rules.ts';
import type { Policy } from '../policy/policy.ts';
import type { Settings } from '../settings/schema.ts';
import type { StickerKey } from '../sticker/key.ts';
import type { StickerFace, StickerPaper } from '../sticker/layout.ts';
import { drawStickerId, type StickerOrigin, signSticker } from '../sticker/token.ts';
import type { Log } from './log.ts';
import { issuerOf } from './own-stickers.ts';

export interface StickerRequest {
  /** The genuine pass that the sticker stands for, or null where staff vouch for papers. */
  readonly pass: Pass | null;
  /** The entry of the admission it follows, if there was one. */
  readonly of: number | null;
  readonly kind: Kind;
  readonly via: StickerOrigin;
  /** The latest end that is asked for, in milliseconds since the epoch; null for what settings and policy allow. */
  readonly untilMs: number | null;
  readonly print: boolean;
}

export interface IssuedSticker {
  readonly id: string;
  readonly token: string;
  readonly untilMs: number;
  readonly face: StickerFace;
  /** Why no sticker came out, or null. */
  readonly printFault: string | null;
}

/** Draws beside the loop; never rejects. */
export type DrawSticker = (face: StickerFace, paper: StickerPaper) => Promise<Result<Bitmap, string>>;

export interface StickerDeskParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly printer: Printer | null;
  /** Resolves when the printer is not at something that nobody waits for. */
  readonly printerFree?: () => Promise<void>;
  readonly key: StickerKey;
  readonly draw: DrawSticker;
  readonly policy: () => Policy;
  readonly settings: () => Settings;
  readonly log: Log;
}

/** Issues stickers: decided and recorded at once, drawn and printed beside the door. */
export class StickerDesk {
  readonly #parts: StickerDeskParts;

  constructor(parts: StickerDeskParts) {
    this.#parts = parts;
  }

  /** A sticker for the person who was just admitted. */
  makeFor(pass: Pass, of: number): void {
    const request: StickerRequest = { pass, of, kind: pass.kind, via: 'pass', untilMs: null, print: true };
    void this.issue(request).then((issued) => {
      if (!issued.ok) this.#parts.log('sticker-refused', { why: issued.error });
    });
  }

  /** Issues one sticker; a failed print is part of the answer, a refusal is one sentence. */
  async issue(request: StickerRequest): Promise<Result<IssuedSticker, string>> {
    const { clock, policy, settings, key, printer } = this.#parts;
    const now = clock.wall();
    if (!now.trusted) return err('no sticker while the clock is unsure: set the clock first');
    if (!policy().sticker.kinds.includes(request.kind)) {
      return err(`the policy '${policy().id}' gives no sticker for a pass of kind '${request.kind}'`);
    }
    if (request.print && printer === null) return err('no printer is configured: add one to the hardware file');
    const untilMs = this.#endOf(request, now);
    if (untilMs <= now.atMs) return err('the sticker would have ended already: choose a later end');
    const { kioskId, venueName, zone } = settings();
    const id = drawStickerId(kioskId);
    const token = await signSticker(
      {
        iss: issuerOf(settings()),
        jti: id,
        iat: Math.floor(now.atMs / SECOND_MS),
        exp: Math.floor(untilMs / SECOND_MS),
        kind: request.kind,
        via: request.via,
      },
      key,
    );
    if (!token.ok) return token;
    const recorded = this.#record(() =>
      this.#parts.journal.recordSticker({
        id,
        pass: request.pass,
        of: request.of,
        kind: request.kind,
        via: request.via,
        untilMs,
      }),
    );
    if (recorded !== null) return err(recorded);
    const face: StickerFace = {
      venue: venueName,
      kind: request.kind,
      validUntil: formatMinuteIn(zone, untilMs),
      shortId: id,
      token: token.value,
    };
    const printFault = request.print && printer !== null ? await this.#print(printer, id, face) : null;
    return ok({ id, token: token.value, untilMs, face, printFault });
  }

  #endOf(request: StickerRequest, now: WallTime): number {
    const { policy, settings } = this.#parts;
    const { stickerHours, zone, venueKind } = settings();
    const ends = [now.atMs + stickerHours * HOUR_MS, now.atMs + policy().sticker.maxDays * DAY_MS];
    if (request.untilMs !== null) ends.push(request.untilMs);
    if (request.pass !== null) {
      const { validUntilMs } = request.pass;
      if (validUntilMs !== null) ends.push(validUntilMs);
      // No rule looks at a sticker again: it must end where the pass stops being enough. One that is not enough now, and
      // whose bearer staff let in, is theirs to answer for.
      const cut = datesUnderRules(request.pass, policy(), { now, zone, venueKind, trustAge: 'current' });
      const isEnough = (cut.validFromMs ?? now.atMs) <= now.atMs && now.atMs < (cut.validUntilMs ?? now.atMs);
      if (isEnough && cut.validUntilMs !== null) ends.push(cut.validUntilMs);
    }
    return Math.floor(Math.min(...ends) / SECOND_MS) * SECOND_MS;
  }

  async #print(printer: Printer, id: string, face: StickerFace): Promise<string | null> {
    const drawn = await this.#parts.draw(face, { widthDots: printer.widthDots, dpi: printer.dpi });
    await this.#parts.printerFree?.();
    const fault = drawn.ok
      ? await printer.print({ id, picture: drawn.value })
      : err({ detail: drawn.error, kind: 'undrawn' });
    if (fault.ok) {
      this.#record(() => this.#parts.journal.record({ type: 'sticker-printed', sticker: id }));
      return null;
    }
    this.#parts.log('sticker-unprinted', { sticker: id, why: fault.error.detail });
    this.#record(() => this.#parts.journal.record({ type: 'sticker-unprinted', sticker: id, fault: fault.error.kind }));
    return fault.error.detail;
  }

  #record(write: () => number): string | null {
    try {
      write();
      return null;
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      this.#parts.log('journal-fault', { fault: thrown.message });
      return `the journal cannot be written (${thrown.message}): free some space, then try again`;
    }
  }
}
