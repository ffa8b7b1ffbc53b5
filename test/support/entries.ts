import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/journal/entry.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { entriesFrom, newestEntries } from '../../src/journal/query.ts';

const ALL = 1_000_000;

/** Every entry of a data folder in order, also while a kiosk writes there; none where nothing was begun. */
export function entriesIn(data: string): readonly Entry[] {
  const path = join(data, 'journal.db');
  if (!existsSync(path)) return [];
  const opened = openJournalReader(path);
  if (!opened.ok) throw new Error(opened.error);
  try {
    return entriesFrom(opened.value, 0, ALL);
  } finally {
    opened.value.close();
  }
}

/** How many there are, without reading them. */
export function entryCountIn(data: string): number {
  const opened = openJournalReader(join(data, 'journal.db'));
  if (!opened.ok) throw new Error(opened.error);
  try {
    return (newestEntries(opened.value, 1)[0]?.seq ?? -1) + 1;
  } finally {
    opened.value.close();
  }
}

export const typesIn = (data: string): readonly string[] => entriesIn(data).map(({ type }) => type);
