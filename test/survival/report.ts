import type { Options } from './options.ts';

const PROGRESS_EVERY = 100;
const MOST_TOLD = 20;

/** Tells how a harness gets on and ends the process: 0 for a clean run, 1 for a
 * failure, and of a mutant 1 if it was caught and 0 if it got through. */
export class Report {
  readonly #name: string;
  readonly #options: Options;
  readonly #beganMs = performance.now();
  #problems = 0;
  #rounds = 0;
  #caughtIn: number | null = null;

  constructor(name: string, options: Options) {
    this.#name = name;
    this.#options = options;
    const broken = options.broken === null ? '' : `, broken: ${options.broken}`;
    print(`${name}: ${options.rounds} rounds in ${options.lanes} lanes, seed ${options.seed}${broken}`);
  }

  get rounds(): number {
    return this.#rounds;
  }

  /** A mutant is caught once; a clean run goes on to its end and tells of everything. */
  get isOver(): boolean {
    return this.#options.broken !== null && this.#caughtIn !== null;
  }

  round(round: number, problems: readonly string[]): void {
    this.#rounds += 1;
    if (problems.some((problem) => this.#options.symptom.test(problem))) this.#caughtIn ??= round;
    this.also(problems.map((problem) => `round ${round}: ${problem}`));
    if (this.#rounds % PROGRESS_EVERY === 0)
      print(`  ${this.#rounds} rounds, ${this.#seconds()} s, ${this.#problems} problems`);
  }

  also(problems: readonly string[]): void {
    for (const problem of problems) {
      this.#problems += 1;
      if (this.#problems <= MOST_TOLD) print(`  ${problem}`);
    }
  }

  /** @param figures the last table, a name and a number or text a line */
  end(figures: readonly (readonly [string, number | string])[]): never {
    for (const [name, figure] of [...figures, ['problems', this.#problems], ['seconds', this.#seconds()]] as const) {
      print(`  ${String(name).padEnd(44)} ${figure}`);
    }
    const { broken } = this.#options;
    if (this.#caughtIn !== null && broken !== null) print(`${this.#name}: ${broken} caught in round ${this.#caughtIn}`);
    else if (broken !== null) print(`${this.#name}: ${broken} was NOT CAUGHT: this harness proves nothing`);
    else if (this.#problems > 0) print(`${this.#name}: FAILED, repeat with --seed ${this.#options.seed}`);
    else print(`${this.#name}: clean`);
    process.exit(broken === null ? Number(this.#problems > 0) : Number(this.#caughtIn !== null));
  }

  #seconds(): string {
    return ((performance.now() - this.#beganMs) / 1_000).toFixed(1);
  }
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`);
