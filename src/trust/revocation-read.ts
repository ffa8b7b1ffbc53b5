import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { JsonStream, JsonStreamFault, type ReadBytes } from '../base/json-stream.ts';
import { err, ok, type Result } from '../base/result.ts';
import { recogniseRevocations } from './revocation-forms.ts';
import {
  type ListExpectation,
  MAX_LIST_ISSUER_LENGTH,
  MAX_REVOCATION_FILE_BYTES,
  type RevocationList,
} from './revocation-list.ts';
import { ListFault } from './revocation-members.ts';
import { RevocationTable } from './revocation-table.ts';

/** A file of revocations on its way in. */
export interface RevocationFile {
  readonly path: string;
  /** Whose list it is, where the owner says so. */
  readonly issuer: string | null;
  /** What the signed trust list says of the file; null for a file that nobody signed. */
  readonly expected: ListExpectation | null;
}

/** A list with all of its rows in memory, checked but for entries that contradict each other. */
export interface WholeList {
  readonly list: RevocationList;
  readonly table: RevocationTable;
}

/** True for a plain file that is a revocation list by its content; false for every other, broken ones included. */
export function isRevocationFile(path: string): boolean {
  const answer = withFile(path, (file) => ok(recogniseRevocations(readerOf(file)) !== null));
  return answer.ok && answer.value;
}

/** `isRevocationFile` for bytes that were read already. */
export function isRevocationList(bytes: Buffer): boolean {
  let position = 0;
  const read: ReadBytes = (into, at) => {
    const count = bytes.copy(into, at, position);
    position += count;
    return count;
  };
  try {
    return recogniseRevocations(read) !== null;
  } catch (thrown) {
    if (thrown instanceof JsonStreamFault) return false;
    throw thrown;
  }
}

/**
 * Reads a list to its end, whatever its size in memory that grows by its rows alone.
 * @returns the list, or what is wrong with it as the rest of a sentence
 */
export function readRevocations({ path, issuer, expected }: RevocationFile): Result<WholeList, string> {
  if (issuer !== null && (issuer === '' || issuer.length > MAX_LIST_ISSUER_LENGTH)) {
    return err(`the issuer before it is not 1 to ${MAX_LIST_ISSUER_LENGTH} characters long`);
  }
  return withFile(path, (file) => {
    const form = recogniseRevocations(readerOf(file));
    if (form === null) return err('it is no revocation list that this version knows');
    const table = new RevocationTable();
    const digest = createHash('sha256');
    const stream = new JsonStream(readerOf(file, (bytes) => digest.update(bytes)));
    const read = form(stream, issuer, table);
    const sha256 = digest.digest('hex');
    const list: RevocationList = { ...read, sha256, signed: expected !== null };
    const problem = expected === null ? null : differenceFrom(expected, list);
    return problem === null ? ok({ list, table }) : err(problem);
  });
}

/** How a list is not the one that the signed trust list names. */
function differenceFrom(expected: ListExpectation, list: RevocationList): string | null {
  if (list.sha256 !== expected.sha256) return 'it is not the file that the trust list names: its SHA-256 differs';
  if (list.kind !== expected.kind || list.issuer !== expected.issuer) {
    return `it is a ${list.kind} list of ${list.issuer}, and the trust list names a ${expected.kind} list of ${expected.issuer}`;
  }
  if (list.entries === expected.entries) return null;
  return `it holds ${list.entries} entries, and the trust list names ${expected.entries}`;
}

function readerOf(file: number, seen: (bytes: Buffer) => void = () => {}): ReadBytes {
  let position = 0;
  return (into, at) => {
    const count = readSync(file, into, at, into.length - at, position);
    position += count;
    if (position > MAX_REVOCATION_FILE_BYTES) throw new ListFault(tooLarge);
    seen(into.subarray(at, at + count));
    return count;
  };
}

const tooLarge = `it is larger than ${MAX_REVOCATION_FILE_BYTES} bytes`;

function withFile<T>(path: string, use: (file: number) => Result<T, string>): Result<T, string> {
  let file: number | null = null;
  try {
    // Asked before it is opened: whoever writes into a named pipe would lose what it holds.
    if (!statSync(path).isFile()) return err('it is no plain file');
    file = openSync(path, 'r');
    const stats = fstatSync(file);
    if (stats.size > MAX_REVOCATION_FILE_BYTES) return err(tooLarge);
    return use(file);
  } catch (thrown) {
    if (thrown instanceof JsonStreamFault || thrown instanceof ListFault) return err(thrown.message);
    if (thrown instanceof Error && 'syscall' in thrown) return err(`it cannot be read: ${thrown.message}`);
    throw thrown;
  } finally {
    if (file !== null) closeSync(file);
  }
}
