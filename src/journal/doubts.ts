/** Use keys of admissions that an earlier run, or the file before it was reopened, could not show, with their wall time. */
export class Doubts {
  readonly #atMs = new Map<string, number>();

  /** @param pending whose signal was given, though no entry says so yet */
  learn(
    rows: readonly { readonly seq: number; readonly use_key: Buffer; readonly wall_ms: number }[],
    pending: readonly number[],
  ): void {
    for (const { seq, use_key, wall_ms } of rows) {
      if (!pending.includes(seq)) this.#atMs.set(use_key.toString('hex'), wall_ms);
    }
  }

  /** When it was admitted; undefined where nothing is in doubt. */
  about(key: Buffer): number | undefined {
    return this.#atMs.get(key.toString('hex'));
  }

  settle(key: Buffer): void {
    this.#atMs.delete(key.toString('hex'));
  }

  forgetBefore(wallMs: number): void {
    for (const [key, atMs] of this.#atMs) {
      if (atMs < wallMs) this.#atMs.delete(key);
    }
  }

  forgetAll(): void {
    this.#atMs.clear();
  }
}
