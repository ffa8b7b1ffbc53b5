import type { EntryRange } from './entries-in-time.ts';
import { OutageTimeline } from './outage-timeline.ts';
import { entriesBetween, type JournalReader } from './query.ts';

/** How far back what lasts is looked for: some weeks. */
const LOOK_BACK_ENTRIES = 100_000;

/**
 * A timeline that knows what came before a range: states that last, and the sign of life before a silence. Every entry
 * is read, since any of them may be the last before a gap. A damaged file is a `JournalFault`.
 */
export function timelineBefore(db: JournalReader, { from }: EntryRange): OutageTimeline {
  const timeline = new OutageTimeline();
  for (const entry of entriesBetween(db, Math.max(0, from - LOOK_BACK_ENTRIES), from)) timeline.entry(entry);
  return timeline;
}
