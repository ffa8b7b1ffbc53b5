import { createHmac } from 'node:crypto';
import Database from 'better-sqlite3';
import { ok, type Result } from '../base/result.ts';
import { type Clock, DAY_MS, MINUTE_MS } from '../base/time.ts';
import type { Pass } from '../pass/pass.ts';
import type { Decision, History } from '../policy/decide.ts';
import type { LastEnd, Note } from './entry.ts';
import { EntryWriter } from './entry-writer.ts';
import { type Journal, JournalFault, type Judged, type ScanSubject, type StickerRecord } from './journal.ts';
import { prepareStatements, type Statements } from './statements.ts';

/** Personal side rows live this long, to the millisecond. */
export const PERSONAL_DAYS = 28;
/** How long after a crash an admission without its `shown` still makes the same pass an assist. */
export const UNSHOWN_MINUTES = 10;

interface Genuine {
  readonly seq: number;
  readonly subject: ScanSubject;
  readonly useKey: Buffer;
}

interface Handle {
  readonly db: Database.Database;
  readonly statements: Statements;
  readonly writer: EntryWriter;
}

export interface SqliteJournalOptions {
  /** Opens (or reopens, after an I/O error) the file; see journal/open. */
  readonly open: () => Result<Database.Database, string>;
  readonly clock: Clock;
  /** Names the stretch in which monotonic time runs on: the boot id of the machine. */
  readonly bootId: string;
  /** K_use: what use keys are derived under. 32 bytes. */
  readonly useKeySecret: Buffer;
}

/** The journal on SQLite. The file's rows are read at every commit, so a reopened file needs no repair in memory. */
export class SqliteJournal implements Journal {
  readonly lastEnd: LastEnd;
  readonly #options: SqliteJournalOptions;
  #handle: Handle | null = null;
  #pendingShown: number[] = [];
  #lastGenuine: Genuine | null = null;
  #size: number;
  #lastAtMs: number | null;
  #lastTrustedMs: number | null;
  /** In memory, so that no scan waits for a read before it is judged. */
  readonly #revokedStickers = new Set<string>();
  /** Use keys of admissions that an earlier run could not show, with their wall time. */
  readonly #unshownBefore = new Map<string, number>();

  private constructor(options: SqliteJournalOptions, db: Database.Database) {
    this.#options = options;
    const { statements, writer } = this.#adopt(db);
    this.#size = writer.nextSeq();
    this.#lastAtMs = statements.lastAt.get()?.wall_ms ?? null;
    this.#lastTrustedMs = statements.lastTrusted.get()?.wall_ms ?? null;
    const lastRun = statements.lastRun.get()?.type;
    this.lastEnd = lastRun === undefined ? 'first-start' : lastRun === 'stop' ? 'stopped' : 'unknown';
    for (const { id } of statements.revokedStickers.all()) this.#revokedStickers.add(id);
    for (const row of statements.allUnshown.all()) this.#unshownBefore.set(row.use_key.toString('hex'), row.wall_ms);
  }

  /** Opens the journal without writing to it. A refusal is one sentence. */
  static open(options: SqliteJournalOptions): Result<SqliteJournal, string> {
    const opened = options.open();
    return opened.ok ? ok(new SqliteJournal(options, opened.value)) : opened;
  }

  judge(subject: ScanSubject, decide: (history: History) => Decision): Judged {
    const { pass, reuseMode } = subject;
    const useKey = pass === null ? null : this.#useKeyOf(pass);
    const judged = this.#commit(({ statements, writer }) => {
      let decision = decide(this.#history(statements, useKey));
      if (decision.verdict === 'admit' && useKey !== null && reuseMode === 'single') {
        const taken = statements.takeUse.run(useKey, ...writer.useRow(subject, writer.nextSeq())).changes === 0;
        if (taken) decision = decide({ lastUse: { agoMs: 0 }, unshownAdmission: false });
      }
      const seq = writer.appendScan(subject, decision);
      if (decision.verdict === 'admit' && useKey !== null) {
        if (reuseMode === 'passback') statements.renewUse.run(useKey, ...writer.useRow(subject, seq));
        statements.addUnshown.run(seq, useKey, this.#wallMs());
      }
      return { seq, decision };
    });
    this.#lastGenuine = useKey === null ? null : { seq: judged.seq, subject, useKey };
    return judged;
  }

  shown(of: number): void {
    this.#pendingShown.push(of);
  }

  flush(): void {
    if (this.#pendingShown.length > 0) this.#commit(() => undefined);
  }

  record(note: Note): number {
    return this.#commit(({ writer }) => writer.append(note));
  }

  recordStaff(of: number, choice: 'admitted' | 'refused'): number {
    const genuine = this.#lastGenuine?.seq === of ? this.#lastGenuine : null;
    const recorded = this.#commit(({ statements, writer }) => {
      const seq = writer.append({ type: `staff-${choice}`, of });
      if (genuine !== null && choice === 'admitted') {
        const { subject, useKey } = genuine;
        if (subject.reuseMode !== 'none') statements.renewUse.run(useKey, ...writer.useRow(subject, seq));
        statements.addUnshown.run(seq, useKey, this.#wallMs());
      }
      return seq;
    });
    if (genuine !== null) this.#unshownBefore.delete(genuine.useKey.toString('hex'));
    return recorded;
  }

