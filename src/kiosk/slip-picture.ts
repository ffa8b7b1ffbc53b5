import { reasonOf } from '../base/assert.ts';
import { err, type Result } from '../base/result.ts';
import { formatMinuteIn } from '../base/time.ts';
import { dayRecord } from '../journal/day-record.ts';
import { JournalFault } from '../journal/journal.ts';
import { openJournalReader } from '../journal/open.ts';
import { UnknownEntry } from '../journal/query.ts';
import type { StickerPicture } from '../sticker/draw-in-thread.ts';
import type { StickerPaper } from '../sticker/layout.ts';
import { drawSlip, type SlipFace } from '../sticker/slip.ts';

/** What is needed to make the slip of a day from a journal file; times in milliseconds since the epoch. */
export interface SlipJob {
  readonly journalPath: string;
  readonly zone: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly madeAtMs: number;
  readonly known: Pick<SlipFace, 'venue' | 'day' | 'log' | 'words' | 'code'>;
  readonly paper: StickerPaper;
}

/** Reads the day and draws its slip, here and now: a day is some thousand entries. The error is one sentence. */
export function slipPicture({
  journalPath,
  zone,
  fromMs,
  toMs,
  madeAtMs,
  known,
  paper,
}: SlipJob): Result<StickerPicture, string> {
  const reader = openJournalReader(journalPath);
  if (!reader.ok) return reader;
  try {
    // What has not come yet is no outage.
    const record = dayRecord(reader.value, zone, fromMs, Math.min(toMs, Math.max(fromMs, madeAtMs)));
    const { admit, assist, refuse, staffAdmitted, stickers } = record.counters;
    const { entries, down, off } = record;
    const counts = { admitted: admit, assisted: assist, refused: refuse, staffAdmitted, stickers };
    const printedAt = formatMinuteIn(zone, madeAtMs);
    return drawSlip({ ...known, printedAt, ...counts, entries, down, off }, paper);
  } catch (thrown) {
    if (!(thrown instanceof JournalFault) && !(thrown instanceof UnknownEntry)) throw thrown;
    return err(`the log cannot be read: ${reasonOf(thrown)}`);
  } finally {
    reader.value.close();
  }
}
