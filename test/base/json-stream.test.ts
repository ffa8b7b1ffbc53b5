import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, parseJson } from '../../src/base/json.ts';
import {
  JsonStream,
  JsonStreamFault,
  MAX_STREAM_DEPTH,
  MAX_STREAM_MEMBERS,
  MAX_STREAM_TEXT_BYTES,
} from '../../src/base/json-stream.ts';
import { SEED } from '../support/seed.ts';

/** Gives bytes in pieces of a size, so that every token is cut somewhere. */
function streamOf(text: string | Buffer, piece = 7): JsonStream {
  const bytes = Buffer.from(text);
  let position = 0;
  return new JsonStream((into, at) => {
    const count = bytes.copy(into, at, position, Math.min(bytes.length, position + piece));
    position += count;
    return count;
  });
}

function readValue(stream: JsonStream, token = stream.next()): Json {
  switch (token) {
    case '{': {
      const members: Record<string, Json> = Object.create(null);
      for (let next = stream.next(); next === 'name'; next = stream.next()) {
        const name = stream.text;
        members[name] = readValue(stream);
      }
      return members;
    }
    case '[': {
      const elements: Json[] = [];
      for (let next = stream.next(); next !== ']'; next = stream.next()) elements.push(readValue(stream, next));
      return elements;
    }
    case 'string':
      return stream.text;
    case 'number':
      return stream.number;
    case 'true':
    case 'false':
      return token === 'true';
    case 'null':
      return null;
    default:
      throw new Error(`unexpected ${token}`);
  }
}

function read(text: string | Buffer, piece?: number): Json | 'refused' {
  try {
    const stream = streamOf(text, piece);
    const value = readValue(stream);
    return stream.next() === 'end' ? value : 'refused';
  } catch (thrown) {
    if (thrown instanceof JsonStreamFault || (thrown instanceof Error && thrown.message === 'unexpected end')) {
      return 'refused';
    }
    throw thrown;
  }
}

describe('the JSON stream', () => {
  it(`reads what the strict parser reads, wherever the bytes are cut (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 40 }), (value, piece) => {
        const text = JSON.stringify(value);
        const strict = parseJson(text);
        expect(read(text, piece)).toEqual(strict.ok ? strict.value : 'refused');
      }),
      { seed: SEED },
    );
  });

  it(`agrees with the strict parser about damaged texts (seed ${SEED})`, () => {
    const damage = fc.record({
      value: fc.jsonValue(),
      at: fc.nat(),
      by: fc.constantFrom(...'{}[],:"\\0-. eE1n\u0001'),
    });
    fc.assert(
      fc.property(damage, ({ value, at, by }) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        const damaged = text.slice(0, place) + by + text.slice(place + 1);
        const strict = parseJson(damaged);
        expect(read(damaged)).toEqual(strict.ok ? strict.value : 'refused');
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it.each([
    ['a duplicate name', '{"a":1,"a":2}'],
    ['a duplicate name in another spelling', '{"a":1,"\\u0061":2}'],
    ['half a surrogate pair', '["\\ud800"]'],
    ['a byte order mark', '\ufeff[]'],
    ['a number beyond a double', '[1e400]'],
    ['a leading zero', '[01]'],
    ['a comma too many', '[1,]'],
    ['a comma too few', '[1 2]'],
    ['a member without value', '{"a"}'],
    ['a member that begins with a comma', '{,"a":1}'],
    ['a raw line break in a text', '["\n"]'],
    ['a wrong closing', '[}'],
    ['a text without end', '["abc'],
    ['a text that ends in an escape', '["abc\\'],
    ['an array without end', '[1'],
    ['the name of a property of every object', '[constructor]'],
    ['nothing', ''],
  ])('%s is refused', (_, text) => {
    expect(read(text)).toBe('refused');
  });

  it('bytes that are no UTF-8 are refused', () => {
    expect(read(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))).toBe('refused');
  });

  it('texts one after the other are told apart from texts with rubbish between', () => {
    const stream = streamOf('{"a":1}\n[2]');
    expect(readValue(stream)).toEqual({ a: 1 });
    expect(readValue(stream)).toEqual([2]);
    expect(stream.next()).toBe('end');
    expect(() => {
      const other = streamOf('{} x');
      readValue(other);
      other.next();
    }).toThrow(JsonStreamFault);
  });

  it('every limit holds on both sides', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(read(nested(MAX_STREAM_DEPTH))).not.toBe('refused');
    expect(read(nested(MAX_STREAM_DEPTH + 1))).toBe('refused');
    const text = (bytes: number): string => JSON.stringify(['x'.repeat(bytes - 2)]);
    expect(read(text(MAX_STREAM_TEXT_BYTES))).not.toBe('refused');
    expect(read(text(MAX_STREAM_TEXT_BYTES + 1))).toBe('refused');
    const members = (count: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, at])));
    expect(read(members(MAX_STREAM_MEMBERS))).not.toBe('refused');
    expect(read(members(MAX_STREAM_MEMBERS + 1))).toBe('refused');
  });

  it('a value that nobody wants is passed over, however deep', () => {
    const stream = streamOf('{"skip":{"a":[1,{"b":"]}"}]},"keep":7}');
    expect([stream.next(), stream.next()]).toEqual(['{', 'name']);
    stream.skip();
    expect([stream.next(), stream.text, stream.next(), stream.number]).toEqual(['name', 'keep', 'number', 7]);
  });
});
