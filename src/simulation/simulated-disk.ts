import type { Note } from '../journal/entry.ts';
import {
  type HeldBack,
  type Journal,
  JournalFault,
  type Judged,
  type Occupancy,
  type ScanSubject,
  type StickerRecord,
} from '../journal/journal.ts';
import type { WitnessBook } from '../journal/witness.ts';
import type { Pass } from '../pass/pass.ts';
import type { Decision, History } from '../policy/decide.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';

/** The real journal behind a disk that can be full: then nothing is written, and every writing call says so. */
export class SimulatedDisk implements Journal {
  readonly lastEnd: Journal['lastEnd'];
  readonly reserve: HeldBack;
  readonly #journal: Journal;
  #full = false;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.lastEnd = journal.lastEnd;
    const isFull = (): boolean => this.#full;
    this.reserve = {
      get isLow() {
        return isFull() || journal.reserve?.isLow === true;
      },
      grow: () => journal.reserve?.grow(),
    };
  }

  get full(): boolean {
    return this.#full;
  }

  setFull(full: boolean): void {
    this.#full = full;
  }

  historyOf(pass: Pass): History {
    return this.#journal.historyOf(pass);
  }

  judge(subject: ScanSubject, decide: (history: History) => Decision): Judged {
    return this.#writable().judge(subject, decide);
  }

  shown(of: number): void {
    this.#journal.shown(of);
  }

  flush(): void {
    this.#writable().flush();
  }

  record(note: Note): number {
    return this.#writable().record(note);
  }

  recordStaff(of: number, choice: 'admitted' | 'refused', because: StaffReason): number {
    return this.#writable().recordStaff(of, choice, because);
  }

  recordSticker(sticker: StickerRecord): number {
    return this.#writable().recordSticker(sticker);
  }

  revokeSticker(id: string): boolean {
    return this.#writable().revokeSticker(id);
  }

  isStickerRevoked(id: string): boolean {
    return this.#journal.isStickerRevoked(id);
  }

  purge(nowMs: number): boolean {
    return this.#writable().purge(nowMs);
  }

  occupancy(): Occupancy {
    return this.#journal.occupancy();
  }

  checkpoint(...call: Parameters<Journal['checkpoint']>): string {
    return this.#writable().checkpoint(...call);
  }

  witness<T>(act: (book: WitnessBook) => T): T {
    return this.#writable().witness(act);
  }

  size(): number {
    return this.#journal.size();
  }

  lastAtMs(): number | null {
    return this.#journal.lastAtMs();
  }

  lastTrustedMs(): number | null {
    return this.#journal.lastTrustedMs();
  }

  continuedAtMs(): number | null {
    return this.#journal.continuedAtMs();
  }

  forgottenUntilMs(): number | null {
    return this.#journal.forgottenUntilMs();
  }

  distrust(problem: string): void {
    this.#journal.distrust(problem);
  }

  close(): void {
    this.#journal.close();
  }

  #writable(): Journal {
    if (this.#full) throw new JournalFault('SQLITE_FULL');
    return this.#journal;
  }
}
