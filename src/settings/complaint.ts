import { nearestName } from './nearest-name.ts';

const SHOWN_CHARACTERS = 40;

function shown(input: unknown): string {
  if (typeof input === 'object' && input !== null) return Array.isArray(input) ? 'a list' : 'a group of members';
  const text = JSON.stringify(input) ?? String(input);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function suggestion(name: unknown, known: readonly string[]): string {
  const near = typeof name === 'string' ? nearestName(name, known) : null;
  return near === null ? '' : ` (did you mean ${near}?)`;
}

/** What is wrong with a member, without its name: `wanted` continues 'write …', `known` are the words that it may be. */
export function wrongValue(input: unknown, wanted: string, known: readonly string[] = []): string {
  if (input === undefined || input === null) return `is missing: write ${wanted}`;
  return `is ${shown(input)}: write ${wanted}${suggestion(input, known)}`;
}

/** What is wrong with a group of members that holds one nobody knows. */
export function unknownMember(name: string, known: readonly string[]): string {
  const near = suggestion(name, known);
  const remedy = near === '' ? ` (it may have ${known.join(', ')})` : near;
  return `has no member ${shown(name)}: correct or delete this line${remedy}`;
}
