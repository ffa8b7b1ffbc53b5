import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Result } from '../../src/base/result.ts';
import type { WallTime } from '../../src/base/time.ts';
import type { Environment } from '../../src/settings/schema.ts';
import type { FoundList, ListCandidate } from '../../src/trust/import-list.ts';
import { openTrustStore, type TrustContents, type TrustStore } from '../../src/trust/trust-store.ts';
import { LUNCH_MS } from './passes.ts';
import type { Publisher } from './trust-publisher.ts';

export const AT_LUNCH: WallTime = { atMs: LUNCH_MS, trusted: true };

/** The trust store of a kiosk in a folder of its own, whose root is pinned unless said otherwise. */
export class TrustSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'munjigi-trust-'));
  readonly path = join(this.folder, 'trust.db');
  readonly rootPath = join(this.folder, 'trust-root.jwk');
  environment: Environment = 'production';
  #store: TrustStore | null = null;

  constructor(root: Publisher | null) {
    if (root !== null) writeFileSync(this.rootPath, root.rootFile);
    onTestFinished(() => {
      this.#store?.close();
      rmSync(this.folder, { recursive: true });
    });
  }

  get store(): TrustStore {
    this.#store ??= this.#open();
    return this.#store;
  }

  #open(): TrustStore {
    const opened = openTrustStore(this.path, { readOnly: false, environment: this.environment });
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  }

  /** As after the end of the process. */
  restart(environment: Environment = this.environment): this {
    this.#store?.close();
    this.#store = null;
    this.environment = environment;
    return this;
  }

  import(text: string | Buffer, more: Partial<ListCandidate> = {}): Promise<Result<FoundList, string>> {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
    return this.store.importList({ name: 'list.jwt', bytes, root: null, fingerprint: null, now: AT_LUNCH, ...more });
  }

  /** Imports what must be taken. */
  async take(text: string, more: Partial<ListCandidate> = {}): Promise<FoundList> {
    const imported = await this.import(text, more);
    if (!imported.ok) throw new Error(imported.error);
    return imported.value;
  }

  /** The sentence for what must not be taken. */
  async refusal(text: string | Buffer, more: Partial<ListCandidate> = {}): Promise<string> {
    const imported = await this.import(text, more);
    if (imported.ok) throw new Error(`it was taken: version ${imported.value.version}`);
    return imported.error;
  }

  get contents(): TrustContents {
    const contents = this.store.contents();
    if (!contents.ok) throw new Error(contents.error);
    return contents.value;
  }

  get version(): number {
    return this.contents.list?.dates.version ?? 0;
  }

  /** Everything on the disk and the dates that are shown, to compare. */
  snapshot(): unknown {
    const db = new Database(this.path, { readonly: true });
    try {
      return {
        lists: db.prepare('SELECT * FROM signed_list ORDER BY seq').all(),
        loose: db.prepare('SELECT * FROM loose_document ORDER BY name').all(),
        root: existsSync(this.rootPath) ? readFileSync(this.rootPath, 'utf8') : null,
        dates: this.contents.list?.dates,
      };
    } finally {
      db.close();
    }
  }

  /** Changes the store as a failing disk would, behind its back. */
  damage(sql: string, ...values: readonly unknown[]): void {
    const db = new Database(this.path);
    db.prepare(sql).run(...values);
    db.close();
  }
}
