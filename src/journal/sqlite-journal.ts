import type Database from 'better-sqlite3';
import type { Result } from '../base/result.ts';
import { DAY_MS } from '../base/time.ts';
import type { Pass } from '../pass/pass.ts';
import { type Decision, type History, NO_HISTORY } from '../policy/decide.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';
import { openReadable } from './damage.ts';
import { Doubts } from './doubts.ts';
import type { LastEnd, Note } from './entry.ts';
import { type Handle, handleOf, type SqliteJournalOptions } from './handle.ts';
import { HeadCount, shownAfter } from './head-count.ts';
import type { Journal, Judged, Occupancy, ScanSubject, StickerRecord } from './journal.ts';
import { JournalFile } from './journal-file.ts';
import { judgeScan, staffDecided } from './judge-scan.ts';
import { lastEndOf } from './last-end.ts';
import { beginBeside, beginOf, isAnotherLog, type LogBegin } from './log-begin.ts';
import type { LogKey } from './log-key.ts';
import { dropOver, dropPersonal, unshownUntil } from './purge.ts';
import { unshownBefore } from './renew.ts';
import { type Reserve, withReserve } from './reserve.ts';
import { writeCheckpoint } from './signed-heads.ts';
import type { Over, Statements } from './statements.ts';
import { type TrustedTime, trustedTimeOf } from './trusted-time.ts';
import { type Genuine, historyBefore, PERSONAL_DAYS, type Use, useOf } from './use.ts';
import type { ForgottenUses } from './use-key.ts';
import { scrubWal } from './wal-scrub.ts';
import { StoredWitnessBook } from './witness-book.ts';

/** The journal on SQLite. The file's rows are read at every commit, so a reopened file needs no repair in memory. */
export class SqliteJournal implements Journal {
  readonly lastEnd: LastEnd;
  readonly reserve: Reserve | null;
  readonly #options: SqliteJournalOptions;
  readonly #file: JournalFile;
  #pendingShown: number[] = [];
  /** An earlier run may have been killed between the deletion and this. */
  #isScrubDue = true;
  #headCount: HeadCount;
  #lastGenuine: Genuine | null = null;
  #size: number;
  #lastAtMs: number | null;
  #begin: LogBegin;
  #forgotten: ForgottenUses | null = null;
  readonly #trustedTime: TrustedTime;
  readonly #revokedStickers = new Set<string>();
  readonly #doubts = new Doubts();

  private constructor(options: SqliteJournalOptions, db: Database.Database) {
    this.#options = options;
    this.reserve = options.reserve ?? null;
    const handle = handleOf(db, options, () => this.#trustedTime.atMs);
    const { statements, writer } = handle;
    this.#file = new JournalFile(options.open, handle, (reopened) => this.#adopt(reopened));
    this.#size = writer.nextSeq();
    this.#headCount = new HeadCount(statements, this.#size);
    this.#lastAtMs = statements.lastAt.get()?.wall_ms ?? null;
    this.#begin = beginOf(statements);
    this.#trustedTime = trustedTimeOf(statements);
    this.lastEnd = lastEndOf(statements.lastRun.get(), options.bootId);
    this.#remember(handle);
  }

  /** Opens the journal without writing to it. A refusal is one sentence. */
  static open(options: SqliteJournalOptions): Result<SqliteJournal, string> {
    return openReadable(options.open, (db) => new SqliteJournal(options, db));
  }

  historyOf(pass: Pass): History {
    return this.#file.reading(({ statements }) => this.#history(statements, this.#useOf(pass)));
  }

  judge(subject: ScanSubject, decide: (history: History) => Decision): Judged {
    const use = subject.pass === null ? null : this.#useOf(subject.pass);
    const counted = use?.standsForSingle === true ? { ...subject, reuseMode: 'single' as const } : subject;
    const judged = this.#commit((handle) =>
      judgeScan(handle, counted, use, this.#history(handle.statements, use), decide, this.#wallMs()),
    );
    this.#lastGenuine = use === null ? null : { seq: judged.seq, subject: counted, use };
    return judged;
  }

  shown(of: number): void {
    this.#pendingShown.push(of);
  }

  flush(): void {
    if (this.#pendingShown.length > 0) this.#commit(() => undefined);
  }

  record(note: Note): number {
    const seq = this.#commit(({ writer }) => writer.append(note));
    this.#headCount.noted(note, this.#lastAtMs ?? 0);
    // Whoever sets the clock by hand says that what it showed before was wrong.
    if (note.type === 'clock-set') this.#trustedTime.forget();
    return seq;
  }

  recordStaff(of: number, choice: 'admitted' | 'refused', because: StaffReason): number {
    const genuine = this.#lastGenuine?.seq === of ? this.#lastGenuine : null;
    const recorded = this.#commit((handle) => staffDecided(handle, { of, choice, because }, genuine, this.#wallMs()));
    if (genuine !== null) this.#doubts.settle(genuine.use.key);
    return recorded;
  }

  recordSticker(sticker: StickerRecord): number {
    const { id, pass, of, kind, via, untilMs } = sticker;
    const useKey = pass === null ? null : this.#useOf(pass).key;
    const single = pass?.single === true ? 1 : 0;
    return this.#commit(({ statements, writer }) => {
      statements.addSticker.run(id, useKey, untilMs, single, pass === null ? untilMs : pass.validUntilMs);
      return writer.append({ type: 'sticker-issued', sticker: id, of, kind, via, exp: Math.floor(untilMs / 1_000) });
    });
  }

