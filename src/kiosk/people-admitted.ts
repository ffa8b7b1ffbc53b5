import { createHmac, randomBytes } from 'node:crypto';
import { DAY_MS } from '../base/time.ts';
import type { Pass } from '../pass/pass.ts';
import { personOf } from '../pass/person.ts';

const KEY_BYTES = 32;
/** The people of a long day at a big venue in a few megabytes; whoever came first is forgotten first. */
export const MAX_PEOPLE = 10_000;
/** No key lives longer, though no clock says that the day has ended. */
export const LONGEST_KEY_MS = DAY_MS;

/** A pass and its bearer as this key names them. */
interface Named {
  readonly person: string;
  readonly pass: string;
}

/** The newest use by a person, and the newest of a pass other than that one; monotonic times. */
interface Uses {
  readonly pass: string;
  readonly atMs: number;
  readonly otherAtMs: number | null;
}

/**
 * Who came in with which pass, so that a second pass of one person is noticed. Under a random key and in memory alone:
 * whoever takes the disk learns nothing, and a restart or the end of the day forgets everybody.
 */
export class PeopleAdmitted {
  readonly #uses = new Map<string, Uses>();
  #key = randomBytes(KEY_BYTES);
  #keyMadeMs: number;
  /** The person of the last verdict, whom staff may yet let in. */
  #undecided: { readonly seq: number; readonly named: Named } | null = null;

  /** @param nowMs monotonic, here and in all that follows */
  constructor(nowMs: number) {
    this.#keyMadeMs = nowMs;
  }

  get size(): number {
    return this.#uses.size;
  }

  /** Whether another pass of the bearer came in less than `windowMs` ago; never for a pass that names nobody. */
  cameWithAnother(pass: Pass, windowMs: number, nowMs: number): boolean {
    const named = this.#nameOf(pass);
    const uses = named === null ? undefined : this.#uses.get(named.person);
    if (uses === undefined) return false;
    const atMs = uses.pass === named?.pass ? uses.otherAtMs : uses.atMs;
    return atMs !== null && nowMs - atMs < windowMs;
  }

  /** Remembers the bearer of an admitted pass; of any other only for as long as staff may decide about entry `seq`. */
  judged(pass: Pass, seq: number, isAdmitted: boolean, nowMs: number): void {
    const named = this.#nameOf(pass);
    this.#undecided = named === null || isAdmitted ? null : { seq, named };
    if (named !== null && isAdmitted) this.#remember(named, nowMs);
  }

  /** Staff let in whoever entry `of` is about. */
  letIn(of: number, nowMs: number): void {
    if (this.#undecided?.seq === of) this.#remember(this.#undecided.named, nowMs);
    this.#undecided = null;
  }

  forget(nowMs: number): void {
    this.#key = randomBytes(KEY_BYTES);
    this.#keyMadeMs = nowMs;
    this.#uses.clear();
    this.#undecided = null;
  }

  isKeyOld(nowMs: number): boolean {
    return nowMs - this.#keyMadeMs >= LONGEST_KEY_MS;
  }

  #nameOf(pass: Pass): Named | null {
    const person = personOf(pass.claims);
    if (person === null) return null;
    const under = (bytes: string | Buffer): string => createHmac('sha256', this.#key).update(bytes).digest('base64');
    return { person: under(person), pass: under(pass.passId) };
  }

  #remember({ person, pass }: Named, nowMs: number): void {
    const before = this.#uses.get(person);
    const otherAtMs = before === undefined ? null : before.pass === pass ? before.otherAtMs : before.atMs;
    // Taken out first, so that the order of the map is the order of the last use.
    this.#uses.delete(person);
    this.#uses.set(person, { pass, atMs: nowMs, otherAtMs });
    const [oldest] = this.#uses.keys();
    if (this.#uses.size > MAX_PEOPLE && oldest !== undefined) this.#uses.delete(oldest);
  }
}
