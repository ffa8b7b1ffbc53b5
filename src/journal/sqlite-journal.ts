import { createHmac } from 'node:crypto';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../base/result.ts';
import { DAY_MS, isEvident, MINUTE_MS } from '../base/time.ts';
import type { Pass } from '../pass/pass.ts';
import { type Decision, type History, NO_HISTORY } from '../policy/decide.ts';
import type { LastEnd, Note } from './entry.ts';
import { type Handle, handleOf, type SqliteJournalOptions } from './handle.ts';
import { HeadCount, shownAfter } from './head-count.ts';
import {
  type Journal,
  JournalFault,
  type Judged,
  type Occupancy,
  type ScanSubject,
  type StickerRecord,
} from './journal.ts';
import { dropPersonal } from './purge.ts';
import { type Reserve, withReserve } from './reserve.ts';
import { writeCheckpoint } from './signed-heads.ts';
import type { Statements, UsesOver } from './statements.ts';
import { type Genuine, historyBefore, PERSONAL_DAYS, UNSHOWN_MINUTES, type Use } from './use.ts';
import { StoredWitnessBook } from './witness-book.ts';

/** The journal on SQLite. The file's rows are read at every commit, so a reopened file needs no repair in memory. */
export class SqliteJournal implements Journal {
  readonly lastEnd: LastEnd;
  readonly reserve: Reserve | null;
  readonly #options: SqliteJournalOptions;
  #handle: Handle | null = null;
  #isClosed = false;
  #pendingShown: number[] = [];
  #headCount: HeadCount;
  #lastGenuine: Genuine | null = null;
  #size: number;
  #lastAtMs: number | null;
  #lastTrustedMs: number | null;
  /** In memory, so that no scan waits for a read before it is judged. */
  readonly #revokedStickers = new Set<string>();
  /** Use keys of admissions that an earlier run, or the file before it was reopened, could not show, with their wall time. */
  readonly #unshownBefore = new Map<string, number>();

  private constructor(options: SqliteJournalOptions, db: Database.Database) {
    this.#options = options;
    this.reserve = options.reserve ?? null;
    const { statements, writer } = this.#adopt(db);
    this.#size = writer.nextSeq();
    this.#headCount = new HeadCount(statements, this.#size);
    this.#lastAtMs = statements.lastAt.get()?.wall_ms ?? null;
    this.#lastTrustedMs = statements.lastTrusted.get()?.wall_ms || null;
    const lastRun = statements.lastRun.get()?.type;
    this.lastEnd = lastRun === undefined ? 'first-start' : lastRun === 'stop' ? 'stopped' : 'unknown';
    for (const { id } of statements.revokedStickers.all()) this.#revokedStickers.add(id);
  }

  /** Opens the journal without writing to it. A refusal is one sentence. */
  static open(options: SqliteJournalOptions): Result<SqliteJournal, string> {
    const opened = options.open();
    if (!opened.ok) return opened;
    try {
      return ok(new SqliteJournal(options, opened.value));
    } catch (thrown) {
      if (!(thrown instanceof Database.SqliteError)) throw thrown;
      opened.value.close();
      return err(`the journal cannot be read (${thrown.code}): check the disk, then start again`);
    }
  }

  historyOf(pass: Pass): History {
    return this.#reading(({ statements }) => this.#history(statements, this.#useOf(pass)));
  }

  judge(subject: ScanSubject, decide: (history: History) => Decision): Judged {
    const use = subject.pass === null ? null : this.#useOf(subject.pass);
    const counted = use?.standsForSingle === true ? { ...subject, reuseMode: 'single' as const } : subject;
    const judged = this.#commit(({ statements, writer }) => {
      let decision = decide(this.#history(statements, use));
      if (decision.verdict === 'admit' && use !== null && counted.reuseMode === 'single') {
        const row = writer.useRow(counted, writer.nextSeq(), use.passUntilMs);
        const taken = statements.takeUse.run(use.key, ...row).changes === 0;
        if (taken) decision = decide({ ...this.#history(statements, use), lastUse: { agoMs: 0 } });
      }
      const seq = writer.appendScan(counted, decision);
      if (decision.verdict === 'admit' && use !== null) {
        if (counted.reuseMode === 'passback') {
          statements.renewUse.run(use.key, ...writer.useRow(counted, seq, use.passUntilMs));
        }
        statements.addUnshown.run(seq, use.key, this.#wallMs());
      }
      return { seq, decision };
    });
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
    if (note.type === 'clock-set') this.#lastTrustedMs = null;
    return seq;
  }

  recordStaff(of: number, choice: 'admitted' | 'refused'): number {
    const genuine = this.#lastGenuine?.seq === of ? this.#lastGenuine : null;
    const recorded = this.#commit(({ statements, writer }) => {
      const seq = writer.append({ type: `staff-${choice}`, of });
      // What staff decide settles the doubt about an earlier opening, over the next restart too.
      if (genuine !== null) statements.dropUnshownUse.run(genuine.use.key);
      if (genuine !== null && choice === 'admitted') {
        const { subject, use } = genuine;
        if (subject.reuseMode !== 'none') {
          statements.renewUse.run(use.key, ...writer.useRow(subject, seq, use.passUntilMs));
        }
        statements.addUnshown.run(seq, use.key, this.#wallMs());
      }
      return seq;
    });
    if (genuine !== null) this.#unshownBefore.delete(genuine.use.key.toString('hex'));
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

  purge(nowMs: number): void {
    const personalUntil = nowMs - PERSONAL_DAYS * DAY_MS;
    const unshownUntil = nowMs - UNSHOWN_MINUTES * MINUTE_MS;
    const { bootId, clock } = this.#options;
    const over: UsesOver = [nowMs, bootId, Math.floor(clock.monotonicMs())];
    const ended = this.#reading(({ statements }) => statements.countEnded.get(personalUntil, personalUntil, ...over));
    if (ended !== undefined && ended.salts + ended.facts + ended.uses > 0) {
      this.#commit(({ statements, writer }) => dropPersonal(statements, writer, personalUntil, over, ended));
      // What was deleted from the file may still stand in the write-ahead log.
      this.#reading(({ db }) => db.pragma('wal_checkpoint(TRUNCATE)'));
    }
    this.#commit(({ statements }) => {
      statements.dropUnshown.run(unshownUntil, 2 * nowMs - unshownUntil);
      statements.dropStickers.run(nowMs - DAY_MS);
    });
    for (const [key, wallMs] of this.#unshownBefore) {
      if (wallMs < unshownUntil) this.#unshownBefore.delete(key);
    }
  }

