import { formatInstant, MINUTE_MS } from '../../src/base/time.ts';
import { checkOutage, type OutageFault } from '../../src/journal/check-outage.ts';
import { type Entry, entryBytes, type Health, leafHash, type Note, type Stamp } from '../../src/journal/entry.ts';
import { CompactRange, inclusionPath, parentHash, type Subtree } from '../../src/journal/merkle.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import type { OutageCertificate, OutageInterval } from '../../src/journal/outage.ts';
import { readOutage, signOutage } from '../../src/journal/outage-file.ts';
import { signCheckpoint } from '../../src/journal/witness.ts';
import { newLogKey } from './exported-log.ts';

const BEGAN_MS = Date.parse('2021-12-13T10:00:00+09:00');
const NONE = { admitted: 0, assisted: 0, refused: 0, staffAdmitted: 0, staffRefused: 0, serverBound: 0 };
export const WELL: Health = {
  ...{ scanner: 'ready', signal: 'ready', printer: 'absent', trust: 'current' },
  ...{ trustHours: null, freeMib: null, served: 0 },
};
export const SCAN: Note = {
  ...{ type: 'scan', verdict: 'admit', reason: 'ok', rule: null, format: 'entry-pass', kind: 'ticket' },
  ...{ issuer: 'i', policy: 'p', pass: null, facts: null },
};

type Claimed = Pick<OutageInterval, 'cause' | 'reason'> & { readonly unrecorded?: number };

/** A log that is written by hand, and certificates by an owner who has its key and says of it what they like. */
export class WrittenLog {
  readonly entries: Entry[] = [];
  readonly #key = newLogKey('7A');
  readonly #leaves: Buffer[] = [];
  readonly #hashes = new Map<string, Uint8Array>();

  /** Adds an entry at a minute of the day, which may be broken; gives its number. */
  write(minute: number, note: Note, stamp: Partial<Stamp> = {}): number {
    const seq = this.entries.length;
    const ms = Math.round(minute * MINUTE_MS);
    const at = { seq, boot: 'one', monoMs: ms, wallMs: BEGAN_MS + ms, clock: 'trusted', ...stamp } as const;
    this.entries.push({ v: 1, ...at, ...note });
    this.#leaves.push(leafHash(entryBytes(at, note)));
    return seq;
  }

  /**
   * What a stranger finds wrong with a stretch of this log.
   * @param size of the log that is signed; all of it if not given
   * @param shown the numbers of the entries that the owner shows; all that there are if not given
   */
  faultOf(
    claim: Claimed,
    from: number,
    to: number | null,
    size = this.entries.length,
    shown?: readonly number[],
  ): OutageFault | null {
    const proven = this.entries.slice(0, size).filter(({ seq }) => shown?.includes(seq) ?? true);
    const signed = readOutage(signOutage(this.#certificate(claim, from, to, size, proven), this.#key));
    if (!signed.ok) return signed.error;
    const checked = checkOutage(sha256, verifyEd25519, signed.value, [this.#key.verifier]);
    return checked.ok ? null : checked.error;
  }

  #certificate(
    claim: Claimed,
    from: number,
    to: number | null,
    size: number,
    proven: readonly Entry[],
  ): OutageCertificate {
    const [begin, end] = [this.entries[from], to === null ? null : this.entries[to]];
    if (begin === undefined || end === undefined) throw new Error('there is no such entry');
    const bound = ({ seq, wallMs, clock }: Entry) => ({ seq, at: formatInstant(wallMs), clock });
    const at = formatInstant(BEGAN_MS);
    const isOneBoot = end !== null && end.boot === begin.boot;
    const interval: OutageInterval = {
      ...{ unrecorded: 0, ...claim, from: bound(begin), to: end === null ? null : bound(end) },
      ...{ lastedMs: isOneBoot ? end.monoMs - begin.monoMs : null, before: NONE, during: NONE, after: NONE },
    };
    const range = CompactRange.empty(sha256);
    for (const leaf of this.#leaves.slice(0, size)) range.push(leaf);
    const time = { atMs: BEGAN_MS, trusted: true };
    return {
      ...{ v: 1, log: this.#key.origin, venue: 'venue', zone: 'Asia/Seoul', from: at, to: at, madeAt: at },
      ...{ first: null, last: null, intervals: [interval], further: 0, counts: NONE, serverBound: [] },
      ...{ before: null, after: signCheckpoint(this.#key, { size, root: range.root() }, time, []), consistency: [] },
      proofs: proven.map((entry) => ({
        seq: entry.seq,
        entry: spelled(entry),
        path: inclusionPath(sha256, this.#subtree, entry.seq, size).map((hash) => Buffer.from(hash).toString('base64')),
      })),
    };
  }

  readonly #subtree: Subtree = (level, index) => {
    const place = `${level}/${index}`;
    const known = level === 0 ? this.#leaves[index] : this.#hashes.get(place);
    if (known !== undefined) return known;
    if (level === 0) throw new Error('there is no such leaf');
    const [left, right] = [this.#subtree(level - 1, 2 * index), this.#subtree(level - 1, 2 * index + 1)];
    const hash = parentHash(sha256, left, right);
    this.#hashes.set(place, hash);
    return hash;
  };
}

function spelled({ v: _, seq, boot, monoMs, wallMs, clock, writer, ...note }: Entry): string {
  const stamp: Stamp = { seq, boot, monoMs, wallMs, clock, ...(writer === undefined ? {} : { writer }) };
  return entryBytes(stamp, note as Note).toString('utf8');
}
