import { createHmac } from 'node:crypto';
import type Database from 'better-sqlite3';
import { DAY_MS, MINUTE_MS } from '../base/time.ts';
import type { EntryWriter } from './entry-writer.ts';

/** How long after a crash an admission without its `shown` still makes the same pass an assist. */
export const UNSHOWN_MINUTES = 10;
const FITS = 'munjigi: the key that uses are remembered under';
const FITS_BYTES = 8;
/** Of a key of which no log has told. */
const UNNAMED = Buffer.alloc(FITS_BYTES);

/** Tells one K_use from another and says nothing of it: the first 8 bytes of an HMAC-SHA-256 under it. */
export const fitOf = (secret: Uint8Array): Buffer =>
  createHmac('sha256', secret).update(FITS).digest().subarray(0, FITS_BYTES);

/** Uses are stored that no pass can be held against any more: their key is lost. */
export interface ForgottenUses {
  /** Since when, by the wall clock. */
  readonly sinceMs: number;
  /** Until when the last of those passes may be shown. */
  readonly untilMs: number;
}

interface UseKeyRow {
  readonly fits: Buffer;
  readonly since_seq: number;
  readonly lost_ms: number | null;
  readonly until_ms: number | null;
}

const isTimeOrNull = (stored: unknown): boolean => stored === null || Number.isSafeInteger(stored);

interface Loss extends ForgottenUses {
  readonly fits: Buffer;
}

/** Under which keys the uses of a journal are remembered, as of when it was opened. Nothing is written before `settle`. */
export class UseKeys {
  readonly forgotten: ForgottenUses | null;
  readonly #db: Database.Database;
  readonly #fits: Buffer;
  readonly #rows: readonly UseKeyRow[];
  /** Not yet in the log. */
  readonly #loss: Loss | null;

  /** @param isNew the key was made just now, because there was none */
  constructor(db: Database.Database, secret: Uint8Array, isNew: boolean, nowMs: number) {
    this.#db = db;
    this.#fits = fitOf(secret);
    this.#rows = db
      .prepare<[], UseKeyRow>('SELECT fits, since_seq, lost_ms, until_ms FROM use_key')
      .all()
      // On a damaged page a column holds anything.
      .filter(({ fits, lost_ms, until_ms }) => Buffer.isBuffer(fits) && [lost_ms, until_ms].every(isTimeOrNull));
    this.#loss = this.#lossBy(isNew, Math.floor(nowMs));
    const lost = this.#rows.flatMap(({ fits, lost_ms: sinceMs, until_ms: untilMs }) =>
      sinceMs === null || untilMs === null || fits.equals(this.#fits) ? [] : [{ sinceMs, untilMs }],
    );
    if (this.#loss !== null) lost.push(this.#loss);
    const [sinceMs, untilMs] = [lost.map((one) => one.sinceMs), lost.map((one) => one.untilMs)];
    this.forgotten = lost.length === 0 ? null : { sinceMs: Math.max(...sinceMs), untilMs: Math.max(...untilMs) };
  }

  /**
   * Keeps which key is in use from here on, and tells of one that was lost; of each once. Inside somebody's transaction.
   * A key that is put back later finds its uses again.
   */
  settle(writer: EntryWriter): void {
    const current = this.#rows.find(({ lost_ms }) => lost_ms === null);
    if (current?.fits.equals(this.#fits) === true) return;
    const run = (sql: string, ...values: readonly (Buffer | number)[]): void =>
      void this.#db.prepare(sql).run(...values);
    const sinceSeq = current === undefined ? 0 : writer.nextSeq();
    run('DELETE FROM use_key WHERE lost_ms IS NULL OR fits = ?', this.#fits);
    run('INSERT INTO use_key (fits, since_seq, lost_ms, until_ms) VALUES (?, ?, NULL, NULL)', this.#fits, sinceSeq);
    if (this.#loss === null) return;
    const { fits, sinceMs, untilMs } = this.#loss;
    run(
      'INSERT OR REPLACE INTO use_key (fits, since_seq, lost_ms, until_ms) VALUES (?, 0, ?, ?)',
      fits,
      sinceMs,
      untilMs,
    );
    writer.append({ type: 'use-key-lost', untilMs });
  }

  #lossBy(isNew: boolean, nowMs: number): Loss | null {
    const current = this.#rows.find(({ lost_ms }) => lost_ms === null);
    if (current === undefined ? !isNew : current.fits.equals(this.#fits)) return null;
    const untilMs = this.#lastUseEndsMs(current?.since_seq ?? 0);
    return untilMs === null ? null : { fits: current?.fits ?? UNNAMED, sinceMs: nowMs, untilMs };
  }

  /** When the last use since an entry is over; null where nothing was used. */
  #lastUseEndsMs(sinceSeq: number): number | null {
    const ends = this.#db.prepare<[number, number, number], number | null>(
      // Uses of a damaged log stand under no entry. A sticker bears the use key of its pass, which no pass leads to now.
      `SELECT max(ends_ms) FROM (
         SELECT ends_ms FROM use WHERE seq >= ? OR seq < 0
         UNION ALL SELECT until_ms + ? FROM sticker WHERE use_key IS NOT NULL AND single = 1
         UNION ALL SELECT wall_ms + ? FROM unshown)`,
    );
    return ends.pluck().get(sinceSeq, DAY_MS, UNSHOWN_MINUTES * MINUTE_MS) ?? null;
  }
}
