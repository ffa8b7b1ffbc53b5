import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, MAX_JSON_DEPTH, MAX_JSON_ITEMS, parseJson, parseJsonBytes } from '../../src/base/json.ts';

const parsedOf = (text: string) => {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const errorOf = (text: string) => {
  const parsed = parseJson(text);
  return parsed.ok ? null : parsed.error;
};
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('strict JSON', () => {
  it('agrees with JSON.parse on whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const parsed = parseJson(text);
        expect(JSON.stringify(parsed.ok ? parsed.value : parsed.error)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('takes 16 levels and refuses 17, of lists and of objects', () => {
    expect(parseJson(nested(MAX_JSON_DEPTH)).ok).toBe(true);
    expect(errorOf(nested(MAX_JSON_DEPTH + 1))).toMatch('deeper');
    expect(parseJson(`${'{"a":'.repeat(MAX_JSON_DEPTH - 1)}{}${'}'.repeat(MAX_JSON_DEPTH - 1)}`).ok).toBe(true);
    expect(errorOf(`${'{"a":'.repeat(MAX_JSON_DEPTH)}{}${'}'.repeat(MAX_JSON_DEPTH)}`)).toMatch('deeper');
  });

  it('a hundred thousand levels are refused without a stack', () => {
    expect(errorOf(nested(100_000))).toMatch('deeper');
    expect(errorOf('['.repeat(100_000))).toMatch('deeper');
  });

  it('takes 1,024 items and refuses 1,025, wherever they stand', () => {
    const list = (count: number) => `[${Array.from({ length: count }, (_, at) => at).join(',')}]`;
    expect(parseJson(list(MAX_JSON_ITEMS)).ok).toBe(true);
    expect(errorOf(list(MAX_JSON_ITEMS + 1))).toMatch('items');
    expect(parseJson(`{"a":${list(MAX_JSON_ITEMS - 1)}}`).ok).toBe(true);
    expect(errorOf(`{"a":${list(MAX_JSON_ITEMS)}}`)).toMatch('items');
    expect(parseJson(list(MAX_JSON_ITEMS + 1), MAX_JSON_ITEMS + 1).ok).toBe(true);
  });

  it.each([
    ['{"a":1,"a":1}'],
    ['{"a":{"b":1},"c":[{"b":1,"b":2}]}'],
    ['{"iss":"good","\\u0069ss":"evil"}'],
    ['{"__proto__":1,"__proto__":2}'],
    ['{"\\"":1,"\\"":2}'],
  ])('two members of one name are refused: %s', (text) => {
    expect(errorOf(text)).toBe('a name is given twice');
  });

  it('any member told twice is refused, however the objects lie', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }),
        fc.nat(),
        (object, pick) => {
          const names = Object.keys(object);
          const again = names[pick % names.length] ?? '';
          const text = `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(again)}:0}`;
          expect(errorOf(text)).toBe('a name is given twice');
        },
      ),
    );
  });

  it.each(['{"a":"1:2","b":"{[\\\\"}', '{"a":"\\\\\\":"}', '["a:b:c"]'])(
    'colons and brackets within strings count for nothing: %s',
    (text) => {
      expect(JSON.stringify(parsedOf(text))).toBe(JSON.stringify(JSON.parse(text)));
    },
  );

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'no prototype is reached through the name %s',
    (name) => {
      const absent = parsedOf('{"deep":[{}]}');
      const deep = absent as { deep: [Record<string, unknown>] };
      expect((absent as Record<string, unknown>)[name]).toBeUndefined();
      expect(deep.deep[0][name]).toBeUndefined();
      const own = parsedOf(`{"${name}":{"admin":true}}`);
      expect((own as Record<string, { admin: unknown }>)[name]?.admin).toBe(true);
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    },
  );

  it.each(['"\\ud800"', '{"\\udfff":1}', '["\\ud83d\\ud83d"]', '"\\uDC00x"', '"\ud800"', '"\ud83d\\ude00"'])(
    'half a surrogate pair is refused: %j',
    (text) => {
      expect(errorOf(text)).toBe('half a surrogate pair');
    },
  );

  it('whole pairs pass, written out or escaped', () => {
    expect(parsedOf('"\\ud83d\\ude00"')).toBe('😀');
    expect(parsedOf('"😀 \\\\ud800"')).toBe('😀 \\ud800');
  });

  it.each(['', ' ', '\ufeff{}', '{', '"', '"\\"', '{"a":1}{}', "{'a':1}", '{"a":1,}', 'NaN', '01', '"\u0000"', ']['])(
    'what is no JSON is refused: %j',
    (text) => {
      expect(parseJson(text).ok).toBe(false);
    },
  );

  it('a number beyond a double is refused', () => {
    expect(errorOf('[1e999]')).toMatch('range');
    expect(parsedOf('1e308')).toBe(1e308);
  });

  it('the error never quotes what was scanned', () => {
    expect(errorOf('{"name":"Gildong" oops}')).not.toMatch('Gildong');
  });

  it('bytes that are not UTF-8, and a byte order mark, are refused', () => {
    expect(parseJsonBytes(Buffer.from('{"a":"é"}', 'latin1'))).toEqual({ ok: false, error: 'not UTF-8' });
    expect(parseJsonBytes(Buffer.from('\ufeff{}', 'utf8')).ok).toBe(false);
    expect(parseJsonBytes(Buffer.from('{"a":"é"}', 'utf8')).ok).toBe(true);
  });
});

describe('canonical JSON', () => {
  it('writes the example of RFC 8785 section 3.2.2 as section 3.2.3 shows it', () => {
    const example = `{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
      "string":"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}`;
    expect(canonicalJson(parsedOf(example))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by UTF-16 code units, as the example of RFC 8785 section 3.2.3', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const object = Object.fromEntries(names.map((name) => [name, 0]));
    expect(Object.keys(JSON.parse(canonicalJson(object)))).toHaveLength(7);
    const order = [...canonicalJson(object).matchAll(/"((?:[^"\\]|\\.)*)":/g)].map((match) => match[1]);
    expect(order).toEqual(['\\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
  });

  it('is the same text whatever the order of members was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
      }),
    );
  });
});
