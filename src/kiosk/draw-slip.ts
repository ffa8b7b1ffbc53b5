import type { Result } from '../base/result.ts';
import { inThread } from '../base/thread.ts';
import { MINUTE_MS } from '../base/time.ts';
import type { StickerPicture } from '../sticker/draw-in-thread.ts';
import type { SlipJob } from './slip-picture.ts';

/** Reading a day of a long log on a slow card takes seconds. */
const SLIP_DEADLINE_MS = MINUTE_MS;

/** Makes a slip beside the loop; never rejects, the error is one sentence. */
export type DrawSlip = (job: SlipJob) => Promise<Result<StickerPicture, string>>;

/** Reads and draws in a thread of its own that ends with the job. */
export const drawSlipInThread: DrawSlip = (job) =>
  inThread(job, 'the slip', {
    workerUrl: new URL('./slip-worker.js', import.meta.url),
    deadlineMs: SLIP_DEADLINE_MS,
  });
