import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CompactRange,
  completeSubtrees,
  consistencyPath,
  inclusionPath,
  isConsistent,
  isIncluded,
  leafHashOf,
  parentHash,
  rootOf,
  type Subtree,
} from '../../src/journal/merkle.ts';
import { sha256 } from '../../src/journal/native-crypto.ts';

// The leaves and heads of the Certificate Transparency reference tests.
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const unhex = (text: string): Uint8Array => Buffer.from(text, 'hex');
const LEAVES = INPUTS.map((input) => leafHashOf(sha256, unhex(input)));

/** Subtrees as the definition says, from all leaves each time. */
const over =
  (leaves: readonly Uint8Array[]): Subtree =>
  (level, index) => {
    if (level === 0) return leaves[index] ?? new Uint8Array();
    const below = over(leaves);
    return parentHash(sha256, below(level - 1, 2 * index), below(level - 1, 2 * index + 1));
  };

const many = Array.from({ length: 70 }, (_, index) => leafHashOf(sha256, Uint8Array.of(index)));
const headOf = (size: number) => ({ size, root: rootOf(sha256, over(many), size) });

describe('the tree', () => {
  it('has the heads that Certificate Transparency has, leaf by leaf and at once', () => {
    const range = CompactRange.empty(sha256);
    ROOTS.forEach((root, size) => {
      expect(hex(range.root())).toBe(root);
      expect(hex(rootOf(sha256, over(LEAVES), size))).toBe(root);
      const leaf = LEAVES[size];
      if (leaf !== undefined) range.push(leaf);
    });
  });

  it('gives the paths that Certificate Transparency gives', () => {
    expect(inclusionPath(sha256, over(LEAVES), 5, 8).map(hex)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(consistencyPath(sha256, over(LEAVES), 6, 8).map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(consistencyPath(sha256, over(LEAVES), 2, 5).map(hex)).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ]);
  });

  it('is continued from its complete subtrees as if it had never been interrupted', () => {
    for (let from = 0; from <= many.length; from += 1) {
      const hashes = completeSubtrees(from).map(({ level, index }) => over(many)(level, index));
      const range = CompactRange.after(sha256, from, hashes);
      for (const leaf of many.slice(from)) range?.push(leaf);
      expect(hex(range?.root() ?? new Uint8Array())).toBe(hex(headOf(many.length).root));
      expect(CompactRange.after(sha256, from, [...hashes, new Uint8Array(32)])).toBeNull();
    }
  });
});

describe('a proof', () => {
  it('of each entry in each tree holds, and for no other entry, tree or path', () => {
    for (let size = 1; size <= 40; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const leaf = many[index] ?? new Uint8Array();
        const path = inclusionPath(sha256, over(many), index, size);
        expect(isIncluded(sha256, { leaf, index, path }, headOf(size))).toBe(true);
        expect(isIncluded(sha256, { leaf, index: index + 1, path }, headOf(size))).toBe(false);
        expect(isIncluded(sha256, { leaf: many[size] ?? leaf, index, path }, headOf(size))).toBe(false);
        expect(isIncluded(sha256, { leaf, index, path: [...path, leaf] }, headOf(size))).toBe(false);
        if (path.length > 0) expect(isIncluded(sha256, { leaf, index, path: path.slice(1) }, headOf(size))).toBe(false);
      }
    }
  });

  it('that a tree only grew holds between each two sizes, and not for another tree', () => {
    for (let size = 0; size <= 40; size += 1) {
      for (let old = 0; old <= size; old += 1) {
        const path = consistencyPath(sha256, over(many), old, size);
        expect(isConsistent(sha256, headOf(old), headOf(size), path)).toBe(true);
        if (old === 0) continue;
        const other = { size: old, root: sha256(headOf(old).root) };
        expect(isConsistent(sha256, other, headOf(size), path)).toBe(false);
        expect(isConsistent(sha256, headOf(old), { ...headOf(size), root: other.root }, path)).toBe(false);
        expect(isConsistent(sha256, headOf(size + 1), headOf(old), path)).toBe(false);
        expect(isConsistent(sha256, headOf(old), headOf(size), [...path, other.root])).toBe(false);
      }
    }
  });

  it.each([0, 31, 33, 40, 65])('is of hashes alone: %i bytes are none, on either side', (bytes) => {
    const [hash, none] = [new Uint8Array(32), new Uint8Array(bytes)];
    expect(() => parentHash(sha256, none, hash)).toThrow(/two hashes/);
    expect(() => parentHash(sha256, hash, none)).toThrow(/two hashes/);
  });

  it('never holds for made up paths', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 8 }), fc.nat(69), fc.nat(69), (path, index, size) => {
        const leaf = sha256(Uint8Array.of(index, 1));
        expect(isIncluded(sha256, { leaf, index, path }, headOf(size + 1))).toBe(false);
        if (index < size && index > 0) {
          expect(isConsistent(sha256, { size: index, root: leaf }, headOf(size), path)).toBe(false);
        }
      }),
    );
  });
});
