import { err, type Result } from '../../src/base/result.ts';
import {
  type IssuedSticker,
  StickerDesk,
  type StickerDeskParts,
  type StickerRequest,
} from '../../src/kiosk/sticker-desk.ts';
import { Killed } from './fuse.ts';

/** A sticker that was signed and recorded, before it is printed. */
export interface DrawnSticker {
  readonly id: string;
  readonly token: string;
  /** The entry of the admission that it follows. */
  readonly of: number | null;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The desk, of which the harness knows when it waits for nothing but the printer. One sticker is asked for at a time. */
export class WatchedDesk extends StickerDesk {
  readonly #signing: { request: StickerRequest | null };
  #running = 0;

  constructor(parts: StickerDeskParts, drawn: (sticker: DrawnSticker) => void) {
    const signing: { request: StickerRequest | null } = { request: null };
    super({
      ...parts,
      draw: (face, paper) => {
        drawn({ id: face.shortId, token: face.token, of: signing.request?.of ?? null });
        signing.request = null;
        return parts.draw(face, paper);
      },
    });
    this.#signing = signing;
  }

  get isBusy(): boolean {
    return this.#running > 0;
  }

  override async issue(request: StickerRequest): Promise<Result<IssuedSticker, string>> {
    this.#running += 1;
    this.#signing.request = request;
    try {
      return await super.issue(request);
    } catch (thrown) {
      if (thrown instanceof Killed) return err('killed');
      throw thrown;
    } finally {
      this.#running -= 1;
      if (this.#signing.request === request) this.#signing.request = null;
    }
  }

  /** Signing takes real time, in which the simulated clock stands still. */
  async settled(): Promise<void> {
    do await turn();
    while (this.#signing.request !== null);
    await turn();
  }
}
