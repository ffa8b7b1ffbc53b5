import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { ScanSubject } from '../../src/journal/journal.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import type { SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import type { Retention } from '../../src/kiosk/retention.ts';
import type { Register } from '../../src/register/register.ts';
import { sealVisit } from '../../src/register/seal.ts';
import { LUNCH_MS, passOf } from '../support/passes.ts';
import { EXPIRES_S, listPayload } from '../support/trust-publisher.ts';
import { CANARY_BYTES } from './byte-search.ts';
import type { Build } from './mutants.ts';

/** What each visitor leaves behind that must be gone one day, or must never be there at all. */
export type CanaryKind = 'boxes' | 'day keys' | 'salts' | 'facts' | 'use keys' | 'sealed texts' | 'numbers';
export type Canaries = Readonly<Record<CanaryKind, readonly Buffer[]>>;

const FACT = 'ceDose":';
const SLOT_BYTES = 64;
const KEY_AT = 4;
const KEY_BYTES = 32;
/** Visitors who type at the same time. */
const CROWD = 8;
const YEAR_S = 366 * 24 * 3_600;
const LOOK_EVERY_MS = 10 * MINUTE_MS;

interface Parts {
  readonly journal: SqliteJournal;
  readonly logKey: LogKey;
  readonly register: Register;
  readonly retention: Retention;
  readonly time: SimulatedTime;
  readonly never: { readonly texts: Buffer[]; readonly numbers: Buffer[] };
}

/** A journal and a register at work in a folder, as the kiosk has them, under a clock that is wound by hand. */
export class ForgetSite {
  readonly #folder: string;
  readonly #parts: Parts;
  #people = 0;

  private constructor(folder: string, parts: Parts) {
    this.#folder = folder;
    this.#parts = parts;
  }

  /** @param build whose journal and register are at work: the real ones, or broken ones */
  static async open(folder: string, build: Build): Promise<ForgetSite> {
    mkdirSync(join(folder, 'keys'), { mode: 0o700 });
    const of = async <T>(path: string): Promise<T> => (await import(join(build.dist, path))) as T;
    const { openJournalFile } = await of<typeof import('../../src/journal/open.ts')>('journal/open.js');
    const journals = await of<typeof import('../../src/journal/sqlite-journal.ts')>('journal/sqlite-journal.js');
    const { loadLogKey } = await of<typeof import('../../src/journal/log-key.ts')>('journal/log-key.js');
    const { parseTrustList } = await of<typeof import('../../src/trust/trust-list.ts')>('trust/trust-list.js');
    const registers = await of<typeof import('../../src/register/register.ts')>('register/register.js');
    const retentions = await of<typeof import('../../src/kiosk/retention.ts')>('kiosk/retention.js');

    const time = new SimulatedTime(LUNCH_MS);
    const journal = journals.SqliteJournal.open({
      open: () => openJournalFile(join(folder, 'journal.db')),
      clock: time,
      bootId: 'boot',
      useKeySecret: Buffer.alloc(KEY_BYTES, 7),
    });
    const logKey = loadLogKey(join(folder, 'log-key.jwk'), { venueId: 'venue', kioskId: '7A' });
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const authorities = { register: { jwk, title: 'Health office' } };
    const payload = listPayload(1, { authorities, exp: EXPIRES_S + YEAR_S });
    const list = parseTrustList(Buffer.from(JSON.stringify(payload)), 'list');
    if (!journal.ok || !logKey.ok || !list.ok) throw new Error('the stores do not open');
    const never = { texts: [] as Buffer[], numbers: [] as Buffer[] };
    const around = { clock: time, timers: time, journal: journal.value };
    const register = new registers.Register({
      ...around,
      paths: { register: join(folder, 'register.db'), registerKeys: join(folder, 'keys', 'register-days.keys') },
      isOn: () => true,
      list: () => list.value,
      seal: async (visit, to) => {
        const jwe = await sealVisit(visit, to);
        never.texts.push(Buffer.from((jwe.split('.')[3] ?? '').slice(0, CANARY_BYTES)));
        never.numbers.push(Buffer.from(`:"${visit.phone}",`));
        return jwe;
      },
    });
    const retention = new retentions.Retention({
      ...around,
      register,
      deletesByMs: () => time.wall().atMs,
      log: () => {},
    });
    return new ForgetSite(folder, { journal: journal.value, logKey: logKey.value, register, retention, time, never });
  }

