/** What comes next in a stream of JSON texts; `end` after the last. */
export type JsonToken = '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'true' | 'false' | 'null' | 'end';

/** Where bytes come from: fills the buffer from `at` on and says how many came; 0 at the end. */
export type ReadBytes = (into: Buffer, at: number) => number;

/** A text that is not JSON, or more than the limits allow; the message never quotes the text. */
export class JsonStreamFault extends Error {
  override readonly name = 'JsonStreamFault';
}

/** Objects and arrays inside each other. */
export const MAX_STREAM_DEPTH = 16;
/** Bytes of one string or name, quotes and escapes included. */
export const MAX_STREAM_TEXT_BYTES = 4_096;
/** Members of one object: each is remembered until the object ends, so that none comes twice. */
export const MAX_STREAM_MEMBERS = 64;

const BUFFER_BYTES = 64 * 1_024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const FIRST_PRINTABLE = 0x20;
const FIRST_NON_ASCII = 0x80;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const LITERALS: Readonly<Record<string, JsonToken>> = { true: 'true', false: 'false', null: 'null' };
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An open object with the names that it has had, or an open array. */
interface Container {
  readonly names: string[] | null;
  hasItems: boolean;
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isOfWord = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e ||
  byte === 0x45;

/**
 * Reads JSON texts (RFC 8259), one after the other, token by token in memory that does not grow with them. As strict as
 * `parseJson`: no duplicate name, no lone surrogate, no byte order mark, no number beyond a double. Every call throws
 * `JsonStreamFault` where the text is wrong.
 */
export class JsonStream {
  /** Of the last `name` or `string`. */
  text = '';
  /** Of the last `number`. */
  number = 0;
  readonly #read: ReadBytes;
  readonly #open: Container[] = [];
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #at = 0;
  #end = 0;
  #afterName = false;

  constructor(read: ReadBytes) {
    this.#read = read;
  }

  /** How many objects and arrays are open. */
  get depth(): number {
    return this.#open.length;
  }

  next(): JsonToken {
    let byte = this.#skipSpace();
    const inside = this.#open.at(-1);
    if (this.#afterName) {
      this.#afterName = false;
      return this.#value(byte);
    }
    if (inside === undefined) return byte === -1 ? 'end' : this.#value(byte);
    if (byte === (inside.names === null ? CLOSING_BRACKET : CLOSING_BRACE)) {
      this.#at += 1;
      this.#open.pop();
      return inside.names === null ? ']' : '}';
    }
    if (inside.hasItems) {
      if (byte !== COMMA) throw this.#fault(byte);
      this.#at += 1;
      byte = this.#skipSpace();
    }
    inside.hasItems = true;
    return inside.names === null ? this.#value(byte) : this.#name(inside.names, byte);
  }

  /** Passes over the value that comes next, whatever it is. */
  skip(): void {
    const { depth } = this;
    do this.next();
    while (this.depth > depth);
  }

  #value(byte: number): JsonToken {
    switch (byte) {
      case QUOTE:
        this.text = this.#string();
        return 'string';
      case OPENING_BRACE:
      case OPENING_BRACKET: {
        if (this.depth === MAX_STREAM_DEPTH) throw new JsonStreamFault(`deeper than ${MAX_STREAM_DEPTH} levels`);
        this.#at += 1;
        const isObject = byte === OPENING_BRACE;
        this.#open.push({ names: isObject ? [] : null, hasItems: false });
        return isObject ? '{' : '[';
      }
      default:
        return this.#word(byte);
    }
  }

  #name(names: string[], byte: number): JsonToken {
    if (byte !== QUOTE) throw this.#fault(byte);
    const name = this.#string();
    if (names.includes(name)) throw new JsonStreamFault('a name is given twice');
    if (names.length === MAX_STREAM_MEMBERS) throw new JsonStreamFault(`more than ${MAX_STREAM_MEMBERS} members`);
    names.push(name);
    const colon = this.#skipSpace();
    if (colon !== COLON) throw this.#fault(colon);
    this.#at += 1;
    this.#afterName = true;
    this.text = name;
    return 'name';
  }

  #string(): string {
    let isPlain = true;
    for (let length = 1; ; length += 1) {
      if (length === MAX_STREAM_TEXT_BYTES) {
        throw new JsonStreamFault(`a text of more than ${MAX_STREAM_TEXT_BYTES} bytes`);
      }
      const byte = this.#peek(length);
      if (byte === QUOTE) {
        const start = this.#at + 1;
        this.#at += length + 1;
        return isPlain
          ? this.#buffer.toString('latin1', start, start + length - 1)
          : unescaped(this.#buffer.subarray(start - 1, start + length));
      }
      if (byte < FIRST_PRINTABLE) throw this.#fault(byte);
      if (byte === BACKSLASH) {
        isPlain = false;
        // Whatever is escaped, it is not the end.
        length += 1;
        if (this.#peek(length) === -1) throw this.#fault(-1);
      } else if (byte >= FIRST_NON_ASCII) isPlain = false;
    }
  }

  #word(first: number): JsonToken {
    let length = 0;
    while (length < MAX_STREAM_TEXT_BYTES && isOfWord(this.#peek(length))) length += 1;
    const word = this.#buffer.toString('latin1', this.#at, this.#at + length);
    const literal = Object.hasOwn(LITERALS, word) ? LITERALS[word] : undefined;
    this.number = literal === undefined ? Number(word) : 0;
    if (literal === undefined && !NUMBER.test(word)) throw this.#fault(first);
    if (!Number.isFinite(this.number)) throw new JsonStreamFault('a number is out of range');
    this.#at += length;
    return literal ?? 'number';
  }

  #skipSpace(): number {
    let byte = this.#peek(0);
    while (isSpace(byte)) {
      this.#at += 1;
      byte = this.#peek(0);
    }
    return byte;
  }

  /** The byte so far ahead, or -1 past the end; what was read stays in the buffer. */
  #peek(ahead: number): number {
    while (this.#at + ahead >= this.#end) {
      if (this.#at > 0) {
        this.#buffer.copyWithin(0, this.#at, this.#end);
        this.#end -= this.#at;
        this.#at = 0;
      }
      const count = this.#read(this.#buffer, this.#end);
      if (count === 0) return -1;
      this.#end += count;
    }
    return this.#buffer[this.#at + ahead] ?? -1;
  }

  #fault(byte: number): JsonStreamFault {
    return new JsonStreamFault(byte === -1 ? 'it ends in the middle' : 'not JSON');
  }
}

/** A string literal with escapes or characters beyond ASCII. */
function unescaped(literal: Buffer): string {
  let text: string;
  try {
    text = JSON.parse(utf8.decode(literal));
  } catch {
    throw new JsonStreamFault('a text that is no JSON string in UTF-8');
  }
  if (LONE_SURROGATE.test(text)) throw new JsonStreamFault('half a surrogate pair');
  return text;
}
