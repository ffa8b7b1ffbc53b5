import { describe, expect, it } from 'vitest';
import {
  assemble,
  CHUNK_TIMEOUT_MS,
  type HeldChunks,
  MAX_CHUNKS,
  NO_CHUNKS,
  readNumericLine,
} from '../../src/pass/chunks.ts';

/** Scans lines one after the other, by default a second apart. */
function scan(lines: readonly string[], stepMs = 1_000) {
  let held: HeldChunks = NO_CHUNKS;
  return lines.map((line, at) => {
    const assembled = assemble(held, Buffer.from(line, 'latin1'), at * stepMs);
    held = assembled.held;
    return {
      line: assembled.presented.line.toString('latin1'),
      parts: assembled.presented.parts,
      missing: assembled.missing,
    };
  });
}

describe('a card of several codes', () => {
  it.each([
    ['1', '2', '3'],
    ['1', '3', '2'],
    ['2', '1', '3'],
    ['2', '3', '1'],
    ['3', '1', '2'],
    ['3', '2', '1'],
  ])('is joined in any order: %s %s %s', (...order) => {
    const last = scan(order.map((index) => `shc:/${index}/3/0${index}1${index}`)).at(-1);
    expect(last).toEqual({ line: 'shc:/011102120313', parts: 3, missing: 0 });
  });

  it('says how many codes are missing and presents the lone code', () => {
    expect(scan(['shc:/2/3/0202', 'shc:/2/3/0202', 'shc:/1/3/0101'])).toEqual([
      { line: 'shc:/2/3/0202', parts: 1, missing: 2 },
      { line: 'shc:/2/3/0202', parts: 1, missing: 2 },
      { line: 'shc:/1/3/0101', parts: 1, missing: 1 },
    ]);
  });

  it('a code that was misread is replaced by its second reading', () => {
    expect(scan(['shc:/1/2/0909', 'shc:/1/2/0101', 'shc:/2/2/0202']).at(-1)?.line).toBe('shc:/01010202');
  });

  it('the codes of a card with another number of codes do not mix', () => {
    const missing = scan(['shc:/1/3/0101', 'shc:/2/2/0202', 'shc:/3/3/0303']).map((assembled) => assembled.missing);
    expect(missing).toEqual([2, 1, 2]);
  });

  it('whatever is scanned between belongs to another person, and the first card begins anew', () => {
    for (const between of ['HC1:ABC', 'shc:/0101', 'shc:/9/3/01', '']) {
      expect(scan(['shc:/1/2/0101', between, 'shc:/2/2/0202']).at(-1)?.missing).toBe(1);
    }
  });

  it('a code is held for 30 seconds and not a millisecond longer', () => {
    const lines = ['shc:/1/2/0101', 'shc:/2/2/0202'];
    expect(scan(lines, CHUNK_TIMEOUT_MS - 1).at(-1)?.missing).toBe(0);
    expect(scan(lines, CHUNK_TIMEOUT_MS).at(-1)?.missing).toBe(1);
  });

  it('nothing of a whole card is held any longer', () => {
    const first = assemble(NO_CHUNKS, Buffer.from('shc:/1/2/0101'), 0);
    expect(assemble(first.held, Buffer.from('shc:/2/2/0202'), 1).held).toBe(NO_CHUNKS);
  });

  it('eight codes are read, nine are too many', () => {
    const card = (total: number) => Array.from({ length: total }, (_, at) => `shc:/${at + 1}/${total}/01`);
    expect(scan(card(MAX_CHUNKS)).at(-1)).toEqual({ line: `shc:/${'01'.repeat(8)}`, parts: 8, missing: 0 });
    expect(readNumericLine(`shc:/1/${MAX_CHUNKS + 1}/01`)).toMatchObject({ kind: 'unreadable', reason: 'too-long' });
    expect(scan(card(MAX_CHUNKS + 1)).at(-1)).toMatchObject({ parts: 1, missing: 0 });
  });

  it.each([
    ['an index above the total', 'shc:/3/2/0101'],
    ['one code of one', 'shc:/1/1/0101'],
    ['an index of zero', 'shc:/0/2/0101'],
    ['a leading zero', 'shc:/01/2/0101'],
    ['an odd number of digits', 'shc:/1/2/010'],
    ['no digits', 'shc:/1/2/'],
    ['a letter', 'shc:/1/2/01O1'],
    ['a trailing space', 'shc:/1/2/0101 '],
    ['a missing total', 'shc:/1/0101'],
    ['upper case', 'SHC:/0101'],
    ['a missing slash', 'shc:0101'],
  ])('%s is malformed', (_, line) => {
    expect(readNumericLine(line)).toMatchObject({ kind: 'unreadable', reason: 'malformed' });
  });
});
