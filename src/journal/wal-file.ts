import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';

/** SQLite's file format, section 4.1: the header of the log, and that of each frame in it before its page. */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const VERSION = 3_007_000;
const VERSION_AT = 4;
/** Set in the magic number where checksums are over big-endian words. */
const BIG_ENDIAN = 1;
const SALTS_AT = { header: 16, frame: 8 } as const;
const SUMS_AT = { header: 24, frame: 16 } as const;
const SUMMED_BYTES = { header: 24, frame: 8 } as const;
const PAGE_BYTES_AT = { file: 16, log: 8 } as const;
/** The log of a transaction that was recorded ends with a frame that says how many pages the file then has. */
const PAGES_AT = 4;
/** As many transactions after a bad frame cannot all be the one that a power cut has interrupted. */
const SPOILT_COMMITS = 2;

interface Frame {
  readonly at: number;
  readonly page: number;
  /** Pages of the file, in the last frame of a transaction; else 0. */
  readonly commits: number;
  /** It belongs to this log and not to one before it, whose place it has taken. */
  readonly isOfLog: boolean;
  /** Its checksum goes on from that of the frame before it. */
  readonly isSound: boolean;
}

interface Wal {
  readonly bytes: Buffer;
  readonly pageBytes: number;
  readonly isBigEndian: boolean;
  readonly isHeaderSound: boolean;
  readonly frames: readonly Frame[];
}

type Sums = readonly [number, number];

/** The checksum of section 4.2 over a stretch of bytes, going on from `before`. */
function sumsOver(bytes: Buffer, isBigEndian: boolean, [before0, before1]: Sums): Sums {
  // In a copy, since words must lie at a multiple of their length.
  const copy = new Uint8Array(bytes);
  if (isBigEndian !== (endianness() === 'BE')) Buffer.from(copy.buffer).swap32();
  const words = new Uint32Array(copy.buffer);
  let [one, two] = [before0, before1];
  for (let at = 0; at + 1 < words.length; at += 2) {
    one = (one + (words[at] ?? 0) + two) >>> 0;
    two = (two + (words[at + 1] ?? 0) + one) >>> 0;
  }
  return [one, two];
}

const sumsAt = (bytes: Buffer, at: number): Sums => [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
const areSame = (one: Sums, other: Sums): boolean => one[0] === other[0] && one[1] === other[1];
const isPageSize = (size: number): boolean => size >= 512 && size <= 65_536 && Number.isInteger(Math.log2(size));

/** The write-ahead log of a file as it lies on the disk; null where there is none. */
function readWal(path: string): Wal | null {
  const size = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size < HEADER_BYTES + FRAME_HEADER_BYTES) return null;
  const bytes = readFileSync(`${path}-wal`);
  const said = bytes.readUInt32BE(PAGE_BYTES_AT.log);
  const pageBytes = isPageSize(said) ? said : pageBytesOf(path);
  if (pageBytes === null) return null;
  const isBigEndian = (bytes.readUInt32BE(0) & BIG_ENDIAN) === BIG_ENDIAN;
  const wal = framesIn(bytes, pageBytes, isBigEndian);
  if (wal.isHeaderSound) return wal;
  // The bit that tells the order may be the one that is damaged.
  const other = framesIn(bytes, pageBytes, !isBigEndian);
  return soundIn(other) > soundIn(wal) ? other : wal;
}

const soundIn = ({ frames }: Wal): number => frames.filter(({ isSound }) => isSound).length;

function framesIn(bytes: Buffer, pageBytes: number, isBigEndian: boolean): Wal {
  const start = sumsOver(bytes.subarray(0, SUMMED_BYTES.header), isBigEndian, [0, 0]);
  const isHeaderSound =
    bytes.readUInt32BE(0) >>> 1 === MAGIC >>> 1 &&
    bytes.readUInt32BE(PAGE_BYTES_AT.log) === pageBytes &&
    areSame(start, sumsAt(bytes, SUMS_AT.header));
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  // With a bad header the first frame says which of them belong together.
  const saltsAt = isHeaderSound ? SALTS_AT.header : HEADER_BYTES + SALTS_AT.frame;
  const salts = sumsAt(bytes, saltsAt);
  const frames: Frame[] = [];
  let before = start;
  for (let at = HEADER_BYTES; at + frameBytes <= bytes.length; at += frameBytes) {
    const stored = sumsAt(bytes, at + SUMS_AT.frame);
    const isOfLog = areSame(salts, sumsAt(bytes, at + SALTS_AT.frame));
    const summed = isOfLog ? frameSums(bytes, at, frameBytes, isBigEndian, before) : null;
    const isSound = summed !== null && areSame(summed, stored);
    frames.push({ at, page: bytes.readUInt32BE(at), commits: bytes.readUInt32BE(at + PAGES_AT), isOfLog, isSound });
    before = stored;
  }
  return { bytes, pageBytes, isBigEndian, isHeaderSound, frames };
}

function frameSums(bytes: Buffer, at: number, frameBytes: number, isBigEndian: boolean, before: Sums): Sums {
  const head = sumsOver(bytes.subarray(at, at + SUMMED_BYTES.frame), isBigEndian, before);
  return sumsOver(bytes.subarray(at + FRAME_HEADER_BYTES, at + frameBytes), isBigEndian, head);
}

