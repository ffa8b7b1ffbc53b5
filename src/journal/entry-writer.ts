import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../base/json.ts';
import { type Clock, DAY_MS, isEvident, MINUTE_MS } from '../base/time.ts';
import type { Decision } from '../policy/decide.ts';
import { entryBytes, factsTag, leafHash, type Note, passTag, type Stamp } from './entry.ts';
import type { ScanSubject } from './journal.ts';
import type { Statements, UseRow } from './statements.ts';

const SALT_BYTES = 32;
/** A single-use key with no end of its own is remembered this long. */
const ENDLESS_USE_DAYS = 400;

/** Writes rows inside somebody's transaction: stamps entries, salts what must be forgotten one day. */
export class EntryWriter {
  readonly #statements: Statements;
  readonly #clock: Clock;
  readonly #bootId: string;
  readonly #lastTrustedMs: () => number | null;
  readonly #marks: Pick<Stamp, 'writer'>;

  /**
   * @param lastTrustedMs wall time of the newest entry under a trusted clock
   * @param writer a command where no kiosk runs, if it is one
   */
  constructor(
    statements: Statements,
    clock: Clock,
    bootId: string,
    lastTrustedMs: () => number | null,
    writer: Stamp['writer'] = undefined,
  ) {
    this.#statements = statements;
    this.#clock = clock;
    this.#bootId = bootId;
    this.#lastTrustedMs = lastTrustedMs;
    this.#marks = writer === undefined ? {} : { writer };
  }

  /** The sequence number of the entry that comes next, which is the number of entries and its leaf's index. */
  nextSeq(): number {
    return this.#statements.nextSeq.get()?.seq ?? 0;
  }

  append(note: Note): number {
    const wall = this.#clock.wall();
    const stamp: Stamp = {
      seq: this.nextSeq(),
      boot: this.#bootId,
      monoMs: Math.floor(this.#clock.monotonicMs()),
      wallMs: Math.floor(wall.atMs),
      clock: isEvident(wall) ? 'trusted' : 'unsure',
      ...this.#marks,
    };
    const bytes = entryBytes(stamp, note);
    this.#statements.addEntry.run(stamp.seq, bytes, leafHash(bytes));
    this.#statements.tree.grow(stamp.seq + 1);
    if (note.type === 'start' || note.type === 'stop') this.#statements.setLastRun.run(note.type, this.#bootId);
    return stamp.seq;
  }

  appendScan(subject: ScanSubject, decision: Decision): number {
    const { pass, facts } = subject;
    const passSalt = pass === null ? null : randomBytes(SALT_BYTES);
    const factsSalt = facts === null ? null : randomBytes(SALT_BYTES);
    const factsJson = facts === null ? null : canonicalJson({ ...facts });
    const seq = this.append({
      type: 'scan',
      verdict: decision.verdict,
      reason: decision.reason,
      rule: decision.rule,
      format: subject.format,
      kind: subject.kind,
      issuer: subject.issuer,
      policy: subject.policy,
      pass: pass === null || passSalt === null ? null : passTag(passSalt, pass.passId),
      facts: factsSalt === null || factsJson === null ? null : factsTag(factsSalt, factsJson),
    });
    const wallMs = Math.floor(this.#certainMs());
    if (passSalt !== null || factsSalt !== null) this.#statements.addSalt.run(seq, passSalt, factsSalt, wallMs);
    if (factsJson !== null) this.#statements.addFacts.run(seq, factsJson, wallMs);
    return seq;
  }

  /**
   * Passback is remembered for its window, single use until a day after the pass ends.
   * @param passUntilMs when the pass ends, or the pass that a sticker stands for; null for never
   */
  useRow(subject: ScanSubject, seq: number, passUntilMs: number | null): UseRow {
    const certainMs = this.#certainMs();
    const isPassback = subject.reuseMode === 'passback';
    const windowMs = (subject.reuse?.minutes ?? 0) * MINUTE_MS;
    const single = passUntilMs === null ? certainMs + ENDLESS_USE_DAYS * DAY_MS : passUntilMs + DAY_MS;
    const endsMs = Math.ceil(isPassback ? certainMs + windowMs : single);
    const monoMs = Math.floor(this.#clock.monotonicMs());
    const wallMs = Math.floor(this.#clock.wall().atMs);
    return [seq, this.#bootId, monoMs, wallMs, endsMs, isPassback ? Math.ceil(monoMs + windowMs) : null];
  }

  /**
   * The latest time that has certainly come: what must be forgotten counts from here. An unsure clock may stand in
   * another century, and nothing that it stamped would ever grow old.
   */
  #certainMs(): number {
    const { atMs, trusted, floorMs } = this.#clock.wall();
    if (trusted) return atMs;
    const lastTrustedMs = this.#lastTrustedMs();
    if (floorMs === undefined && lastTrustedMs === null) return atMs;
    return Math.max(floorMs ?? 0, lastTrustedMs ?? 0);
  }
}
