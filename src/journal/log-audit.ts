import type Database from 'better-sqlite3';
import { equalBytes } from './byte-text.ts';
import { isUnchanged } from './entry.ts';
import { CompactRange } from './merkle.ts';
import { sha256, verifyEd25519 } from './native-crypto.ts';
import { judgeCheckpoint } from './open-checkpoint.ts';
import { type JournalReader, reading } from './query.ts';
import type { VerifierKey } from './signed-note.ts';
import { foldPairs, TILE_LEVELS, TILE_WIDTH } from './tree-store.ts';
import { UseAudit } from './use-audit.ts';

interface EntryRow {
  readonly seq: number;
  readonly bytes: Buffer;
  readonly leaf: Buffer;
}

export interface AuditResult {
  /** Entries that are as they were written. */
  readonly entries: number;
  /** One sentence, or null. */
  readonly problem: string | null;
  /**
   * Whether that means that the file is not what was written. A signature by another key does not: the kiosk's own was lost
   * once, and the entries may be what they were.
   */
  readonly isDamage: boolean;
}

/**
 * Reads a whole journal file in slices: that no entry is missing, that each is what was hashed, and that every hash
 * above it and every checkpoint of this kiosk agrees; then the memory of used passes.
 */
export class LogAudit {
  readonly #entries: Database.Statement<[number, number], EntryRow>;
  readonly #node: Database.Statement<[number, number], { hash: Buffer }>;
  readonly #checkpoints: Database.Statement<[number, number], { size: number; note: string }>;
  readonly #keys: readonly VerifierKey[];
  readonly #uses: UseAudit;
  readonly #range = CompactRange.empty(sha256);
  /** The hashes of each tile that is not yet complete, by its place above the leaves. */
  readonly #tiles: Uint8Array[][] = [];

  constructor(db: JournalReader, keys: readonly VerifierKey[]) {
    this.#keys = keys;
    this.#uses = new UseAudit(db);
    this.#entries = db.prepare('SELECT seq, bytes, leaf FROM entry WHERE seq >= ? ORDER BY seq LIMIT ?');
    this.#node = db.prepare('SELECT hash FROM node WHERE level = ? AND idx = ?');
    this.#checkpoints = db.prepare('SELECT size, note FROM checkpoint WHERE size > ? AND size <= ? ORDER BY size');
  }

  /** Looks at the next entries, at most `maxRows`: what came of it all at the end or at the first problem, else null. */
  step(maxRows: number): AuditResult | null {
    return reading(() => {
      const before = this.#range.size;
      const rows = this.#entries.all(before, maxRows);
      const signed = this.#checkpoints.all(before, rows.length < maxRows ? Number.MAX_SAFE_INTEGER : before + maxRows);
      for (const row of rows) {
        const problem = this.#entryProblem(row);
        if (problem !== null) return { entries: this.#range.size, problem, isDamage: true };
        this.#range.push(row.leaf);
        while (signed[0]?.size === this.#range.size) {
          const { note = '' } = signed.shift() ?? {};
          const unsound = this.#checkpointProblem(note);
          if (unsound !== null) return { entries: this.#range.size, ...unsound };
        }
      }
      const [beyond] = signed;
      const entries = this.#range.size;
      if (beyond !== undefined) {
        const problem = `${beyond.size} entries were signed and only ${entries} are there`;
        return { entries, problem, isDamage: true };
      }
      if (rows.length === maxRows) return null;
      const problem = this.#uses.step(maxRows);
      return problem !== null || this.#uses.isOver ? { entries, problem, isDamage: problem !== null } : null;
    });
  }

  #entryProblem({ seq, bytes, leaf }: EntryRow): string | null {
    const expected = this.#range.size;
    if (seq !== expected) return `entry ${expected} is missing`;
    if (!isUnchanged({ bytes, leaf })) return `entry ${seq} was changed or damaged`;
    let hash: Uint8Array = leaf;
    for (let place = 0; ; place += 1) {
      const tile = this.#tiles[place] ?? [];
      this.#tiles[place] = tile;
      tile.push(hash);
      if (tile.length < TILE_WIDTH) return null;
      this.#tiles[place] = [];
      hash = foldPairs(tile);
      const level = (place + 1) * TILE_LEVELS;
      const stored = this.#node.get(level, (seq + 1) / 2 ** level - 1);
      if (!Buffer.isBuffer(stored?.hash) || !equalBytes(stored.hash, hash))
        return `the hashes above entry ${seq} are damaged`;
    }
  }

  #checkpointProblem(note: unknown): Pick<AuditResult, 'problem' | 'isDamage'> | null {
    const { size } = this.#range;
    if (typeof note !== 'string') return { problem: `the checkpoint of ${size} entries is damaged`, isDamage: true };
    const judged = judgeCheckpoint(note, this.#keys, verifyEd25519);
    if (!judged.ok) {
      const problem = `the checkpoint of ${size} entries does not count: ${judged.error.sentence}`;
      return { problem, isDamage: judged.error.kind !== 'foreign' };
    }
    const { checkpoint } = judged.value;
    const agrees = checkpoint.size === size && equalBytes(checkpoint.root, this.#range.root());
    return agrees ? null : { problem: `entries before ${size} are not the ones that were signed`, isDamage: true };
  }
}
