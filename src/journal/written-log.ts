import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { STAGED_SUFFIX, syncFolder } from '../base/atomic-file.ts';
import { isJsonObject, parseJsonBytes } from '../base/json.ts';

/** A damaged journal without what was personal in it: its entries, a line each, then its signed notes. */
export const writtenPath = (path: string): string => `${path}.txt`;

/** The written-out form of a journal that is named; null where that is still a file of its own. */
export function writtenFormOf(path: string): string | null {
  if (path.endsWith(writtenPath('.db'))) return path;
  return !existsSync(path) && existsSync(writtenPath(path)) ? writtenPath(path) : null;
}

const SLICE_BYTES = 65_536;
const NEW_LINE = 0x0a;
const [LINE_END, OBJECT] = [Buffer.from('\n'), '{'.charCodeAt(0)];

/** Writes entries and notes one after the other; the file is there whole or not at all. Throws what the disk says. */
export class LogWriter {
  readonly #path: string;
  readonly #file: number;
  #waiting: Buffer[] = [];
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path + STAGED_SUFFIX, 'w', 0o600);
  }

  entry(bytes: Buffer): void {
    this.#put(bytes);
    this.#put(LINE_END);
  }

  note(note: string): void {
    // A note ends with a line feed of its own; the blank line before it tells it from what comes before.
    this.#put(Buffer.from(`\n${note}`));
  }

  finish(): void {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
    renameSync(this.#path + STAGED_SUFFIX, this.#path);
    syncFolder(dirname(this.#path));
  }

  #put(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= SLICE_BYTES) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#waiting);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#waiting = [];
    this.#bytes = 0;
  }
}

/** What a written-out journal is read into. */
export interface WrittenParts {
  /** Each entry's number and bytes, in the order of the file. */
  readonly entry: (seq: number, bytes: Buffer) => void;
  /** Each signed note, in the order of the file. */
  readonly note: (note: string) => void;
}

/** A line of a signature in a signed note. */
const SIGNATURE = '\u2014 ';

/** Reads a written-out journal in the memory of a few lines. Throws what the disk says. */
export function readWritten(path: string, { entry, note }: WrittenParts): void {
  let lines: string[] = [];
  let isInEntries = true;
  for (const line of linesOf(path)) {
    isInEntries &&= line[0] === OBJECT;
    if (isInEntries) {
      entry(seqOf(line), line);
      continue;
    }
    const text = line.toString('utf8');
    const isOver = text === '' && (lines.length === 0 || lines.at(-1)?.startsWith(SIGNATURE) === true);
    if (!isOver) lines.push(text);
    else if (lines.length > 0) {
      note(`${lines.join('\n')}\n`);
      lines = [];
    }
  }
  if (lines.length > 0) note(`${lines.join('\n')}\n`);
}

/** -1 for a line that is no entry. */
function seqOf(line: Buffer): number {
  const parsed = parseJsonBytes(line);
  const seq = parsed.ok && isJsonObject(parsed.value) ? parsed.value['seq'] : null;
  return Number.isSafeInteger(seq) ? Number(seq) : -1;
}

function* linesOf(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    const slice = Buffer.alloc(SLICE_BYTES);
    for (let read = readSync(file, slice); read > 0; read = readSync(file, slice)) {
      const bytes = Buffer.concat([rest, slice.subarray(0, read)]);
      let from = 0;
      for (let end = bytes.indexOf(NEW_LINE); end >= 0; end = bytes.indexOf(NEW_LINE, from)) {
        yield bytes.subarray(from, end);
        from = end + 1;
      }
      rest = Buffer.from(bytes.subarray(from));
    }
    if (rest.length > 0) yield rest;
  } finally {
    closeSync(file);
  }
}
