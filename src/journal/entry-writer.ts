import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../base/json.ts';
import { type Clock, DAY_MS, MINUTE_MS } from '../base/time.ts';
import type { Decision } from '../policy/decide.ts';
import { entryBytes, factsTag, leafHash, type Note, passTag, type Stamp } from './entry.ts';
import type { ScanSubject } from './journal.ts';
import type { Statements } from './statements.ts';

const SALT_BYTES = 32;
/** A single-use key with no end of its own is remembered this long. */
const ENDLESS_USE_DAYS = 400;

/** What each row of a use key is stamped with. */
export type UseRow = [seq: number, boot: string, monoMs: number, wallMs: number, endsMs: number];

/** Writes rows inside somebody's transaction: stamps entries, salts what must be forgotten one day. */
export class EntryWriter {
  readonly #statements: Statements;
  readonly #clock: Clock;
  readonly #bootId: string;

  constructor(statements: Statements, clock: Clock, bootId: string) {
    this.#statements = statements;
    this.#clock = clock;
    this.#bootId = bootId;
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
      clock: wall.trusted ? 'trusted' : 'unsure',
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
    const wallMs = Math.floor(this.#clock.wall().atMs);
    if (passSalt !== null || factsSalt !== null) this.#statements.addSalt.run(seq, passSalt, factsSalt, wallMs);
    if (factsJson !== null) this.#statements.addFacts.run(seq, factsJson, wallMs);
    return seq;
  }

  /**
   * Passback is remembered for its window, single use until a day after the pass ends.
   * @param passUntilMs when the pass ends, or the pass that a sticker stands for; null for never
   */
  useRow(subject: ScanSubject, seq: number, passUntilMs: number | null): UseRow {
    const nowMs = this.#clock.wall().atMs;
    const single = passUntilMs === null ? nowMs + ENDLESS_USE_DAYS * DAY_MS : passUntilMs + DAY_MS;
    const passback = nowMs + (subject.reuse?.minutes ?? 0) * MINUTE_MS;
    const endsMs = Math.ceil(subject.reuseMode === 'passback' ? passback : single);
    return [seq, this.#bootId, Math.floor(this.#clock.monotonicMs()), Math.floor(nowMs), endsMs];
  }
}
