import type { Light } from './ack-pipe.ts';
import type { RecordedScan } from './journal-check.ts';

/** A single-use ticket and what became of it, as the visitors saw it and the journal tells it. */
export interface Ticket {
  readonly line: string;
  /** Its admission is in the journal. */
  admitted: boolean;
  /** Somebody saw the green light for it. */
  welcomed: boolean;
}

export interface Accounts {
  readonly admissions: number;
  readonly acknowledged: number;
  readonly problems: readonly string[];
}

const DOUBT = 'door-may-not-have-opened';

/**
 * The accounting outside the kiosk: which ticket was held up when, and which light was seen. Tickets are judged in the
 * order in which they are held up, so that the n-th new light and the n-th recorded verdict of a run are the n-th ticket's.
 */
export class Ledger {
  readonly #sign: () => string;
  readonly #used: Ticket[] = [];
  readonly #known = new Set<Ticket>();
  #held: Ticket[] = [];
  #lights: Light[] = [];
  #seen = new Set<number>();

  constructor(sign: () => string) {
    this.#sign = sign;
  }

  fresh(): Ticket {
    return { line: this.#sign(), admitted: false, welcomed: false };
  }

  /** Tickets of earlier runs: the newest, whose fate a kill decided, and some old ones. */
  earlier(newest: number, old: number, random: () => number): readonly Ticket[] {
    const chosen = new Set(this.#used.slice(-newest));
    for (let count = 0; count < old && this.#used.length > 0; count += 1) {
      const ticket = this.#used[Math.floor(random() * this.#used.length)];
      if (ticket !== undefined) chosen.add(ticket);
    }
    return [...chosen];
  }

  held(ticket: Ticket): void {
    this.#held.push(ticket);
  }

  /** True for the first light of a verdict; rhythm and end of a pattern come under the same number. */
  saw(light: Light): boolean {
    if (light.seq === null || this.#seen.has(light.seq) || !(light.green || light.amber || light.red)) return false;
    this.#seen.add(light.seq);
    this.#lights.push(light);
    return true;
  }

  /** Tickets that were held up and have not been answered. */
  get waiting(): number {
    return this.#held.length - this.#lights.length;
  }

  get answered(): number {
    return this.#lights.length;
  }

  /** Ends a run: holds what was seen against what is recorded since it began. */
  settle(scans: readonly RecordedScan[]): Accounts {
    const problems: string[] = [];
    if (scans.length > this.#held.length) problems.push(`${scans.length} verdicts for ${this.#held.length} tickets`);
    let admissions = 0;
    for (const [index, ticket] of this.#held.entries()) {
      const light = this.#lights[index];
      const scan = scans[index];
      problems.push(...compare(ticket, light, scan));
      if (scan?.verdict === 'admit') {
        admissions += 1;
        ticket.admitted = true;
      }
      if (light?.green === true) ticket.welcomed = true;
      if (!this.#known.has(ticket)) this.#used.push(ticket);
      this.#known.add(ticket);
    }
    const acknowledged = this.#lights.length;
    this.#held = [];
    this.#lights = [];
    this.#seen = new Set();
    return { admissions, acknowledged, problems };
  }
}

function compare(ticket: Ticket, light: Light | undefined, scan: RecordedScan | undefined): readonly string[] {
  const problems: string[] = [];
  if (light !== undefined && scan?.seq !== light.seq) {
    problems.push(`LOST: entry ${light.seq} was acknowledged and ${scan === undefined ? 'is gone' : `is ${scan.seq}`}`);
  }
  if (light !== undefined && scan !== undefined && light.green !== (scan.verdict === 'admit')) {
    problems.push(`entry ${scan.seq} says ${scan.verdict}, the light said otherwise`);
  }
  if (light?.green === true && ticket.welcomed) problems.push(`DOUBLED: entry ${light.seq} lets a ticket in again`);
  if (scan === undefined) return problems;
  const told = `${scan.verdict} ${scan.reason}${scan.rule === null ? '' : ` ${scan.rule}`}`;
  if (ticket.admitted && scan.verdict === 'admit') problems.push(`DOUBLED: entry ${scan.seq} admits a ticket again`);
  if (!ticket.admitted && scan.verdict !== 'admit') problems.push(`entry ${scan.seq}: a ticket nobody used is ${told}`);
  if (ticket.admitted && !ticket.welcomed && scan.rule !== DOUBT) {
    problems.push(`entry ${scan.seq}: a ticket whose light nobody saw is ${told}`);
  }
  if (ticket.admitted && scan.reason !== 'already-used') problems.push(`entry ${scan.seq}: a used ticket is ${told}`);
  return problems;
}
