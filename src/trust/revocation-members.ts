import type { JsonStream, JsonToken } from '../base/json-stream.ts';
import { type ListSubject, MAX_REVOCATIONS } from './revocation-list.ts';
import type { RevocationTable } from './revocation-table.ts';

/** What a file says of itself, once all of it was read. */
export interface ReadList extends ListSubject {
  readonly entries: number;
  readonly version: number | null;
}

/** A file that is JSON and no list of its form; the message goes on from the name of the file. */
export class ListFault extends Error {
  override readonly name = 'ListFault';
}

/**
 * Reads one list into a table.
 * @param issuer whose list it is, where the owner says so
 */
export type ReadForm = (stream: JsonStream, issuer: string | null, table: RevocationTable) => ReadList;

/** Reads the members of an object whose brace was read; others than those named are passed over. */
export function readMembers(stream: JsonStream, members: Readonly<Record<string, () => void>>): void {
  for (let token = stream.next(); token !== '}'; token = stream.next()) {
    const member = Object.hasOwn(members, stream.text) ? members[stream.text] : undefined;
    if (member === undefined) stream.skip();
    else member();
  }
}

/** Reads an array from its bracket on; `element` is given the first token of each. */
export function readArray(stream: JsonStream, name: string, element: (token: JsonToken) => void): void {
  if (stream.next() !== '[') throw new ListFault(`${name} is no array`);
  for (let token = stream.next(); token !== ']'; token = stream.next()) element(token);
}

export function readText(stream: JsonStream, name: string): string {
  if (stream.next() !== 'string') throw new ListFault(`${name} is no text`);
  return stream.text;
}

/** A whole number from 1 on: how often a list was issued. */
export function readVersion(stream: JsonStream, name: string): number {
  if (stream.next() === 'number' && Number.isSafeInteger(stream.number) && stream.number >= 1) return stream.number;
  throw new ListFault(`${name} is no whole number from 1 on`);
}

/** A member that must have come. */
export function needed<T>(value: T | null, name: string): T {
  if (value === null) throw new ListFault(`it has no ${name}`);
  return value;
}

/** The issuer that the file names, which must be the one that the owner names, if any. */
export function agreed(named: string, issuer: string | null): string {
  if (issuer !== null && issuer !== named) throw new ListFault(`it is of ${named}, not of ${issuer}`);
  return named;
}

/** Adds one entry of a file, which may not have more than a list can hold. */
export function add(table: RevocationTable, id: Buffer, beforeS: number | null = null): void {
  if (!table.add(id, beforeS)) throw new ListFault(`it has more than ${MAX_REVOCATIONS} entries`);
}
