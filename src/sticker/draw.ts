import type { Result } from '../base/result.ts';
import { inThread } from '../base/thread.ts';
import { realTimers, type Timers } from '../base/timers.ts';
import type { DrawJob, StickerPicture } from './draw-in-thread.ts';
import type { StickerFace, StickerPaper } from './layout.ts';

/** Fifty times what a laptop takes: reached only by something that hangs. */
export const DRAW_DEADLINE_MS = 10_000;

export interface DrawSurroundings {
  readonly workerUrl?: URL;
  readonly timers?: Timers;
}

/**
 * Draws a sticker in a thread of its own that ends with the job, so that the lines of the kiosk do not wait for it.
 * Never rejects: the error is one sentence.
 */
export function drawSticker(
  face: StickerFace,
  paper: StickerPaper,
  { workerUrl = new URL('./draw-worker.js', import.meta.url), timers = realTimers }: DrawSurroundings = {},
): Promise<Result<StickerPicture, string>> {
  const job: DrawJob = { face, paper };
  return inThread(job, 'the sticker', { workerUrl, deadlineMs: DRAW_DEADLINE_MS, timers });
}
