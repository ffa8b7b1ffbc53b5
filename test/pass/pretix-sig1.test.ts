import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_SEED_LENGTH, pretixSig1 } from '../../src/pass/pretix-sig1.ts';
import { decodePretixTicket, MAX_TICKET_FIELDS } from '../../src/pass/pretix-ticket.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { conflictIn, MAX_LISTED_KEYS, trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import type { LooseKey } from '../../src/trust/loose-key.ts';
import { document } from '../support/trust-files.ts';

const old = generateKeyPairSync('ed25519');
const present = generateKeyPairSync('ed25519');
const foreign = generateKeyPairSync('ed25519');
const NOW = { atMs: Date.parse('2023-02-03T12:00:00Z'), trusted: true };

function event(issuer: string | null, ...keys: readonly (typeof old)[]): readonly LooseKey[] {
  const pems = keys.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const json = { valid_keys: { pretix_sig1: pems.map((pem) => Buffer.from(pem).toString('base64')) } };
  const read = readLooseDocument(document(JSON.stringify(json), issuer));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const varint = (value: number | bigint): Buffer => {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
};
const number = (field: number, value: number | bigint): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field: number, value: string | Buffer): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(Buffer.byteLength(value)), Buffer.from(value)]);
const SEED = bytes(1, 'CTJqJOl1H');
const ITEM = number(2, 1);
const TICKET = Buffer.concat([SEED, ITEM, number(4, 14)]);

/** One byte more than a multiple of three, so that its Base64 ends with two signs of padding and spare bits. */
const PADDED = Buffer.concat([SEED, ITEM]);
const nextLetter = (end: string): string => `==${String.fromCharCode(end.charCodeAt(2) + 1)}`;

interface Parts {
  readonly key?: typeof old.privateKey;
  readonly version?: number;
  readonly wrap?: (whole: Buffer) => Buffer;
}

function makeTicket(ticket: Buffer = TICKET, { key = present.privateKey, version = 1, wrap }: Parts = {}): string {
  const head = Buffer.from([version, ticket.length >> 8, ticket.length & 0xff, 0, 64]);
  const whole = Buffer.concat([head, ticket, sign(null, ticket, key)]);
  return reversed((wrap?.(whole) ?? whole).toString('base64'));
}
const reversed = (text: string): string => [...text].reverse().join('');

const verify = (line: string, keys: readonly TrustedKey[] = event('demo', old, present), now = NOW) =>
  pretixSig1.verify(line, trustOf(keys), now);
function reasonOf(line: string, keys?: readonly TrustedKey[], now = NOW): string {
  if (!pretixSig1.claims(line)) return 'not claimed';
  const result = verify(line, keys, now);
  return result.ok ? 'ok' : result.error.reason;
}

