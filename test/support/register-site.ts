import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactDecrypt } from 'jose';
import { onTestFinished } from 'vitest';
import { HandSetClock } from '../../src/devices/clock/hand-set-clock.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import type { Note } from '../../src/journal/entry.ts';
import { JournalFault } from '../../src/journal/journal.ts';
import { DayKeys } from '../../src/register/day-keys.ts';
import { sealedVisits } from '../../src/register/export.ts';
import { Register, type RegisterParts } from '../../src/register/register.ts';
import { openRegisterReader } from '../../src/register/register-file.ts';
import { parseTrustList, type TrustList } from '../../src/trust/trust-list.ts';
import { LUNCH_MS } from './passes.ts';
import { listPayload } from './trust-publisher.ts';

export interface Opened {
  readonly v: number;
  readonly at: string;
  readonly phone: string;
  readonly district: string;
}

/** A health office with a key made when the test runs. */
export function healthOffice(): { readonly privateKey: KeyObject; readonly jwk: object } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }) };
}

/** A list that names an office, or none. */
export function listNaming(jwk: object | null, more: object = {}): TrustList {
  const authorities = jwk === null ? {} : { register: { jwk, title: 'Health office' } };
  const list = parseTrustList(Buffer.from(JSON.stringify(listPayload(1, { authorities, ...more }))), 'list');
  if (!list.ok) throw new Error(list.error);
  return list.value;
}

/** A register in a folder of its own, under a clock that is wound by hand, for an office whose key the test has. */
export class RegisterSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'munjigi-register-'));
  readonly paths = { register: join(this.folder, 'register.db'), registerKeys: join(this.folder, 'days.keys') };
  readonly time = new SimulatedTime(LUNCH_MS);
  readonly clock = new HandSetClock(this.time);
  readonly office = healthOffice();
  readonly notes: Note[] = [];
  isDiskFull = false;
  register: Register;
  readonly #parts: Partial<RegisterParts>;

  constructor(parts: Partial<RegisterParts> = {}) {
    this.#parts = parts;
    this.register = this.#opened();
    onTestFinished(() => {
      this.register.close();
      rmSync(this.folder, { recursive: true });
    });
  }

  #opened(): Register {
    const list = listNaming(this.office.jwk, { exp: Math.floor(LUNCH_MS / 1_000) + 400 * 86_400 });
    return new Register({
      paths: this.paths,
      isOn: () => true,
      clock: this.clock,
      timers: this.time,
      journal: {
        record: (note) => {
          if (this.isDiskFull) throw new JournalFault('SQLITE_FULL');
          return this.notes.push(note);
        },
      },
      list: () => list,
      ...this.#parts,
    });
  }

  /** What the owner does who sets the clock by hand. */
  setByHand(toMs: number): void {
    this.clock.setByHand(this.clock.settingFor(toMs));
  }

  /** As after the end of the process. */
  restart(): void {
    this.register.close();
    this.register = this.#opened();
  }

  async added(phone = '010-1234-5678', district = '종로구') {
    const added = await this.register.add(phone, district);
    if (!added.ok) throw new Error(added.error);
    return added.value;
  }

  /** The sentence with which a visit is refused. */
  async refusal(phone = '010-1234-5678', district = '종로구'): Promise<string> {
    const added = await this.register.add(phone, district);
    if (added.ok) throw new Error('it was stored');
    return added.error;
  }

  purge(): string | null {
    return this.register.purge(this.clock.wall().atMs);
  }

  /** What an export gives, null for a visit that cannot be taken along. */
  exported(fromMs = 0, toMs = Number.MAX_SAFE_INTEGER): readonly (string | null)[] {
    const db = openRegisterReader(this.paths.register);
    if (!db.ok) throw new Error(db.error.says);
    try {
      return [...sealedVisits(db.value, DayKeys.read(this.paths.registerKeys))({ fromMs, toMs })];
    } finally {
      db.value.close();
    }
  }

  /** What the office reads in an export. */
  async opened(): Promise<readonly Opened[]> {
    const opened = this.exported().map((jwe) => compactDecrypt(jwe ?? '', this.office.privateKey));
    return (await Promise.all(opened)).map(({ plaintext }) => JSON.parse(Buffer.from(plaintext).toString()) as Opened);
  }
}
