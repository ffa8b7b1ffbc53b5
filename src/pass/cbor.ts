import { err, ok, type Result } from '../base/result.ts';
import { type Cbor, type CborMap, CborTag, halfFloat, TAG_COSE_SIGN1, TAG_CWT } from './cbor-value.ts';

export const MAX_CBOR_DEPTH = 16;
export const MAX_CBOR_ITEMS = 1_024;

const MESSAGE_TAGS: ReadonlySet<number> = new Set([TAG_COSE_SIGN1, TAG_CWT]);
/** Date-time, epoch, full-date: some issuers mark their dates so; the content alone is what the claims want. */
const DATE_TAGS: ReadonlySet<number> = new Set([0, 1, 1_004]);

const FAULT = Symbol('fault');
const BREAK = 0xff;
const INDEFINITE = 31;
const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One pass over the bytes. Every `read…` returns FAULT, after noting why, where the bytes are not acceptable. */
class CborReader {
  readonly bytes: Buffer;
  at = 0;
  items = 0;
  why = '';
  #latin1: string | null = null;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  fail(why: string): typeof FAULT {
    this.why = `${why} at byte ${this.at}`;
    return FAULT;
  }

  readItem(depth: number): Cbor | typeof FAULT {
    this.items += 1;
    if (this.items > MAX_CBOR_ITEMS) return this.fail('too many items');
    if (depth > MAX_CBOR_DEPTH) return this.fail('nested too deeply');
    const initial = this.bytes[this.at];
    if (initial === undefined) return this.fail('cut off');
    this.at += 1;
    const major = initial >> 5;
    const info = initial & 31;
    switch (major) {
      case UNSIGNED:
        return this.readArgument(info);
      case NEGATIVE: {
        const argument = this.readArgument(info);
        return argument === FAULT ? FAULT : -1 - argument;
      }
      case BYTES:
        return info === INDEFINITE ? this.readChunks(BYTES) : this.readBytes(info);
      case TEXT:
        return info === INDEFINITE ? this.readChunkedText() : this.readText(info);
      case ARRAY:
        return this.readArray(info, depth);
      case MAP:
        return this.readMap(info, depth);
      case TAG:
        return this.readTag(info, depth);
      default:
        return this.readSimple(info);
    }
  }

  readArgument(info: number): number | typeof FAULT {
    if (info < 24) return info;
    if (info > 27) return this.fail('reserved length');
    const width = 1 << (info - 24);
    const start = this.at;
    if (start + width > this.bytes.length) return this.fail('cut off');
    this.at = start + width;
    if (width < 8) return this.bytes.readUIntBE(start, width);
    const argument = this.bytes.readUInt32BE(start) * 0x1_0000_0000 + this.bytes.readUInt32BE(start + 4);
    return Number.isSafeInteger(argument) ? argument : this.fail('number beyond 53 bits');
  }

  /** The end of a string of bytes that begins here, once it is certain that it lies inside. */
  readEnd(info: number): number | typeof FAULT {
    const length = this.readArgument(info);
    if (length === FAULT) return FAULT;
    const end = this.at + length;
    return end > this.bytes.length ? this.fail('cut off') : end;
  }

  readBytes(info: number): Buffer | typeof FAULT {
    const end = this.readEnd(info);
    if (end === FAULT) return FAULT;
    const slice = this.bytes.subarray(this.at, end);
    this.at = end;
    return slice;
  }

  readText(info: number): string | typeof FAULT {
    const end = this.readEnd(info);
    if (end === FAULT) return FAULT;
    const start = this.at;
    this.at = end;
    for (let index = start; index < end; index += 1) {
      // Few texts leave ASCII: only they pay for the strict decoder.
      if ((this.bytes[index] ?? 0) > 0x7f) return this.decodeUtf8(this.bytes.subarray(start, end));
    }
    // One text for all that are cut from it: a call into the runtime for each of fifty short ones costs more than
    // the rest of the decoding.
    this.#latin1 ??= this.bytes.toString('latin1');
    return this.#latin1.slice(start, end);
  }

  decodeUtf8(bytes: Buffer): string | typeof FAULT {
    try {
      return utf8.decode(bytes);
    } catch {
      return this.fail('text that is not UTF-8');
    }
  }

  readChunks(major: typeof BYTES | typeof TEXT): Buffer | typeof FAULT {
    const chunks: Buffer[] = [];
    while (!this.atBreak()) {
      this.items += 1;
      if (this.items > MAX_CBOR_ITEMS) return this.fail('too many items');
      const initial = this.bytes[this.at];
      if (initial === undefined || initial >> 5 !== major) return this.fail('wrong chunk');
      this.at += 1;
      const chunk = this.readBytes(initial & 31);
      if (chunk === FAULT) return FAULT;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  readChunkedText(): string | typeof FAULT {
    const bytes = this.readChunks(TEXT);
    return bytes === FAULT ? FAULT : this.decodeUtf8(bytes);
  }

  /** Consumes the end mark of an indefinite length, if it is next. */
  atBreak(): boolean {
    if (this.bytes[this.at] !== BREAK) return false;
    this.at += 1;
    return true;
  }

  readArray(info: number, depth: number): Cbor[] | typeof FAULT {
    const count = info === INDEFINITE ? Number.POSITIVE_INFINITY : this.readArgument(info);
    if (count === FAULT) return FAULT;
    const array: Cbor[] = [];
    while (array.length < count && !(info === INDEFINITE && this.atBreak())) {
      const item = this.readItem(depth + 1);
      if (item === FAULT) return FAULT;
      array.push(item);
    }
    return array;
  }

  readMap(info: number, depth: number): CborMap | typeof FAULT {
    const count = info === INDEFINITE ? Number.POSITIVE_INFINITY : this.readArgument(info);
    if (count === FAULT) return FAULT;
    const map = new Map<number | string, Cbor>();
    while (map.size < count && !(info === INDEFINITE && this.atBreak())) {
      const key = this.readKey(depth + 1);
      if (key === FAULT) return FAULT;
      if (map.has(key)) return this.fail('key twice');
      const value = this.readItem(depth + 1);
      if (value === FAULT) return FAULT;
      map.set(key, value);
    }
    return map;
  }

  readKey(depth: number): number | string | typeof FAULT {
    const major = (this.bytes[this.at] ?? BREAK) >> 5;
    // Asked before reading, because a float is a number too and makes no key.
    if (major !== UNSIGNED && major !== NEGATIVE && major !== TEXT) return this.fail('key of another type');
    const key = this.readItem(depth);
    return typeof key === 'number' || typeof key === 'string' ? key : FAULT;
  }

  readTag(info: number, depth: number): Cbor | typeof FAULT {
    const tag = this.readArgument(info);
    if (tag === FAULT) return FAULT;
    if (!MESSAGE_TAGS.has(tag) && !DATE_TAGS.has(tag)) return this.fail(`tag ${tag}`);
    const value = this.readItem(depth + 1);
    if (value === FAULT) return FAULT;
    return MESSAGE_TAGS.has(tag) ? new CborTag(tag, value) : value;
  }

  readSimple(info: number): Cbor | typeof FAULT {
    if (info === 20 || info === 21) return info === 21;
    // Undefined has no place in a pass (I-CO5 of the EU's list); issuers that wrote it meant null.
    if (info === 22 || info === 23) return null;
    const width = info === 25 ? 2 : info === 26 ? 4 : info === 27 ? 8 : 0;
    const start = this.at;
    if (width === 0) return this.fail('simple value');
    if (start + width > this.bytes.length) return this.fail('cut off');
    this.at = start + width;
    if (width === 8) return this.bytes.readDoubleBE(start);
    return width === 4 ? this.bytes.readFloatBE(start) : halfFloat(this.bytes.readUInt16BE(start));
  }
}

/**
 * RFC 8949: exactly one item and nothing after it. Keys are integers or text and never twice; depth, items and the
 * tags of dates and of COSE_Sign1 and CWT are all that is let through. Byte strings are views into `bytes`.
 * @returns the item, or one technical sentence without content
 */
export function decodeCbor(bytes: Buffer): Result<Cbor, string> {
  const reader = new CborReader(bytes);
  const item = reader.readItem(1);
  if (item === FAULT) return err(`CBOR: ${reader.why}`);
  return reader.at === bytes.length ? ok(item) : err('CBOR: bytes after the end');
}