describe('a pretix ticket', () => {
  it('says which product of which event it is, and no more', () => {
    const result = verify(makeTicket(Buffer.concat([TICKET, number(3, 7)])));
    if (!result.ok) throw new Error(result.error.detail);
    expect(result.value).toMatchObject({
      format: 'pretix-sig1',
      kind: 'ticket',
      issuer: 'demo',
      validFromMs: null,
      validUntilMs: null,
      single: false,
      claims: { kind: 'ticket', ticket: { product: '1', variation: 7, subevent: 14, event: 'demo' } },
    });
    expect(result.value.passId.toString('utf8')).toBe('CTJqJOl1H');
    expect(result.value.kid).toBe(event('demo', present)[0]?.kid);
  });

  it('signed by either key of the event is good, while an old key is being replaced', () => {
    expect(reasonOf(makeTicket(TICKET, { key: old.privateKey }))).toBe('ok');
    expect(reasonOf(makeTicket(TICKET, { key: present.privateKey }))).toBe('ok');
    expect(reasonOf(makeTicket(TICKET, { key: foreign.privateKey }))).toBe('bad-signature');
  });

  it('names the event whose key signed it, where one door serves two', () => {
    const both = [...event('afternoon', old), ...event('evening', present)];
    const result = verify(makeTicket(), both);
    expect(result.ok && [result.value.issuer, result.value.claims.ticket?.['event']]).toEqual(['evening', 'evening']);
  });

  it('without any event on the list is of an unknown issuer, and Ed25519 keys of other formats are not tried', () => {
    expect(reasonOf(makeTicket(), [])).toBe('unknown-issuer');
    const others = event('demo', present).map((key) => ({ ...key, formats: new Set(['entry-pass'] as const) }));
    expect(reasonOf(makeTicket(), others)).toBe('unknown-issuer');
    const limited = event('demo', present).map((key) => ({ ...key, kinds: new Set(['membership'] as const) }));
    expect(reasonOf(makeTicket(), limited)).toBe('key-not-allowed');
  });

  it('begins in the second of its start and ends after that of its end, as pretix’s own scanners count', () => {
    const timed = makeTicket(Buffer.concat([TICKET, number(5, 1_675_400_000), number(6, 1_675_500_000)]));
    const at = (atMs: number) => reasonOf(timed, undefined, { atMs, trusted: true });
    expect(at(1_675_400_000_000 - 1)).toBe('not-yet-valid');
    expect(at(1_675_400_000_000)).toBe('ok');
    expect(at(1_675_500_000_000)).toBe('ok');
    expect(at(1_675_500_000_001)).toBe('expired');
    expect(reasonOf(makeTicket(Buffer.concat([TICKET, number(5, 0), number(6, 0)])))).toBe('ok');
  });

  it('that is altered in any byte is never admitted, and nothing throws', () => {
    const whole = Buffer.from(reversed(makeTicket()), 'base64');
    for (let at = 0; at < whole.length; at += 1) {
      for (const bit of [1, 0x80]) {
        const altered = Buffer.from(whole);
        altered[at] = (altered[at] ?? 0) ^ bit;
        expect(reasonOf(reversed(altered.toString('base64'))), `byte ${at}`).not.toBe('ok');
      }
    }
  });

  it.each<[string, string]>([
    ['a byte after its signature', makeTicket(TICKET, { wrap: (whole) => Buffer.concat([whole, Buffer.alloc(1)]) })],
    ['a byte too few', makeTicket(TICKET, { wrap: (whole) => whole.subarray(0, -1) })],
    ['a signature of 63 bytes', makeTicket(TICKET, { wrap: (whole) => whole.fill(63, 4, 5).subarray(0, -1) })],
    ['spare bits in its Base64', makeTicket(PADDED).replace(/^==[AQgw]/, (end) => nextLetter(end))],
    ['its padding left out', makeTicket(PADDED).replace(/^==/, '')],
  ])('with %s is malformed', (_name, line) => {
    expect(reasonOf(line)).toBe('malformed');
  });

  it('of another version, with text around it, or read from its front is none', () => {
    expect(reasonOf(makeTicket(TICKET, { version: 2 }))).toBe('not claimed');
    expect(reasonOf(` ${makeTicket()}`)).toBe('not claimed');
    expect(reasonOf(`${makeTicket()}\r`)).toBe('not claimed');
    expect(reasonOf(reversed(makeTicket()))).toBe('not claimed');
    expect(reasonOf('hnu44vgdap9p3c7x634km9ftzg4j7454')).toBe('not claimed');
  });

  it('without a seed or a product cannot be told from others', () => {
    expect(reasonOf(makeTicket(ITEM))).toBe('bad-claims');
    expect(reasonOf(makeTicket(SEED))).toBe('bad-claims');
    const seeded = (length: number) => makeTicket(Buffer.concat([bytes(1, 'x'.repeat(length)), ITEM]));
    expect(reasonOf(seeded(MAX_SEED_LENGTH))).toBe('ok');
    expect(reasonOf(seeded(MAX_SEED_LENGTH + 1))).toBe('bad-claims');
  });
});

describe('the message in a ticket', () => {
  const decoded = (...parts: readonly Buffer[]) => decodePretixTicket(Buffer.concat(parts));

  it('is read past fields of later versions', () => {
    const fixed = Buffer.concat([varint(9 * 8 + 1), Buffer.alloc(8), varint(10 * 8 + 5), Buffer.alloc(4)]);
    expect(decoded(SEED, number(7, 5), bytes(8, 'more'), fixed, ITEM)).toMatchObject({ ok: true, value: { item: 1 } });
  });

  it.each<[string, readonly Buffer[]]>([
    ['a field twice', [SEED, ITEM, ITEM]],
    ['a seed twice', [SEED, SEED]],
    ['a seed that is a number', [number(1, 5)]],
    ['a product that is text', [bytes(2, '1')]],
    ['field 0', [number(0, 1)]],
    ['a group', [varint(3 * 8 + 3)]],
    ['an unknown wire type', [varint(3 * 8 + 7)]],
    ['a negative time', [number(5, -1n)]],
    ['a number beyond 53 bits', [number(2, 2n ** 53n)]],
    ['a number of eleven bytes', [varint(16), Buffer.alloc(10, 0x80), Buffer.from([1])]],
    ['a number that is cut off', [varint(16), Buffer.from([0x80])]],
    ['a text that is cut off', [varint(10), varint(5), Buffer.from('four')]],
    ['a seed that is no UTF-8', [bytes(1, Buffer.from([0xff, 0xfe]))]],
  ])('with %s is refused', (_name, parts) => {
    expect(decoded(...parts).ok).toBe(false);
  });

  it('has at most 32 fields, and a number of at most 53 bits', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, at) => number(at + 7, 1));
    expect(decoded(...fields(MAX_TICKET_FIELDS)).ok).toBe(true);
    expect(decoded(...fields(MAX_TICKET_FIELDS + 1)).ok).toBe(false);
    expect(decoded(number(2, Number.MAX_SAFE_INTEGER)).ok).toBe(true);
  });
});

it('16 keys of events are tried for a ticket; a 17th is refused when the list is read', () => {
  const events = Array.from({ length: MAX_LISTED_KEYS + 1 }, (_, at) =>
    event(`event-${at}`, generateKeyPairSync('ed25519')),
  );
  expect(conflictIn(events.slice(1).flat())).toBeNull();
  expect(conflictIn(events.flat())).toContain('more than 16');
  expect(conflictIn([...events.slice(1), ...events.slice(1)].flat())).toBeNull();
});