  revokeSticker(id: string): boolean {
    const revoked = this.#commit(({ statements, writer }) => {
      if (statements.revokeSticker.run(id).changes === 0) return false;
      writer.append({ type: 'sticker-revoked', sticker: id });
      return true;
    });
    if (revoked) this.#revokedStickers.add(id);
    return revoked;
  }

  isStickerRevoked(id: string): boolean {
    return this.#revokedStickers.has(id);
  }

  purge(nowMs: number): boolean {
    const { bootId: boot, clock } = this.#options;
    const until = nowMs - PERSONAL_DAYS * DAY_MS;
    const latestMs = Math.max(nowMs, this.#wallMs());
    const at = { now: nowMs, boot, mono: Math.floor(clock.monotonicMs()), until, latest: latestMs };
    const { over, ended } = this.#file.reading(({ statements }) => {
      const over: Over = { ...at, behind: statements.behindUntil.get(until)?.seq ?? null };
      return { over, ended: statements.countEnded.get(over) };
    });
    if (ended !== undefined && ended.salts + ended.facts + ended.uses > 0) {
      this.#commit((handle) => dropPersonal(handle, over, ended));
      this.#isScrubDue = true;
    }
    if (this.#commit(({ statements }) => dropOver(statements, nowMs, latestMs))) this.#isScrubDue = true;
    this.#doubts.forgetBefore(unshownUntil(nowMs));
    // What was deleted from the file still stands in the write-ahead log.
    if (this.#isScrubDue) this.#isScrubDue = !this.#file.reading(({ db }) => scrubWal(db));
    const asideAtMs = this.#options.forgetAside?.(until, latestMs) ?? null;
    this.#begin = beginBeside(this.#begin, asideAtMs, latestMs);
    return !this.#isScrubDue;
  }

  occupancy(): Occupancy {
    return this.#headCount.after(this.#pendingShown.length);
  }

  checkpoint(key: LogKey, extensions: readonly string[] = []): string {
    const saying = { clock: this.#options.clock, lastTrustedMs: this.#trustedTime.atMs, extensions };
    const note = this.#commit(({ statements }) => writeCheckpoint(statements, key, saying));
    this.#options.keepHead?.(note);
    return note;
  }

  witness<T>(act: (book: StoredWitnessBook) => T): T {
    return this.#commit(({ statements, writer }) => act(new StoredWitnessBook(statements, writer)));
  }

  size(): number {
    return this.#size;
  }

  lastAtMs(): number | null {
    return this.#lastAtMs;
  }

  lastTrustedMs(): number | null {
    return this.#trustedTime.atMs;
  }

  continuedAtMs(): number | null {
    return this.#begin.continuedAtMs;
  }

  forgottenUntilMs(): number | null {
    return this.#forgotten?.untilMs ?? null;
  }

  /** To be called after the entry of the start: tells of a key that was lost. */
  settleUseKey(): void {
    this.#commit(({ useKeys, writer }) => useKeys.settle(writer));
  }

  distrust(problem: string): void {
    this.#file.distrust(problem);
  }

  close(): void {
    this.#file.close();
  }

  /** A sticker is remembered by the key of the pass it was printed for, so that both count as one. */
  #useOf(pass: Pass): Use {
    const id = pass.format === 'sticker' ? pass.claims.ticket?.['jti'] : undefined;
    const row = typeof id === 'string' ? this.#file.reading(({ statements }) => statements.sticker.get(id)) : undefined;
    return useOf(pass, row, this.#options.useKeySecret);
  }

  #history(statements: Statements, use: Use | null): History {
    if (use === null) return NO_HISTORY;
    const doubt = this.#doubts.about(use.key);
    return historyBefore(statements.use.get(use.key), doubt, use, this.#forgotten, this.#options);
  }

  #wallMs(): number {
    return Math.floor(this.#options.clock.wall().atMs);
  }

  /** Runs one transaction, with the `shown` entries that wait for it; a failed one leaves them waiting. */
  #commit<T>(write: (handle: Handle) => T): T {
    const commit = (handle: Handle): T => {
      const result = handle.db
        .transaction(() => {
          for (const of of this.#pendingShown) {
            handle.writer.append({ type: 'shown', of });
            handle.statements.dropShown.run(of);
          }
          this.#headCount.fold(handle.statements, handle.writer.nextSeq(), this.#pendingShown.length);
          return write(handle);
        })
        .immediate();
      this.#headCount.shown(this.#pendingShown.length);
      this.#pendingShown = [];
      if (this.#size === 0) this.#begin = beginOf(handle.statements);
      this.#size = handle.writer.nextSeq();
      this.#lastAtMs = this.#wallMs();
      const { clock, bootId } = this.#options;
      this.#trustedTime.recorded(clock.wall(), bootId, clock.monotonicMs());
      return result;
    };
    return withReserve(this.reserve, () => this.#file.reading(commit));
  }

  /** A file that was opened anew is believed: what failed may have been stored after all, and nothing is written twice. */
  #adopt(db: Database.Database): Handle {
    const handle = handleOf(db, this.#options, () => this.#trustedTime.atMs);
    const { statements, writer } = handle;
    const begin = beginOf(statements);
    if (isAnotherLog(this.#begin, this.#size, begin, writer.nextSeq())) this.#beginAnother(handle);
    else this.#reread(handle);
    this.#size = writer.nextSeq();
    this.#begin = begin;
    this.#remember(handle);
    return handle;
  }

  #remember({ statements, useKeys }: Handle): void {
    this.#forgotten = useKeys.forgotten;
    for (const { id } of statements.revokedStickers.all()) this.#revokedStickers.add(id);
    // What a failed sync has stored after all is an admission that nobody saw.
    this.#doubts.learn(statements.allUnshown.all(), this.#pendingShown);
  }

  #reread({ statements, writer }: Handle): void {
    const stored = shownAfter(statements, this.#size - 1);
    this.#pendingShown = this.#pendingShown.filter((seq) => !stored.has(seq));
    this.#headCount = new HeadCount(statements, writer.nextSeq());
  }

  /** Numbers of the log before mean nothing in the one that has taken its place. */
  #beginAnother({ db, statements, writer }: Handle): void {
    const headCount = this.#headCount.after(this.#pendingShown.length);
    db.transaction(() => {
      for (const of of this.#pendingShown) statements.dropShown.run(unshownBefore(of));
      statements.foldCount.run(writer.nextSeq() - 1, headCount.inside, headCount.sinceMs);
    })();
    this.#headCount.shown(this.#pendingShown.length);
    this.#pendingShown = [];
    this.#lastGenuine = null;
    this.#doubts.forgetAll();
  }
}
