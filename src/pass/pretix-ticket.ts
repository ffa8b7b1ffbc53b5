import { err, ok, type Result } from '../base/result.ts';

/** The fields of a pretix ticket; 0 stands for unset, as proto3 leaves it out. Times are seconds since the epoch. */
export interface PretixTicket {
  readonly seed: string;
  readonly item: number;
  readonly variation: number;
  readonly subevent: number;
  readonly validFromS: number;
  readonly validUntilS: number;
}

/** The message has six fields; a later version may add some. */
export const MAX_TICKET_FIELDS = 32;
const SEED = 1;
/** Fields 2 to 6 are numbers; their order is theirs in the message. */
const NUMBERS = ['item', 'variation', 'subevent', 'validFromS', 'validUntilS'] as const;
const FIRST_NUMBER = 2;

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;
const MAX_VARINT_BYTES = 10;
const FIXED_BYTES: Readonly<Record<number, number>> = { [FIXED_64]: 8, [FIXED_32]: 4 };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** Reads on from `at`; every `read…` returns null where the bytes are not acceptable. */
class ProtobufReader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** A number of at most 53 bits: ids and times are no larger, and a negative one is none of ours. */
  readVarint(): number | null {
    let value = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
      const byte = this.bytes[this.at];
      if (byte === undefined) return null;
      this.at += 1;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (value > Number.MAX_SAFE_INTEGER) return null;
      if (byte < 0x80) return value;
    }
    return null;
  }

  readBytes(length: number | null): Buffer | null {
    if (length === null || this.at + length > this.bytes.length) return null;
    const slice = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return slice;
  }

  /** The content of a field of any type but the groups, which proto3 does not have. */
  readField(wireType: number): number | Buffer | null {
    if (wireType === VARINT) return this.readVarint();
    return this.readBytes(wireType === LENGTH_DELIMITED ? this.readVarint() : (FIXED_BYTES[wireType] ?? null));
  }
}

/**
 * The proto3 message `Ticket` of pretix_sig1: unknown fields are passed over, a field that comes twice is refused.
 * @returns the ticket, or one technical sentence without content
 */
export function decodePretixTicket(bytes: Buffer): Result<PretixTicket, string> {
  const reader = new ProtobufReader(bytes);
  const ticket = { seed: '', item: 0, variation: 0, subevent: 0, validFromS: 0, validUntilS: 0 };
  const seen = new Set<number>();
  while (reader.at < bytes.length) {
    const head = reader.readVarint();
    if (head === null) return err('the ticket is cut off');
    const field = Math.floor(head / 8);
    if (field === 0 || seen.has(field)) return err('a field of the ticket has no number, or comes twice');
    seen.add(field);
    if (seen.size > MAX_TICKET_FIELDS) return err('the ticket has too many fields');
    const content = reader.readField(head % 8);
    if (content === null) return err(`field ${field} of the ticket cannot be read`);
    const number = NUMBERS[field - FIRST_NUMBER];
    if (field === SEED) {
      const seed = Buffer.isBuffer(content) ? decodeUtf8(content) : null;
      if (seed === null) return err('the seed of the ticket is no text');
      ticket.seed = seed;
    } else if (number !== undefined) {
      if (typeof content !== 'number') return err(`field ${field} of the ticket is no number`);
      ticket[number] = content;
    }
  }
  return ok(ticket);
}
