import { assert } from '../base/assert.ts';
import { equalBytes } from './byte-text.ts';

/** One-shot SHA-256: node's own at the kiosk, plain script in the stand-alone verifier. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** The hash of the complete subtree over leaves `index * 2^level` up to `(index + 1) * 2^level`. */
export type Subtree = (level: number, index: number) => Uint8Array;

export const HASH_BYTES = 32;
/** A path through any tree whose size a double can count is shorter. */
export const MAX_PATH_HASHES = 63;

const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;
/** Written anew, in whole, for each pair: a proof hashes several hundred, and no hash function keeps what it was given. */
const pair = Uint8Array.of(NODE_PREFIX, ...new Uint8Array(2 * HASH_BYTES));

/** RFC 9162 section 2.1.1: the hash of a leaf's bytes. */
export function leafHashOf(sha256: Sha256, bytes: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(1 + bytes.length);
  prefixed[0] = LEAF_PREFIX;
  prefixed.set(bytes, 1);
  return sha256(prefixed);
}

/** RFC 9162 section 2.1.1: the hash above two others. */
export function parentHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  assert(left.length === HASH_BYTES && right.length === HASH_BYTES, 'two hashes of SHA-256');
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

/** The root over leaves in order, in the memory of one path: complete subtrees, the largest first. */
export class CompactRange {
  readonly #sha256: Sha256;
  readonly #hashes: Uint8Array[];
  #size: number;

  private constructor(sha256: Sha256, size: number, hashes: readonly Uint8Array[]) {
    this.#sha256 = sha256;
    this.#size = size;
    this.#hashes = [...hashes];
  }

  static empty(sha256: Sha256): CompactRange {
    return new CompactRange(sha256, 0, []);
  }

  /** Goes on after `size` leaves, of which only the complete subtrees are known; null if there are too many or too few. */
  static after(sha256: Sha256, size: number, hashes: readonly Uint8Array[]): CompactRange | null {
    return hashes.length === completeSubtrees(size).length ? new CompactRange(sha256, size, hashes) : null;
  }

  get size(): number {
    return this.#size;
  }

  push(leaf: Uint8Array): void {
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = parentHash(this.#sha256, this.#hashes.pop() ?? leaf, node);
    }
    this.#hashes.push(node);
    this.#size += 1;
  }

  root(): Uint8Array {
    const [smallest, ...larger] = [...this.#hashes].reverse();
    if (smallest === undefined) return this.#sha256(new Uint8Array(0));
    return larger.reduce((right, left) => parentHash(this.#sha256, left, right), smallest);
  }
}

/** The complete subtrees that a tree of this size begins with, the largest first. */
export function completeSubtrees(size: number): readonly { readonly level: number; readonly index: number }[] {
  const found: { level: number; index: number }[] = [];
  for (let level = 0, rest = size; rest > 0; level += 1, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) found.unshift({ level, index: rest - 1 });
  }
  return found;
}

/** The root over the first `size` leaves. */
export function rootOf(sha256: Sha256, subtree: Subtree, size: number): Uint8Array {
  return size === 0 ? sha256(new Uint8Array(0)) : rangeHash(sha256, subtree, 0, size);
}

/** RFC 9162 section 2.1.3.1: from the leaf's sibling up to the root's child. `index` is below `size`. */
export function inclusionPath(sha256: Sha256, subtree: Subtree, index: number, size: number): readonly Uint8Array[] {
  const path: Uint8Array[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.unshift(rangeHash(sha256, subtree, middle, to));
      to = middle;
    } else {
      path.unshift(rangeHash(sha256, subtree, from, middle));
      from = middle;
    }
  }
  return path;
}

/** RFC 9162 section 2.1.4.1: that the tree of `size` begins with the tree of `old`. Empty if `old` is 0 or `size`. */
export function consistencyPath(sha256: Sha256, subtree: Subtree, old: number, size: number): readonly Uint8Array[] {
  if (old === 0 || old === size) return [];
  const path: Uint8Array[] = [];
  let from = 0;
  let to = size;
  while (old < to) {
    const middle = from + splitOf(to - from);
    if (old <= middle) {
      path.unshift(rangeHash(sha256, subtree, middle, to));
      to = middle;
    } else {
      path.unshift(rangeHash(sha256, subtree, from, middle));
      from = middle;
    }
  }
  // The old root itself is known to whoever asks.
  return from === 0 ? path : [rangeHash(sha256, subtree, from, to), ...path];
}

/** RFC 9162 section 2.1.3.2. */
export function isIncluded(
  sha256: Sha256,
  proof: { readonly leaf: Uint8Array; readonly index: number; readonly path: readonly Uint8Array[] },
  head: { readonly size: number; readonly root: Uint8Array },
): boolean {
  if (proof.index >= head.size) return false;
  let at = proof.index;
  let last = head.size - 1;
  let node = proof.leaf;
  for (const sibling of proof.path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = parentHash(sha256, sibling, node);
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      node = parentHash(sha256, node, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && equalBytes(node, head.root);
}

/** RFC 9162 section 2.1.4.2. Every tree begins with the empty one. */
export function isConsistent(
  sha256: Sha256,
  old: { readonly size: number; readonly root: Uint8Array },
  head: { readonly size: number; readonly root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  if (old.size > head.size) return false;
  if (old.size === head.size) return path.length === 0 && equalBytes(old.root, head.root);
  if (old.size === 0) return path.length === 0;
  let at = old.size - 1;
  let last = head.size - 1;
  while (at % 2 === 1) {
    at = half(at);
    last = half(last);
  }
  const [first, ...rest] = at === 0 ? [old.root, ...path] : path;
  if (first === undefined) return false;
  let oldNode = first;
  let node = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      oldNode = parentHash(sha256, sibling, oldNode);
      node = parentHash(sha256, sibling, node);
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      node = parentHash(sha256, node, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && equalBytes(oldNode, old.root) && equalBytes(node, head.root);
}

const half = (value: number): number => Math.floor(value / 2);

/** The largest power of two below `width`, which is at least 2. */
function splitOf(width: number): number {
  let split = 1;
  while (split * 2 < width) split *= 2;
  return split;
}

function rangeHash(sha256: Sha256, subtree: Subtree, from: number, to: number): Uint8Array {
  const width = to - from;
  const level = Math.log2(width);
  if (Number.isInteger(level)) return subtree(level, from / width);
  const middle = from + splitOf(width);
  return parentHash(sha256, rangeHash(sha256, subtree, from, middle), rangeHash(sha256, subtree, middle, to));
}
