import { describe, expect, it } from 'vitest';
import { decodeCbor, MAX_CBOR_DEPTH, MAX_CBOR_ITEMS } from '../../src/pass/cbor.ts';
import { type Cbor, CborTag, jsonObjectOf, jsonOf } from '../../src/pass/cbor-value.ts';
import { cbor } from '../support/cbor-writer.ts';

const decode = (hex: string) => decodeCbor(Buffer.from(hex, 'hex'));
const decoded = (hex: string): Cbor => {
  const result = decode(hex);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe('CBOR', () => {
  // RFC 8949 appendix A.
  it.each<[string, unknown]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['20', -1],
    ['3863', -100],
    ['3903e7', -1000],
    ['f90000', 0],
    ['f93c00', 1],
    ['f93e00', 1.5],
    ['f97bff', 65_504],
    ['f90001', 2 ** -24],
    ['f90400', 2 ** -14],
    ['f9c400', -4],
    ['fa47c35000', 100_000],
    ['fb3ff199999999999a', 1.1],
    ['f97c00', Number.POSITIVE_INFINITY],
    ['f97e00', Number.NaN],
    ['f9fc00', Number.NEGATIVE_INFINITY],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['4401020304', Buffer.from('01020304', 'hex')],
    ['60', ''],
    ['6449455446', 'IETF'],
    ['62c3bc', '\u{fc}'],
    ['63e6b0b4', '\u{6c34}'],
    ['64f0908591', '\u{10151}'],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
    ['5f42010243030405ff', Buffer.from('0102030405', 'hex')],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['9fff', []],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['83019f0203ff820405', [1, [2, 3], [4, 5]]],
    [
      'bf61610161629f0203ffff',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
  ])('%s is read as the RFC says', (hex, expected) => {
    expect(decoded(hex)).toEqual(expected);
  });

  it('the largest exact integers are read and the next are refused, not rounded', () => {
    expect(decoded('1b001fffffffffffff')).toBe(Number.MAX_SAFE_INTEGER);
    expect(decode('1b0020000000000000').ok).toBe(false);
    expect(decode('1bffffffffffffffff').ok).toBe(false);
    expect(decode('5bffffffffffffffff00').ok).toBe(false);
  });

  it.each([
    ['nothing at all', ''],
    ['a byte after the end', '0000'],
    ['a length without its bytes', '19ff'],
    ['a string that is cut off', '6261'],
    ['an array that is cut off', '8201'],
    ['a key without a value', 'a101'],
    ['an endless map with a key without a value', 'bf01ff'],
    ['an endless array without its end', '9f01'],
    ['a break on its own', 'ff'],
    ['a break in a counted array', '82ff'],
    ['a chunk of another kind', '5f6161ff'],
    ['an endless chunk in an endless string', '5f5f4101ffff'],
    ['an integer without an end', '1f'],
    ['reserved lengths', '1c'],
    ['an unassigned simple value', 'f0'],
    ['a simple value of two bytes', 'f818'],
    ['text that is not UTF-8', '61ff'],
    ['text in chunks that is not UTF-8', '7f61ffff'],
    ['a surrogate in UTF-8', '63eda080'],
    ['a float as key', 'a1f93c0001'],
    ['bytes as key', 'a1410101'],
    ['a list as key', 'a18001'],
    ['an integer key twice', 'a201010102'],
    ['an integer key twice in two lengths', 'a20101180102'],
    ['a text key twice', 'a2616101616102'],
    ['a key twice before another one', 'a2010101020203'],
    ['a key twice in an endless map', 'bf616101616102ff'],
    ['a tag of a big number', 'c249010000000000000000'],
    ['a tag that nobody registered', 'd903e600'],
  ])('%s is refused', (_name, hex) => {
    expect(decode(hex).ok).toBe(false);
  });

  it('an issuer that tags its dates is read all the same', () => {
    expect(decoded('c074323031332d30332d32315432303a30343a30305a')).toBe('2013-03-21T20:04:00Z');
    expect(decoded('c11a514b67b0')).toBe(1_363_896_240);
    expect(decoded('d903ec6a323031332d30332d3231')).toBe('2013-03-21');
  });

  it('tags of messages are kept for whoever reads the message', () => {
    expect(decoded('d83dd200')).toEqual(new CborTag(61, new CborTag(18, 0)));
  });

  it('an undefined member is none', () => {
    expect(decoded('f7')).toBeNull();
  });

  it('a depth of 16 is read and 17 is refused, however it is nested', () => {
    const nested = (open: string, depth: number) => `${open.repeat(depth - 1)}00`;
    expect([MAX_CBOR_DEPTH, MAX_CBOR_ITEMS]).toEqual([16, 1_024]);
    for (const open of ['81', 'a100', 'd2']) {
      expect(decode(nested(open, MAX_CBOR_DEPTH)).ok).toBe(true);
      expect(decode(nested(open, MAX_CBOR_DEPTH + 1)).ok).toBe(false);
    }
    expect(decode('9f'.repeat(100_000)).ok).toBe(false);
  });

  it('1,024 items are read and 1,025 are refused', () => {
    const list = (items: number) => decodeCbor(cbor.list(...Array<Buffer>(items - 1).fill(cbor.int(0))));
    expect(list(MAX_CBOR_ITEMS).ok).toBe(true);
    expect(list(MAX_CBOR_ITEMS + 1).ok).toBe(false);
    expect(decode(`5f${'40'.repeat(MAX_CBOR_ITEMS - 1)}ff`).ok).toBe(true);
    expect(decode(`5f${'40'.repeat(MAX_CBOR_ITEMS)}ff`).ok).toBe(false);
  });

  it('a member named like a prototype reaches none', () => {
    const map = decoded(cbor.of(JSON.parse('{"__proto__":{"tg":"x"},"constructor":1}')).toString('hex'));
    if (!(map instanceof Map)) throw new Error('no map');
    const object = jsonObjectOf(map);
    expect(Object.getPrototypeOf(object)).toBeNull();
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor']);
    expect(object['tg']).toBeUndefined();
  });

  it('what JSON cannot say becomes what RFC 8949 section 6.1 suggests', () => {
    expect(jsonOf([Buffer.from([0xfb, 0xff]), Number.NaN, new CborTag(18, 'x')])).toEqual(['-_8', null, 'x']);
    expect(
      jsonOf(
        new Map<number | string, Cbor>([
          [1, 'dropped'],
          ['kept', true],
        ]),
      ),
    ).toEqual({ kept: true });
  });
});
