import type { TrustedKey } from '../../src/pass/trust.ts';
import { type Case, caseOf, type Expectation, NEVER, NOW_S, type Source, type Template } from './case.ts';
import { damageCase } from './damage-case.ts';
import { edKey, type FuzzKey, trusted } from './keys.ts';
import type { Random } from './random.ts';

const FORMAT = 'pretix-sig1';
const TEMPLATES = 24;

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
}
const numberField = (field: number, value: number | bigint): Buffer =>
  Buffer.concat([varint(field * 8), varint(value)]);
const bytesField = (field: number, value: Buffer): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);

const written = (whole: Buffer): string => [...whole.toString('base64')].reverse().join('');

function ticketLine(message: Buffer, key: FuzzKey, version = 1): string {
  const lengths = Buffer.from([version, message.length >> 8, message.length & 0xff, 0, 64]);
  return written(Buffer.concat([lengths, message, key.sign(message)]));
}

export function pretixTickets(
  random: Random,
  stranger: FuzzKey,
): { readonly source: Source; readonly trusted: readonly TrustedKey[] } {
  const keys = [edKey(random), edKey(random)];
  const membersOnly = edKey(random);
  const edStranger = edKey(random);
  const fresh = (of: Random): { readonly seed: Buffer; readonly message: Buffer } => {
    const seed = Buffer.from(of.bytes(9).toString('base64url'));
    return {
      seed,
      message: Buffer.concat([bytesField(1, seed), numberField(2, 1 + of.below(300)), numberField(4, 14)]),
    };
  };
  const identified = (passId: Buffer) => ({ format: FORMAT, passId }) as const;
  const templates: readonly Template[] = Array.from({ length: TEMPLATES }, () => {
    const { seed, message } = fresh(random);
    return { identity: identified(seed), line: Buffer.from(ticketLine(message, random.pick(keys))) };
  });

  function crafted(of: Random): Case {
    const { seed, message } = fresh(of);
    const key = of.pick(keys);
    const admit: Expectation = { kind: 'admit', identity: identified(seed) };
    const sound: Expectation = { kind: 'sound', format: FORMAT };
    const signed = (did: string, changed: Buffer, expected: Expectation): Case =>
      caseOf(FORMAT, did, ticketLine(changed, key), expected);
    const and = (...more: readonly Buffer[]): Buffer => Buffer.concat([message, ...more]);
    const lengths = (ticket: number, signature: number): string =>
      written(
        Buffer.concat([
          Buffer.from([1, ticket >> 8, ticket & 0xff, signature >> 8, signature & 0xff]),
          message,
          key.sign(message),
        ]),
      );
    const games: readonly (() => Case)[] = [
      () => {
        const seconds = NOW_S + of.pick([-86_400, -1, 0, 1, 86_400]);
        return signed(`until ${seconds}`, and(numberField(6, seconds)), seconds >= NOW_S ? admit : NEVER);
      },
      () => {
        const seconds = NOW_S + of.pick([-86_400, -1, 0, 1, 86_400]);
        return signed(`from ${seconds}`, and(numberField(5, seconds)), seconds <= NOW_S ? admit : NEVER);
      },
      () =>
        signed(
          'odd date',
          and(numberField(of.pick([5, 6]), of.pick([1n, -1n, 2n ** 53n, 2n ** 62n, 253_402_300_800n]))),
          sound,
        ),
      () => signed('a field twice', and(of.pick([bytesField(1, seed), numberField(2, 5)])), NEVER),
      () => signed('unknown fields', and(bytesField(15, of.bytes(9)), numberField(16, of.next())), admit),
      () => signed('wrong type', and(bytesField(3, of.bytes(3))), NEVER),
      () => signed('cut message', message.subarray(0, of.below(message.length)), sound),
      () => signed('no product', bytesField(1, seed), NEVER),
      () => signed('seed not UTF-8', Buffer.concat([bytesField(1, Buffer.of(0xff, 0xfe)), numberField(2, 1)]), NEVER),
      () =>
        signed(
          'odd seed',
          Buffer.concat([
            bytesField(1, of.pick([Buffer.of(0), Buffer.alloc(129, 65), Buffer.from('a\0b')])),
            numberField(2, 1),
          ]),
          sound,
        ),
      () => signed('random message', of.bytes(of.below(60)), sound),
      () => signed('endless number', and(Buffer.alloc(of.pick([9, 10, 11, 300]), 0xff)), sound),
      () => caseOf(FORMAT, 'signed by a stranger', ticketLine(message, edStranger), NEVER),
      () => caseOf(FORMAT, 'ECDSA signature', ticketLine(message, stranger), NEVER),
      () => caseOf(FORMAT, 'key not allowed', ticketLine(message, membersOnly), NEVER),
      () => caseOf(FORMAT, 'another version', ticketLine(message, key, of.pick([0, 2, 255])), NEVER),
      () => caseOf(FORMAT, 'wrong lengths', lengths(of.below(65_536), of.pick([0, 32, 65, 64])), NEVER),
    ];
    return of.pick(games)();
  }

  return {
    trusted: [
      ...keys.map((key) => trusted(key, 'fuzz-event', [FORMAT])),
      trusted(membersOnly, 'fuzz-event', [FORMAT], { kinds: ['membership'] }),
    ],
    source: {
      row: FORMAT,
      templates,
      make(of) {
        const share = of.below(100);
        if (share < 4) {
          const { line, identity } = of.pick(templates);
          return caseOf(FORMAT, 'untouched', line, { kind: 'admit', identity });
        }
        return share < 50 ? damageCase(of, FORMAT, templates) : crafted(of);
      },
    },
  };
}
