import { DAY_MS, HOUR_MS, MINUTE_MS, type WallTime } from '../base/time.ts';
import type { Authenticated } from '../door/event.ts';
import type { Note } from '../journal/entry.ts';
import { type Finding, HEALTH_KINDS } from '../pass/pass.ts';

/** Issuers' clocks may be ahead of ours by this much without either being wrong. */
export const ISSUER_SKEW_MS = 10 * MINUTE_MS;
/** What one issuer says is written down once in this time. */
export const DOUBT_EVERY_MS = HOUR_MS;
/** What an issuer said is believed for so long. */
export const DOUBT_LASTS_MS = DAY_MS;
/** A clock that so many issuers call late is late. */
const ISSUERS_AGAINST_A_TRUSTED_CLOCK = 2;
const ISSUERS_AGAINST_AN_UNSURE_CLOCK = 1;
const MAX_ISSUERS = 64;

interface Said {
  /** Monotonic times: when it was last said, and last written down. */
  readonly saidMs: number;
  readonly notedMs: number;
}

/**
 * A genuine pass cannot have been made in the future. If one was, the kiosk's clock is late, or its issuer's is ahead:
 * issuers that disagree with the clock together outweigh it, one alone only a clock that nobody vouches for. No verdict
 * depends on it, because a pass is no time server.
 */
export class ClockDoubt {
  readonly #said = new Map<string, Said>();
  #notes: Note[] = [];

  /**
   * Listens to one authenticated scan; only what a good signature covers counts.
   * @param nowMs monotonic, here and in all that follows
   */
  heard(outcome: Authenticated, wall: WallTime, nowMs: number): void {
    const finding = outcome.ok
      ? outcome.value
      : outcome.error.reason === 'not-yet-valid'
        ? outcome.error.finding
        : null;
    const madeAtMs = finding === null ? null : madeAtOf(finding);
    if (finding === null || madeAtMs === null) return;
    const byMs = Math.floor(madeAtMs - wall.atMs);
    if (byMs <= ISSUER_SKEW_MS) return;
    const issuer = `${finding.format} ${finding.issuer ?? finding.kid}`;
    const before = this.#said.get(issuer);
    const isDue = before === undefined || nowMs - before.notedMs >= DOUBT_EVERY_MS;
    this.#said.delete(issuer);
    this.#said.set(issuer, { saidMs: nowMs, notedMs: isDue ? nowMs : before.notedMs });
    const [oldest] = this.#said.keys();
    if (this.#said.size > MAX_ISSUERS && oldest !== undefined) this.#said.delete(oldest);
    if (isDue) this.#notes.push({ type: 'clock-doubted', byMs, issuers: this.#issuersAt(nowMs) });
  }

  /** Whether the owner should look after the clock. */
  isLate(isTrusted: boolean, nowMs: number): boolean {
    const enough = isTrusted ? ISSUERS_AGAINST_A_TRUSTED_CLOCK : ISSUERS_AGAINST_AN_UNSURE_CLOCK;
    return this.#issuersAt(nowMs) >= enough;
  }

  /** The entries that have become due since the last call. */
  takeNotes(): readonly Note[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }

  /** The clock was set forward, or somebody vouches for it now: what was said of the old one is settled. */
  settle(): void {
    this.#said.clear();
  }

  #issuersAt(nowMs: number): number {
    return [...this.#said.values()].filter(({ saidMs }) => nowMs - saidMs < DOUBT_LASTS_MS).length;
  }
}

/**
 * When a pass was certainly made already. A health certificate begins when it is made; a ticket may begin next week, so
 * that only its date of issue says anything.
 */
function madeAtOf({ issuedAtMs, kind, validFromMs }: Finding): number | null {
  if (issuedAtMs !== undefined) return issuedAtMs;
  return kind !== null && HEALTH_KINDS.has(kind) ? validFromMs : null;
}
