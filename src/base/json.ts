import { assert } from './assert.ts';
import { err, ok, type Result } from './result.ts';

/** A JSON value in which no prototype is reachable through a name that the text chose. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** Objects and arrays inside each other. */
export const MAX_JSON_DEPTH = 16;
/** Members of objects and elements of arrays together. */
export const MAX_JSON_ITEMS = 1_024;

export const isJsonArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member that should be text, or nothing: an object without prototype cannot even be turned into text. */
export const textOr = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const LONE_SURROGATE = /\p{Surrogate}/u;
const HALF_PAIR = 'half a surrogate pair';
const ESCAPE = '\\u';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
// `ignoreBOM` keeps the mark in the text, where the grammar then refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Strict RFC 8259: duplicate names, lone surrogates, numbers beyond a double and a byte order mark are refused, the
 * depth is limited. Objects have no prototype. The error never quotes the text.
 * @param maxItems more members and elements than this are refused
 * @param maxDepth more levels than this are refused
 */
export function parseJson(
  text: string,
  maxItems: number = MAX_JSON_ITEMS,
  maxDepth: number = MAX_JSON_DEPTH,
): Result<Json, string> {
  return LONE_SURROGATE.test(text) ? err(HALF_PAIR) : parseWellFormed(text, maxItems, maxDepth);
}

/** `parseJson` on bytes, which must be well-formed UTF-8. */
export function parseJsonBytes(bytes: Uint8Array, maxItems: number = MAX_JSON_ITEMS): Result<Json, string> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return err('not UTF-8');
  }
  return parseWellFormed(text, maxItems);
}

function parseWellFormed(text: string, maxItems: number, maxDepth: number = MAX_JSON_DEPTH): Result<Json, string> {
  const outline = outlineOf(text);
  if (outline.depth > maxDepth) return err(`deeper than ${maxDepth} levels`);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  const tally = { members: 0, items: 0, maxItems, finite: true };
  settle(value, tally);
  if (tally.items > maxItems) return err(`more than ${maxItems} items`);
  if (!tally.finite) return err('a number is out of range');
  // JSON.parse keeps the last of two equal names, so what it kept is compared with what was written.
  if (tally.members !== outline.members) return err('a name is given twice');
  // A well-formed text can still spell half a pair as an escape.
  return text.includes(ESCAPE) && holdsLoneSurrogate(value) ? err(HALF_PAIR) : ok(value);
}

/** RFC 8785 canonical form: names in UTF-16 order, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: Json, depth = 0): string {
  assert(depth <= MAX_JSON_DEPTH, 'canonical JSON within the depth limit');
  if (isJsonArray(value)) return `[${value.map((element) => canonicalJson(element, depth + 1)).join(',')}]`;
  if (isJsonObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${canonicalJson(name)}:${canonicalJson(value[name] ?? null, depth + 1)}`);
    return `{${members.join(',')}}`;
  }
  assert(typeof value !== 'number' || Number.isFinite(value), 'a number that JSON can write');
  assert(typeof value !== 'string' || !LONE_SURROGATE.test(value), 'a string that UTF-8 can write');
  return JSON.stringify(value);
}

/** The nesting and the number of members as written, whether or not the text is good JSON. */
function outlineOf(text: string): { readonly depth: number; readonly members: number } {
  let level = 0;
  let depth = 0;
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        level++;
        if (level > depth) depth = level;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        level--;
        break;
      case 0x3a: // :
        members++;
        break;
      default:
        break;
    }
  }
  return { depth, members };
}

/** The index of the closing quote, or of the end of a text that has none. */
function endOfString(text: string, opening: number): number {
  let quote = text.indexOf('"', opening + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote;
}

/** True after an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === BACKSLASH) start--;
  return (at - start) % 2 === 1;
}

/** Counts, and takes every prototype away. The caller has limited the depth. */
function settle(
  value: Json,
  tally: { members: number; items: number; readonly maxItems: number; finite: boolean },
): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) tally.finite = false;
    return;
  }
  if (typeof value !== 'object' || value === null || tally.items > tally.maxItems) return;
  if (isJsonArray(value)) {
    tally.items += value.length;
    for (const element of value) settle(element, tally);
    return;
  }
  // Without a prototype first, so that the loop, which needs no list of names, sees the members of the text alone.
  Object.setPrototypeOf(value, null);
  for (const name in value) {
    tally.members += 1;
    tally.items += 1;
    settle(value[name] ?? null, tally);
  }
}

function holdsLoneSurrogate(value: Json): boolean {
  if (typeof value === 'string') return LONE_SURROGATE.test(value);
  if (isJsonArray(value)) return value.some(holdsLoneSurrogate);
  if (!isJsonObject(value)) return false;
  return Object.keys(value).some((name) => LONE_SURROGATE.test(name) || holdsLoneSurrogate(value[name] ?? null));
}
