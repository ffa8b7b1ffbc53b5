import { formatInstant, LAST_INSTANT_MS } from '../base/time.ts';
import { utf8 } from './byte-text.ts';
import type { Entry } from './entry.ts';
import type { ClockMark, OutageBound, OutageCertificate, OutageInterval } from './outage.ts';
import { readEntry } from './read-entry.ts';

/** When something was, in milliseconds since the epoch, and what says so. */
export interface ShownTime {
  readonly atMs: number;
  /** `reckoned`: the clock was unsure, and is counted back or on from an entry of the same boot under a trusted one. */
  readonly mark: ClockMark | 'reckoned';
}

/** The time of an entry whose own clock nobody vouched for, from another of its boot; null where there can be no such time. */
export function reckonedMs({ monoMs }: Entry, vouched: Entry): number | null {
  const atMs = vouched.wallMs + monoMs - vouched.monoMs;
  return atMs >= 0 && atMs <= LAST_INSTANT_MS ? atMs : null;
}

/** The times of what a certificate tells of, by the entries that it shows. */
export class OutageTimes {
  readonly #entries = new Map<number, Entry>();
  readonly #isHandSetAtEnd: boolean;

  constructor({ proofs, intervals }: Pick<OutageCertificate, 'proofs' | 'intervals'>) {
    this.#isHandSetAtEnd = intervals.some(({ cause, to }) => cause === 'clock-hand-set' && to === null);
    for (const { seq, entry: spelled } of proofs) {
      const entry = readEntry(utf8(spelled));
      if (entry.ok) this.#entries.set(seq, entry.value);
    }
  }

  of({ seq, at, clock }: OutageBound): ShownTime {
    const entry = this.#entries.get(seq);
    const vouched = clock === 'unsure' && entry !== undefined ? this.#vouchedNear(entry) : undefined;
    const atMs = entry === undefined || vouched === undefined ? null : reckonedMs(entry, vouched);
    return atMs === null ? { atMs: Date.parse(at), mark: clock } : { atMs, mark: 'reckoned' };
  }

  /** Until when a stretch that goes on is known to: at the newest entry, since the log may be signed no further. */
  stillSoAt({ from }: OutageInterval): ShownTime {
    const newest = [...this.#entries.values()].reduce<Entry | null>(
      (one, other) => (other.seq > (one?.seq ?? from.seq) ? other : one),
      null,
    );
    if (newest === null) return this.of(from);
    const { seq, wallMs, clock } = newest;
    return this.of({ seq, at: formatInstant(wallMs), clock: this.#isHandSetAtEnd ? 'hand-set' : clock });
  }

  #vouchedNear({ seq, boot }: Entry): Entry | undefined {
    return [...this.#entries.values()]
      .filter((each) => each.boot === boot && each.clock === 'trusted')
      .toSorted((one, other) => Math.abs(one.seq - seq) - Math.abs(other.seq - seq))[0];
  }

  /** How long a stretch lasted, endless where it goes on; null where no clock that somebody vouched for says it. */
  lastedMs({ from, to, lastedMs }: OutageInterval): number | null {
    if (to === null) return Number.POSITIVE_INFINITY;
    if (lastedMs !== null) return lastedMs;
    const [begin, end] = [this.of(from), this.of(to)];
    const isKnown = [begin, end].every(({ mark }) => mark === 'trusted' || mark === 'reckoned');
    return isKnown ? Math.abs(end.atMs - begin.atMs) : null;
  }
}