  get logKey(): LogKey {
    return this.#parts.logKey;
  }

  get journalPath(): string {
    return join(this.#folder, 'journal.db');
  }

  /** People who come over so many hours, show a pass, and register. */
  async visitedBy(people: number, hours: number): Promise<void> {
    const { journal, logKey, register, time } = this.#parts;
    for (let done = 0; done < people; done += CROWD) {
      const crowd = Math.min(CROWD, people - done);
      const added: ReturnType<Register['add']>[] = [];
      for (let at = 0; at < crowd; at += 1) {
        this.#people += 1;
        const { seq } = journal.judge(this.#subject(), () => ADMITTED);
        journal.shown(seq);
        const phone = `010-1${String(this.#people)
          .padStart(7, '0')
          .replace(/^(...)/, '$1-')}`;
        added.push(register.add(phone, '종로구'));
      }
      for (const receipt of await Promise.all(added)) if (!receipt.ok) throw new Error(receipt.error);
      if (done % 256 === 0) journal.checkpoint(logKey, register.checkpointLines());
      time.advance((hours * HOUR_MS * crowd) / people);
    }
    journal.flush();
    journal.checkpoint(logKey, register.checkpointLines());
  }

  /** Lets time pass as the kiosk does, which looks every so often what must go. */
  pass(ms: number): void {
    const { time, retention } = this.#parts;
    for (let left = ms; left > 0; left -= LOOK_EVERY_MS) {
      time.advance(Math.min(left, LOOK_EVERY_MS));
      retention.look();
    }
  }

  /** Everything that lies in the files now, read past the program, and what should never have come there. */
  canaries(): Canaries {
    const { texts, numbers } = this.#parts.never;
    const journal = new Database(this.journalPath, { readonly: true });
    const register = new Database(join(this.#folder, 'register.db'), { readonly: true });
    try {
      const bytes = (db: Database.Database, sql: string): Buffer[] => db.prepare<[], Buffer>(sql).pluck().all();
      const facts = journal.prepare<[], string>('SELECT json FROM facts').pluck().all();
      return {
        boxes: bytes(register, 'SELECT box FROM visit'),
        'day keys': dayKeysIn(join(this.#folder, 'keys', 'register-days.keys')),
        salts: [...bytes(journal, 'SELECT pass FROM salt'), ...bytes(journal, 'SELECT facts FROM salt')],
        facts: facts.map((json) => Buffer.from(json.slice(json.indexOf(FACT)).slice(0, CANARY_BYTES))),
        'use keys': bytes(journal, 'SELECT key FROM use'),
        'sealed texts': [...texts],
        numbers: [...numbers],
      };
    } finally {
      journal.close();
      register.close();
    }
  }

  close(): void {
    this.#parts.register.close();
    this.#parts.journal.close();
  }

  /** Facts that name one person apart, which real ones do not, so that they can be looked for. */
  #subject(): ScanSubject {
    const isTicket = this.#people % 2 === 0;
    const pass = passOf({ single: isTicket, validUntilMs: this.#parts.time.wall().atMs + HOUR_MS });
    const facts = { doses: 2, dosesNeeded: 2, hoursSinceTest: null, bornYearClass: null, kind: pass.kind };
    return {
      pass,
      facts: { ...facts, daysSinceDose: 1_000_000 + this.#people },
      format: pass.format,
      kind: pass.kind,
      issuer: pass.issuer,
      policy: 'forgetting',
      reuse: { mode: 'passback', minutes: 10, samePerson: 'ignore' },
      reuseMode: isTicket ? 'single' : 'passback',
    };
  }
}

const ADMITTED = {
  verdict: 'admit',
  reason: 'ok',
  rule: null,
  advice: null,
  validFromMs: null,
  validUntilMs: null,
} as const;

function dayKeysIn(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const slots = Array.from({ length: bytes.length / SLOT_BYTES }, (_, at) => at * SLOT_BYTES + KEY_AT);
  return slots.map((at) => bytes.subarray(at, at + KEY_BYTES)).filter((key) => key.some((byte) => byte !== 0));
}
