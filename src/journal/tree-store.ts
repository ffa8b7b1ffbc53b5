import type Database from 'better-sqlite3';
import { assert } from '../base/assert.ts';
import { DamagedJournal } from './journal.ts';
import { CompactRange, completeSubtrees, HASH_BYTES, parentHash, rootOf, type Subtree } from './merkle.ts';
import { sha256 } from './native-crypto.ts';

/**
 * Leaves stand in `entry`. Above them only every fourth level is stored: one row for 16 entries, one more for 256, so
 * that few entries cost a page of their own for the proofs. What lies between is hashed when somebody asks.
 */
export const TILE_LEVELS = 4;
export const TILE_WIDTH = 2 ** TILE_LEVELS;
/** Of one level in one transaction, when an older file is brought up to date. */
const FILL_NODES = 4_096;

/** The Merkle tree of a journal file. Nothing of it is kept in memory, so a rolled back entry leaves nothing behind. */
export class TreeStore {
  readonly #leaves: Database.Statement<[number, number], Buffer>;
  readonly #nodes: Database.Statement<[number, number, number], Buffer>;
  readonly #addNode: Database.Statement<[number, number, Buffer]>;
  readonly #lastNode: Database.Statement<[number], { idx: number | null }>;

  constructor(db: Database.Database) {
    this.#leaves = db
      .prepare<[number, number], Buffer>('SELECT leaf FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq')
      .pluck();
    this.#nodes = db
      .prepare<[number, number, number], Buffer>(
        'SELECT hash FROM node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx',
      )
      .pluck();
    this.#addNode = db.prepare('INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)');
    this.#lastNode = db.prepare('SELECT max(idx) AS idx FROM node WHERE level = ?');
  }

  /** To be called in the transaction that added the leaf `size - 1`: stores what that leaf has completed. */
  grow(size: number): void {
    for (let level = TILE_LEVELS; size % 2 ** level === 0; level += TILE_LEVELS) {
      const index = size / 2 ** level - 1;
      this.#addNode.run(level, index, Buffer.from(this.#hashOver(level, index)));
    }
  }

  /** Adds nodes that a file of an older version lacks, `most` of a level at a time; true when none lacks. */
  fill(size: number, most: number = FILL_NODES): boolean {
    let level = TILE_LEVELS;
    for (; 2 ** level <= size; level += TILE_LEVELS) {
      const first = (this.#lastNode.get(level)?.idx ?? -1) + 1;
      const lacking = Math.floor(size / 2 ** level) - first;
      for (let index = first; index < first + Math.min(lacking, most); index += 1) {
        this.#addNode.run(level, index, Buffer.from(this.#hashOver(level, index)));
      }
      if (lacking > most) return false;
    }
    return true;
  }

  readonly subtree: Subtree = (level, index) => {
    if (level % TILE_LEVELS !== 0 || level === 0) return this.#hashOver(level, index);
    const stored = this.#nodes.get(level, index, index + 1);
    if (!isHash(stored)) throw new DamagedJournal(`the hash ${level}/${index} above the entries is missing`);
    return stored;
  };

  /** The root over the first `size` entries. */
  root(size: number): Uint8Array {
    return rootOf(sha256, this.subtree, size);
  }

  /** The complete subtrees of the first `size` entries, the largest first: what a stretch after them is checked with. */
  before(size: number): readonly Uint8Array[] {
    return completeSubtrees(size).map(({ level, index }) => this.subtree(level, index));
  }

  /** From the next stored level below, or from the leaves; `level` 0 is the leaf itself. */
  #hashOver(level: number, index: number): Uint8Array {
    const below = Math.max(0, (Math.ceil(level / TILE_LEVELS) - 1) * TILE_LEVELS);
    const width = 2 ** (level - below);
    const from = index * width;
    const hashes = below === 0 ? this.#leaves.all(from, from + width) : this.#nodes.all(below, from, from + width);
    if (hashes.length !== width || !hashes.every(isHash))
      throw new DamagedJournal(`a hash below ${level}/${index} is missing`);
    return foldPairs(hashes);
  }
}

/** On a damaged page a column holds anything. */
const isHash = (stored: unknown): stored is Uint8Array => Buffer.isBuffer(stored) && stored.length === HASH_BYTES;

/** The hash over a power of two of hashes. */
export function foldPairs(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    const pairs = row;
    row = Array.from({ length: pairs.length / 2 }, (_, at) => {
      const [left, right] = [pairs[2 * at], pairs[2 * at + 1]];
      assert(left !== undefined && right !== undefined, 'a power of two of hashes');
      return parentHash(sha256, left, right);
    });
  }
  const [root] = row;
  assert(root !== undefined, 'a hash to fold');
  return root;
}

/** A range that goes on after `size` entries of this tree. */
export function rangeAfter(tree: TreeStore, size: number): CompactRange {
  const range = CompactRange.after(sha256, size, tree.before(size));
  assert(range !== null, 'as many subtrees as the size has ones');
  return range;
}
