import { setTimeout as wait } from 'node:timers/promises';
import { AckPipe, type Light } from './ack-pipe.ts';
import type { KioskRun } from './kiosk-run.ts';
import type { Site } from './site.ts';

/** What a visitor saw: a light with the number of its entry, amber without one, nothing, or a kiosk that had ended. */
export type Outcome =
  | { readonly kind: 'light'; readonly light: Light & { readonly seq: number } }
  | { readonly kind: 'unrecorded' | 'nothing' | 'ended' };

const PATIENCE_MS = 15_000;

/** People who come one after the other, each waiting for an answer. */
export class Visits {
  readonly #pipe: AckPipe;
  readonly #seen = new Set<number>();
  #amberBefore = false;
  #answer: (light: Light) => void = () => {};

  constructor(site: Site) {
    this.#pipe = new AckPipe(site.acks, (light) => {
      const isNew = light.seq === null ? light.amber && !this.#amberBefore : !this.#seen.has(light.seq);
      this.#amberBefore = light.seq === null && light.amber;
      if (light.seq !== null) this.#seen.add(light.seq);
      if (isNew && (light.green || light.amber || light.red)) this.#answer(light);
    });
  }

  /** Forgets the numbers of an earlier journal, and what a kiosk that has ended left in the pipe. */
  async forget(): Promise<void> {
    await this.#pipe.drained();
    this.#seen.clear();
    this.#amberBefore = false;
  }

  async hold(kiosk: KioskRun, line: string): Promise<Outcome> {
    const patience = new AbortController();
    const seen = new Promise<Outcome>((resolve) => {
      this.#answer = (light) => {
        const { seq } = light;
        resolve(seq === null ? { kind: 'unrecorded' } : { kind: 'light', light: { ...light, seq } });
      };
    });
    kiosk.scan(line);
    const late = wait(PATIENCE_MS, { kind: 'nothing' } as const, { signal: patience.signal });
    const ended = kiosk.ended.then(async () => {
      await this.#pipe.drained();
      return { kind: 'ended' } as const;
    });
    const outcome = await Promise.race([seen, late, ended]);
    patience.abort();
    late.catch(() => {});
    this.#answer = () => {};
    return outcome;
  }

  close(): void {
    this.#pipe.close();
  }
}