  recordSticker(sticker: StickerRecord): number {
    const useKey = sticker.pass === null ? null : this.#useKeyOf(sticker.pass);
    return this.#commit(({ statements, writer }) => {
      statements.addSticker.run(sticker.id, useKey, sticker.untilMs);
      const { id, of, kind, via } = sticker;
      const exp = Math.floor(sticker.untilMs / 1_000);
      return writer.append({ type: 'sticker-issued', sticker: id, of, kind, via, exp });
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
    const ended = this.#reading(({ statements }) => statements.countEnded.get(personalUntil, personalUntil, nowMs));
    if (ended !== undefined && ended.salts + ended.facts + ended.uses > 0) {
      this.#commit(({ statements, writer }) => {
        statements.dropSalts.run(personalUntil);
        statements.dropFacts.run(personalUntil);
        statements.dropUses.run(nowMs);
        writer.append({ type: 'deleted', ...ended });
      });
      // What was deleted from the file may still stand in the write-ahead log.
      this.#reading(({ db }) => db.pragma('wal_checkpoint(TRUNCATE)'));
    }
    this.#commit(({ statements }) => {
      statements.dropUnshown.run(unshownUntil);
      statements.dropStickers.run(nowMs - DAY_MS);
    });
    for (const [key, wallMs] of this.#unshownBefore) {
      if (wallMs < unshownUntil) this.#unshownBefore.delete(key);
    }
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
    this.#handle?.db.close();
    this.#handle = null;
  }

  /** A sticker is remembered by the key of the pass it was printed for, so that both count as one. */
  #useKeyOf(pass: Pass): Buffer {
    const id = pass.format === 'sticker' ? pass.claims.ticket?.['jti'] : undefined;
    const shared =
      typeof id === 'string' ? this.#reading(({ statements }) => statements.sticker.get(id)?.use_key) : null;
    return shared ?? createHmac('sha256', this.#options.useKeySecret).update(pass.passId).digest();
  }

  #history(statements: Statements, useKey: Buffer | null): History {
    if (useKey === null) return { lastUse: null, unshownAdmission: false };
    const { clock, bootId } = this.#options;
    const nowMs = clock.wall().atMs;
    const use = statements.use.get(useKey);
    const sameBoot = use?.boot === bootId;
    const unshownAtMs = this.#unshownBefore.get(useKey.toString('hex'));
    return {
      lastUse: use === undefined ? null : { agoMs: sameBoot ? clock.monotonicMs() - use.mono_ms : nowMs - use.wall_ms },
      unshownAdmission: unshownAtMs !== undefined && Math.abs(nowMs - unshownAtMs) < UNSHOWN_MINUTES * MINUTE_MS,
    };
  }

  #wallMs(): number {
    return Math.floor(this.#options.clock.wall().atMs);
  }

  /** Runs one transaction, with the `shown` entries that wait for it; a failed one leaves them waiting. */
  #commit<T>(write: (handle: Handle) => T): T {
    return this.#reading((handle) => {
      const result = handle.db
        .transaction(() => {
          for (const of of this.#pendingShown) {
            handle.writer.append({ type: 'shown', of });
            handle.statements.dropShown.run(of);
          }
          return write(handle);
        })
        .immediate();
      this.#pendingShown = [];
      this.#size = handle.writer.nextSeq();
      this.#lastAtMs = this.#wallMs();
      if (this.#options.clock.wall().trusted) this.#lastTrustedMs = this.#lastAtMs;
      return result;
    });
  }

  /** Gives the open file to `use`, opening it anew after an I/O error; what SQLite refuses is a `JournalFault`. */
  #reading<T>(use: (handle: Handle) => T): T {
    try {
      return use(this.#handle ?? this.#reopen());
    } catch (thrown) {
      if (!(thrown instanceof Database.SqliteError)) throw thrown;
      // After a failed sync the pages in memory and on disk may differ: only a fresh handle knows what is stored.
      if (!['SQLITE_FULL', 'SQLITE_BUSY'].includes(thrown.code)) this.close();
      throw new JournalFault(thrown.code);
    }
  }

  #reopen(): Handle {
    const opened = this.#options.open();
    if (!opened.ok) throw new JournalFault(opened.error);
    return this.#adopt(opened.value);
  }

  #adopt(db: Database.Database): Handle {
    const statements = prepareStatements(db);
    const writer = new EntryWriter(statements, this.#options.clock, this.#options.bootId);
    this.#handle = { db, statements, writer };
    return this.#handle;
  }
}
