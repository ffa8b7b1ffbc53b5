import { siteDayIn } from '../base/site-day.ts';
import { type Clock, MINUTE_MS } from '../base/time.ts';
import type { Journal } from '../journal/journal.ts';
import type { Pass } from '../pass/pass.ts';
import type { History } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import type { Settings } from '../settings/schema.ts';
import type { Log } from './log.ts';
import { PeopleAdmitted } from './people-admitted.ts';

export interface AttendanceParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly policy: () => Policy;
  readonly settings: () => Settings;
  readonly log: Log;
}

/** Who is here today: people who came with one pass and show another, and how many are inside. */
export class Attendance {
  readonly #parts: AttendanceParts;
  readonly #people: PeopleAdmitted;
  #day: string | null = null;

  constructor(parts: AttendanceParts) {
    this.#parts = parts;
    this.#people = new PeopleAdmitted(parts.clock.monotonicMs());
  }

  /** What the journal knows of a pass, and beside it what the house knows of its bearer and of the crowd. */
  historyOf(pass: Pass, known: History): History {
    const { reuse } = this.#parts.policy();
    const windowMs = reuse.samePerson === 'assist' ? reuse.minutes * MINUTE_MS : 0;
    return {
      ...known,
      samePersonUsed: this.#people.cameWithAnother(pass, windowMs, this.#parts.clock.monotonicMs()),
      inside: this.inside(),
    };
  }

  /** Remembers people only where the policy asks for it. */
  judged(pass: Pass, seq: number, isAdmitted: boolean): void {
    if (this.#parts.policy().reuse.samePerson !== 'assist') return;
    this.#people.judged(pass, seq, isAdmitted, this.#parts.clock.monotonicMs());
  }

  /** Staff let in whoever entry `of` is about. */
  letIn(of: number): void {
    this.#people.letIn(of, this.#parts.clock.monotonicMs());
  }

  /** Null where nobody counts. */
  inside(): History['inside'] {
    const limit = this.#parts.settings().occupancyLimit;
    return limit === 0 ? null : { count: this.#parts.journal.occupancy().inside, limit };
  }

  /**
   * Once the day of the site has turned, everybody is forgotten and nobody is inside. A clock that nobody vouches for
   * turns no day. Throws `JournalFault`.
   */
  turnDay(): void {
    const { clock, journal, settings, log } = this.#parts;
    const nowMs = clock.monotonicMs();
    const wall = clock.wall();
    const { zone, occupancyLimit } = settings();
    const day = wall.trusted ? siteDayIn(zone, wall.atMs) : this.#day;
    if ((this.#day !== null && day !== this.#day) || this.#people.isKeyOld(nowMs)) {
      if (this.#people.size > 0) log('people-forgotten', { people: this.#people.size });
      this.#people.forget(nowMs);
    }
    this.#day = day;
    if (occupancyLimit === 0 || !wall.trusted) return;
    if (siteDayIn(zone, journal.occupancy().sinceMs) !== day) journal.record({ type: 'counted-reset' });
  }
}