/** What the database file says of the length of its pages; null where it cannot be right. */
function pageBytesOf(path: string): number | null {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
  const file = openSync(path, 'r');
  try {
    const field = Buffer.alloc(2);
    readSync(file, field, 0, field.length, PAGE_BYTES_AT.file);
    const said = field.readUInt16BE(0);
    const size = said === 1 ? 65_536 : said;
    return isPageSize(size) ? size : null;
  } finally {
    closeSync(file);
  }
}

const isCommit = ({ isOfLog, commits }: Frame): boolean => isOfLog && commits > 0;

/**
 * Whether a frame whose header is damaged was the last of its transaction: SQLite writes the pages of each in rising
 * order, so that where the order begins again, another transaction does.
 */
function wasCommit(frames: readonly Frame[], index: number): boolean {
  const [before, frame, next] = [frames[index - 1], frames[index], frames[index + 1]];
  if (frame === undefined || frame.isOfLog || before === undefined || next === undefined) return false;
  return before.isOfLog && next.isOfLog && !isCommit(before) && next.page <= before.page;
}

/**
 * How many frames belong together. Behind the first bad one, a transaction that does not go on from the whole one before
 * it is what an earlier power cut has left there.
 */
function endOf(frames: readonly Frame[]): number {
  const bad = frames.findIndex(({ isSound }) => !isSound);
  const left = frames.findIndex((frame, index) => {
    const before = frames[index - 1];
    return index > bad && !frame.isSound && before?.isSound === true && isCommit(before);
  });
  return left < 0 ? frames.length : left;
}

/**
 * Whether the write-ahead log beside a file has lost transactions that were recorded. SQLite takes the first frame that is
 * not as it was written for the end of the log, and says nothing. So it must, after a power cut that came in the middle of
 * the last transaction; but each one before that was on the disk before it was acknowledged, so that more than one of
 * them behind a bad frame were spoilt by the disk.
 * @returns what is wrong, or null
 */
export function walDamage(path: string): string | null {
  const wal = readWal(path);
  if (wal === null) return null;
  const { frames, isHeaderSound } = wal;
  const bad = isHeaderSound ? frames.findIndex(({ isSound }) => !isSound) : 0;
  const behind =
    bad < 0
      ? []
      : frames.slice(bad, endOf(frames)).filter((frame, index) => isCommit(frame) || wasCommit(frames, bad + index));
  if (behind.length >= SPOILT_COMMITS) return `${behind.length} transactions in its write-ahead log are damaged`;
  const isGone = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
  return isGone && frames.length > 0 ? 'the file is gone and its write-ahead log is not' : null;
}

/**
 * Writes a log out of which SQLite reads everything that is left of a damaged one: with the checksums that its frames
 * have now, and without those of which nobody knows whose they are.
 * @param to the file beside which that log is written
 * @returns the newest first page in it, without which an empty file would have its log thrown away; null where there is none
 */
export function mendWal(path: string, to: string): Buffer | null {
  const wal = readWal(path);
  const known = wal?.frames.slice(0, endOf(wal.frames)).filter(({ isOfLog }) => isOfLog) ?? [];
  const [first] = known;
  if (wal === null || first === undefined) return null;
  const { bytes, pageBytes, isBigEndian } = wal;
  const pages = Math.max(0, ...known.filter(({ isSound }) => isSound).map(({ commits }) => commits));
  // All that the newest first page can say better than an older one is how much there is; without any, nothing is found.
  const least = known.some(({ page, isSound }) => isSound && page === 1) ? 2 : 1;
  const kept = known.filter(({ page, isSound }) => isSound || (page >= least && page <= pages));
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const out = Buffer.alloc(HEADER_BYTES + kept.length * frameBytes);
  out.writeUInt32BE(MAGIC + (isBigEndian ? BIG_ENDIAN : 0), 0);
  out.writeUInt32BE(VERSION, VERSION_AT);
  out.writeUInt32BE(pageBytes, PAGE_BYTES_AT.log);
  bytes.copy(out, SALTS_AT.header, first.at + SALTS_AT.frame, first.at + SUMS_AT.frame);
  let sums = sumsOver(out.subarray(0, SUMMED_BYTES.header), isBigEndian, [0, 0]);
  putSums(out, SUMS_AT.header, sums);
  for (const [index, { at, commits }] of kept.entries()) {
    const frame = HEADER_BYTES + index * frameBytes;
    bytes.copy(out, frame, at, at + frameBytes);
    // A damaged frame may claim any number of pages, and all that come after it are in the file.
    if (commits > 0) out.writeUInt32BE(pages, frame + PAGES_AT);
    sums = frameSums(out, frame, frameBytes, isBigEndian, sums);
    putSums(out, frame + SUMS_AT.frame, sums);
  }
  writeFileSync(`${to}-wal`, out, { mode: 0o600 });
  const head = kept.findLast(({ page }) => page === 1);
  return head === undefined
    ? null
    : bytes.subarray(head.at + FRAME_HEADER_BYTES, head.at + FRAME_HEADER_BYTES + pageBytes);
}

function putSums(bytes: Buffer, at: number, sums: Sums): void {
  bytes.writeUInt32BE(sums[0], at);
  bytes.writeUInt32BE(sums[1], at + 4);
}
