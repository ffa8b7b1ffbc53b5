import type { Random } from './random.ts';

/** A JSON object of ours before it is written. */
export type Shape = { readonly [name: string]: unknown };
type Path = readonly (string | number)[];

const MARK = '@@here@@';
const MARKED = `"${MARK}"`;

const isContainer = (value: unknown): value is Shape | readonly unknown[] =>
  typeof value === 'object' && value !== null;

/** Every member and element, wherever it lies. */
export function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    return [here, ...pathsOf(member, here)];
  });
}

function changed(
  value: unknown,
  path: Path,
  change: (container: Record<string, unknown>, name: string) => void,
): Shape {
  const copy: unknown = structuredClone(value);
  let container = copy;
  for (const name of path.slice(0, -1)) container = (container as Record<string, unknown>)[String(name)];
  change(container as Record<string, unknown>, String(path.at(-1)));
  return copy as Shape;
}

/** The JSON of a shape in which raw text stands at a path: text that JSON.stringify would never write. */
export function writtenWith(shape: Shape, path: Path, rawText: string): string {
  const marked = changed(shape, path, (container, name) => {
    container[name] = MARK;
  });
  return JSON.stringify(marked).replace(MARKED, () => rawText);
}

export const without = (shape: Shape, path: Path): Shape =>
  changed(shape, path, (container, name) => {
    if (Array.isArray(container)) container.splice(Number(name), 1);
    else delete container[name];
  });

/** The JSON of a shape with raw members put in front of its own. */
export function writtenAfter(shape: Shape, rawMembers: string): string {
  const text = JSON.stringify(shape);
  return text === '{}' ? `{${rawMembers}}` : `{${rawMembers},${text.slice(1)}`;
}

export const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth);

/** Members of objects and elements of arrays together. */
export function itemsIn(value: unknown): number {
  return isContainer(value) ? Object.values(value).reduce<number>((sum, member) => sum + 1 + itemsIn(member), 0) : 0;
}

/** Levels of objects and arrays inside each other. */
export function depthOf(value: unknown): number {
  return isContainer(value) ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
}

const LONG = JSON.stringify('x'.repeat(600));
/** Good JSON that no issuer means. */
export const ODD_JSON: readonly string[] = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1', '1.5', '1e300', '-1e300', '1e-300', '9007199254740993'],
  ...[
    '""',
    '" "',
    '"0"',
    '"NaN"',
    '"-1"',
    '"null"',
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\r\\n"',
    '"\\u202e"',
    '"__proto__"',
  ],
  ...['[]', '{}', '[[]]', '[{}]', '[null]', '{"":null}', '{"a":{}}', '[[],[]]', '["a","a"]', '[1,2,3]'],
  ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"toString":1,"valueOf":1}'],
  ...['{"toJSON":1}', '{"then":1}', '{"length":4294967295}', '[{"id":{}}]', '{"id":{}}', '{"id":"x"}', LONG],
  ...['"9999-12-31"', '"0000-01-01"', '"2021-02-29"', '"9999-12-31T23:59:59-14:00"', '"0000-01-01T00:00:00+14:00"'],
  ...[
    '"2021-13-01"',
    '"2021-12-13T24:00:00Z"',
    '"2021-12-13T23:59:60Z"',
    '"\\ud83d\\ude00"',
    '"\\u0130\\u00df\\ufb01"',
  ],
  nested(8),
  `${'{"a":'.repeat(8)}1${'}'.repeat(8)}`,
];

/** Text that is no JSON that a strict parser takes. */
export const BAD_JSON: readonly string[] = [
  ...['1e400', '-1e400', '"\\ud800"', '"\\udc00a"', '01', '+1', '.5', '1.', 'NaN', 'Infinity', 'undefined', "'a'"],
  ...['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '{"__proto__":1,"__proto__":2}', '[1,]', '{"a":1,}', '/**/1', '"\u0001"'],
  ...['{a:1}', '[', '"', '{"a"', '"\\x41"', '"\\u00g0"', 'tru', '1 2', '\u00a01'],
];

/** The same JSON in other words: white space where it may stand, or characters of a text as escapes. */
export function respelled(random: Random, text: string): string {
  if (random.chance(0.3)) return JSON.stringify(JSON.parse(text), null, random.pick([1, 2, '\t', '\n']));
  const every = random.pick([1, 2, 5]);
  let count = 0;
  return text.replace(/"([^"\\]*)"/g, (_, content: string) => {
    const letters = [...content].map((letter) => {
      count += 1;
      const isPlain = letter.length === 1 && count % every === 0;
      const code = letter.charCodeAt(0).toString(16).padStart(4, '0');
      return isPlain ? `\\u${random.chance(0.5) ? code : code.toUpperCase()}` : letter;
    });
    return `"${letters.join('')}"`;
  });
}
