import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/base/time.ts';
import { RELEASED_AT_MS } from '../../src/base/version.ts';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { openJournalFile } from '../../src/journal/open.ts';
import { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { clockMemoryFile } from '../../src/kiosk/clock-memory.ts';
import { ClockWatch } from '../../src/kiosk/clock-watch.ts';
import { subjectOf } from '../../src/kiosk/subject.ts';
import type { Pass } from '../../src/pass/pass.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { newLogKey } from './exported-log.ts';
import { around } from './passes.ts';

/** A morning some weeks after the release: a clock that falls back by 40 days is still believed. */
export const NINE_MS = RELEASED_AT_MS + 60 * DAY_MS;
/** Often enough for tests; a kiosk looks at its clock every few seconds. */
const LOOK_MS = 10 * MINUTE_MS;

/** A journal that is written, signed and purged as in a kiosk, by what its clock watch says of the clock. */
export class ClockedJournal {
  readonly #folder = mkdtempSync(join(tmpdir(), 'munjigi-clocked-'));
  readonly #key = newLogKey('7A');
  #boots = 0;
  machine = new SimulatedTime(NINE_MS);
  clock = new HandSetClock(this.machine);
  #journal: SqliteJournal | null = null;
  #watch = new ClockWatch(this.clock, () => null, null);

  constructor() {
    onTestFinished(() => {
      this.#journal?.close();
      rmSync(this.#folder, { recursive: true });
    });
  }

  get journal(): SqliteJournal {
    if (this.#journal === null) throw new Error('it is not switched on');
    return this.#journal;
  }

  /** The machine is switched on and shows this. */
  switchOn(wallMs: number, isTrusted = true): void {
    this.#boots += 1;
    const bootId = `boot-${this.#boots}`;
    this.machine = new SimulatedTime(wallMs);
    this.machine.trust(isTrusted);
    this.clock = new HandSetClock(this.machine);
    const journal = SqliteJournal.open({
      open: () => openJournalFile(join(this.#folder, 'journal.db')),
      clock: this.clock,
      bootId,
      useKeySecret: Buffer.alloc(32, 7),
    });
    if (!journal.ok) throw new Error(journal.error);
    this.#journal = journal.value;
    const memory = clockMemoryFile(join(this.#folder, 'clock-memory.json'), bootId, () => {});
    this.#watch = new ClockWatch(this.clock, () => journal.value.lastTrustedMs(), memory);
    this.journal.record({ type: 'start', lastEnd: 'stopped', version: '1' });
    this.journal.checkpoint(this.#key);
  }

  switchOff(): void {
    this.journal.record({ type: 'stop' });
    this.journal.checkpoint(this.#key);
    this.journal.close();
    this.#journal = null;
  }

  setByHand(toMs: number): void {
    const byMs = toMs - this.clock.wall().atMs;
    this.clock.setByHand(this.clock.settingFor(toMs));
    this.journal.record({ type: 'clock-set', toMs, byMs });
    this.#watch.wasSet();
  }

  run(ms: number, lookMs = LOOK_MS): void {
    for (let left = ms; left > 0; left -= lookMs) {
      this.machine.advance(lookMs);
      for (const note of this.#watch.look()) this.journal.record(note);
      this.journal.record({ type: 'dropped', count: 1 });
      this.journal.checkpoint(this.#key);
      const byMs = this.#watch.deletesByMs();
      if (byMs !== null) this.journal.purge(byMs);
    }
  }

  /** Somebody holds up a pass. @returns the verdict */
  scan(pass: Pass, policy: Policy): string {
    const now = this.clock.wall();
    const subject = subjectOf({ ok: true, value: pass }, policy, 'Asia/Seoul', now.atMs);
    return this.journal.judge(subject, (history) => decide(pass, policy, history, around(now))).decision.verdict;
  }

  /** What is stored of people. */
  counts(): { readonly salts: number; readonly facts: number; readonly uses: number } {
    const db = new Database(join(this.#folder, 'journal.db'), { readonly: true });
    const count = (table: string): number => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    const counts = { salts: count('salt'), facts: count('facts'), uses: count('use') };
    db.close();
    return counts;
  }
}