  occupancy(): Occupancy {
    return this.#headCount.after(this.#pendingShown.length);
  }

  checkpoint(key: Parameters<Journal['checkpoint']>[0]): string {
    return this.#commit(({ statements }) => writeCheckpoint(statements, key, this.#options.clock, this.#lastTrustedMs));
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
    return this.#lastTrustedMs;
  }

  close(): void {
    this.#isClosed = true;
    this.#dropHandle();
  }

  #dropHandle(): void {
    this.#handle?.db.close();
    this.#handle = null;
  }

  /** A sticker is remembered by the key of the pass it was printed for, so that both count as one. */
  #useOf(pass: Pass): Use {
    const id = pass.format === 'sticker' ? pass.claims.ticket?.['jti'] : undefined;
    const row = typeof id === 'string' ? this.#reading(({ statements }) => statements.sticker.get(id)) : undefined;
    const own = createHmac('sha256', this.#options.useKeySecret).update(pass.passId).digest();
    return {
      key: row?.use_key ?? own,
      standsForSingle: row?.single === 1,
      passUntilMs: row === undefined ? pass.validUntilMs : row.pass_until_ms,
    };
  }

  #history(statements: Statements, use: Use | null): History {
    if (use === null) return NO_HISTORY;
    const unshownAtMs = this.#unshownBefore.get(use.key.toString('hex'));
    return historyBefore(statements.use.get(use.key), unshownAtMs, use, this.#options);
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
      this.#size = handle.writer.nextSeq();
      this.#lastAtMs = this.#wallMs();
      if (isEvident(this.#options.clock.wall())) this.#lastTrustedMs = this.#lastAtMs;
      return result;
    };
    return withReserve(this.reserve, () => this.#reading(commit));
  }

  /** Gives the open file to `use`, opening it anew after an I/O error; what SQLite refuses is a `JournalFault`. */
  #reading<T>(use: (handle: Handle) => T): T {
    try {
      return use(this.#handle ?? this.#reopen());
    } catch (thrown) {
      if (!(thrown instanceof Database.SqliteError)) throw thrown;
      // After a failed sync the pages in memory and on disk may differ: only a fresh handle knows what is stored.
      if (!['SQLITE_FULL', 'SQLITE_BUSY'].includes(thrown.code)) this.#dropHandle();
      throw new JournalFault(thrown.code);
    }
  }

  #reopen(): Handle {
    // A print that ends late must not open a folder again whose lock may be another kiosk's by now.
    if (this.#isClosed) throw new JournalFault('closed');
    const opened = this.#options.open();
    if (!opened.ok) throw new JournalFault(opened.error);
    try {
      const handle = this.#adopt(opened.value);
      this.#reread(handle);
      return handle;
    } catch (thrown) {
      this.#handle = null;
      opened.value.close();
      throw thrown;
    }
  }

  /** What failed may have been stored after all: the file is believed, and nothing is written twice. */
  #reread({ statements, writer }: Handle): void {
    const stored = shownAfter(statements, this.#size - 1);
    this.#pendingShown = this.#pendingShown.filter((seq) => !stored.has(seq));
    this.#size = writer.nextSeq();
    this.#headCount = new HeadCount(statements, this.#size);
    for (const { id } of statements.revokedStickers.all()) this.#revokedStickers.add(id);
  }

  #adopt(db: Database.Database): Handle {
    this.#handle = handleOf(db, this.#options, () => this.#lastTrustedMs);
    // After a failed sync too: what it had written after all is an admission that nobody saw.
    for (const row of this.#handle.statements.allUnshown.all()) {
      if (!this.#pendingShown.includes(row.seq)) this.#unshownBefore.set(row.use_key.toString('hex'), row.wall_ms);
    }
    return this.#handle;
  }
}
