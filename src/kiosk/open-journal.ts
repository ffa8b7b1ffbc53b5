import { err, ok, type Result } from '../base/result.ts';
import { SECOND_MS } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';
import type { SqliteJournalOptions } from '../journal/handle.ts';
import { headKeeper } from '../journal/kept-head.ts';
import type { OpenTrouble } from '../journal/open.ts';
import { type RenewingFileOptions, renewingFile } from '../journal/renew.ts';
import { SqliteJournal } from '../journal/sqlite-journal.ts';
import { forgetInThread } from './forget-in-thread.ts';
import type { Log } from './log.ts';

const ASK_AGAIN_MS = 2 * SECOND_MS;
/** At a terminal somebody waits for an answer; under a supervisor nobody does, and the disk may yet come. */
const TRIES_AT_A_TERMINAL = 3;

/** What is done about a disk that refuses at a start. */
export interface Patience {
  readonly timers: Timers;
  readonly isSupervised: boolean;
  readonly log: Log;
}

type Options = Omit<SqliteJournalOptions, 'open'> & Pick<RenewingFileOptions, 'path' | 'key'>;

/**
 * Opens the journal, in the place of a damaged one a new one. A disk that refuses is asked again, since it may be slow
 * to come up; a command, which has no patience, is told at once. The error is one sentence.
 */
export async function openKioskJournal(
  options: Options,
  log: Log,
  patience: Patience | null,
): Promise<Result<SqliteJournal, string>> {
  let trouble: OpenTrouble | null = null;
  const continued: RenewingFileOptions['continued'] = ({ type, ...members }) => log(type, members);
  const file = renewingFile({ ...options, continued });
  const open: SqliteJournalOptions['open'] = (suspicion) => {
    let opened = file(suspicion);
    // To begin a log anew, or to bring one up to date, takes room before anything is recorded.
    if (!opened.ok && opened.error.kind === 'full' && options.reserve?.release() === true) opened = file(suspicion);
    trouble = opened.ok ? null : opened.error;
    return opened.ok ? ok(opened.value) : err(opened.error.says);
  };
  const { path, key } = options;
  const beside = { forgetAside: forgetInThread(path, key.verifier, log), keepHead: headKeeper(path) };
  for (let tries = 1; ; tries += 1) {
    const opened = SqliteJournal.open({ ...options, open, ...beside });
    if (opened.ok || !mayPass(trouble) || patience === null) return opened;
    if (!patience.isSupervised && tries >= TRIES_AT_A_TERMINAL) return opened;
    patience.log('journal-waits', { fault: opened.error });
    await new Promise<void>((resolve) => void patience.timers.after(ASK_AGAIN_MS, resolve));
  }
}

const mayPass = (trouble: OpenTrouble | null): boolean =>
  trouble === null || trouble.kind === 'disk' || trouble.kind === 'full';
