import type { Entry } from './entry.ts';
import type { OutageCounts } from './outage.ts';

type Counted = { -readonly [Name in keyof OutageCounts]: number };

const COUNT_NAMES: readonly (keyof OutageCounts)[] = [
  'admitted',
  'assisted',
  'refused',
  'staffAdmitted',
  'staffRefused',
  'serverBound',
];
/** Nothing decided. */
const none = (): Counted => ({
  admitted: 0,
  assisted: 0,
  refused: 0,
  staffAdmitted: 0,
  staffRefused: 0,
  serverBound: 0,
});
const OF_VERDICT = { admit: 'admitted', assist: 'assisted', refuse: 'refused' } as const;

/** The decisions of a stretch of the log, to be counted between any two of its entries. */
export class Decisions {
  readonly #seqs: number[] = [];
  readonly #atMs: number[] = [];
  /** Sums before each decision, and after the last. */
  readonly #sums: OutageCounts[] = [none()];

  /** Takes the next entry; those that decide nothing are passed over. */
  entry(entry: Entry): void {
    const sum: Counted = { ...(this.#sums.at(-1) ?? none()) };
    if (entry.type === 'scan') {
      sum[OF_VERDICT[entry.verdict]] += 1;
      if (entry.reason === 'needs-server') sum.serverBound += 1;
    } else if (entry.type === 'staff-admitted') sum.staffAdmitted += 1;
    else if (entry.type === 'staff-refused') sum.staffRefused += 1;
    else return;
    this.#seqs.push(entry.seq);
    this.#atMs.push(entry.wallMs);
    this.#sums.push(sum);
  }

  /** From entry `from` to before entry `to`; to the end where there is no `to`. */
  between(from: number, to: number | null): OutageCounts {
    return this.#counted(this.#firstFrom(from), to === null ? this.#seqs.length : this.#firstFrom(to));
  }

  /** Back from before entry `seq`, as far as the clock said no earlier than `sinceMs`. */
  before(seq: number, sinceMs: number): OutageCounts {
    const end = this.#firstFrom(seq);
    let begin = end;
    while (begin > 0 && (this.#atMs[begin - 1] ?? 0) >= sinceMs) begin -= 1;
    return this.#counted(begin, end);
  }

  /** On from entry `seq`, as far as the clock said no later than `untilMs`. */
  after(seq: number, untilMs: number): OutageCounts {
    const begin = this.#firstFrom(seq);
    let end = begin;
    while (end < this.#seqs.length && (this.#atMs[end] ?? 0) <= untilMs) end += 1;
    return this.#counted(begin, end);
  }

  #counted(begin: number, end: number): OutageCounts {
    const counted = none();
    const [low, high] = [this.#sums[begin], this.#sums[Math.max(begin, end)]];
    for (const name of COUNT_NAMES) counted[name] = (high?.[name] ?? 0) - (low?.[name] ?? 0);
    return counted;
  }

  /** The place of the first decision with that number or a later one. */
  #firstFrom(seq: number): number {
    let low = 0;
    let high = this.#seqs.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#seqs[middle] ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
