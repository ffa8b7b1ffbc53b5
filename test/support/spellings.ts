import { constants, deflateSync } from 'node:zlib';
import { encodeBase64url } from '../../src/base/base64url.ts';
import { cbor } from './cbor-writer.ts';
import { encodeBase45 } from './dcc.ts';
import { shcDigits } from './jws-signer.ts';

/** One way to write a pass down: the lines as they are held up, and whether a reader can make sense of them. */
export interface Spelling {
  readonly how: string;
  readonly lines: readonly string[];
  readonly decodes: boolean;
}

/** The parts of a COSE_Sign1 that its issuer has fixed. */
export interface SignedCose {
  readonly protectedBytes: Buffer;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/** The order of P-256 (FIPS 186-4 D.1.2.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const COORDINATE_BYTES = 32;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The other signature that anybody can make of one without its key: s becomes n - s. */
export function highSTwin(signature: Buffer): Buffer {
  const s = BigInt(`0x${signature.subarray(COORDINATE_BYTES).toString('hex')}`);
  const twin = (P256_ORDER - s).toString(16).padStart(2 * COORDINATE_BYTES, '0');
  return Buffer.concat([signature.subarray(0, COORDINATE_BYTES), Buffer.from(twin, 'hex')]);
}

/** Only texts that have not come before, and of each kind in turn, so that no kind crowds out another. */
function distinct(kinds: readonly (readonly Spelling[])[], count: number): readonly Spelling[] {
  const seen = new Set<string>();
  const chosen: Spelling[] = [];
  for (let at = 0; chosen.length < count && kinds.some((kind) => at < kind.length); at += 1) {
    for (const kind of kinds) {
      const spelling = kind[at];
      const text = spelling?.lines.join('\n') ?? '';
      if (spelling === undefined || seen.has(text) || chosen.length === count) continue;
      seen.add(text);
      chosen.push(spelling);
    }
  }
  if (chosen.length < count) throw new Error(`only ${chosen.length} spellings were found`);
  return chosen;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const good = (how: string, line: string): Spelling => ({ how, lines: [line], decodes: true });
const bad = (how: string, line: string): Spelling => ({ how, lines: [line], decodes: false });

/** What nobody may do to a line: blanks and signs where none belong, other case, cut off, one sign replaced. */
function damaged(line: string, from: number, foreign: string): readonly Spelling[] {
  const inside = range(200).map((at) => from + ((at * 7) % (line.length - from)));
  return inside.flatMap((at) => [
    bad(`foreign sign at ${at}`, line.slice(0, at) + foreign + line.slice(at)),
    bad(`foreign sign for ${at}`, line.slice(0, at) + foreign + line.slice(at + 1)),
  ]);
}

/** RFC 1950 and 1951 by hand: stored blocks, cut wherever one likes. */
function stored(bytes: Buffer, blockLength: number): Buffer {
  const blocks = range(Math.ceil(bytes.length / blockLength)).map((at) => {
    const block = bytes.subarray(at * blockLength, (at + 1) * blockLength);
    const head = Buffer.alloc(5);
    head[0] = (at + 1) * blockLength >= bytes.length ? 1 : 0;
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    return Buffer.concat([head, block]);
  });
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(high * 65_536 + low);
  return Buffer.concat([Buffer.from([0x78, 0x01]), ...blocks, sum]);
}

function compressions(bytes: Buffer): readonly (readonly [string, Buffer])[] {
  const { Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED } = constants;
  const strategies = [Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED];
  return [
    ...range(10).flatMap((level) =>
      strategies.map(
        (strategy) => [`level ${level}, strategy ${strategy}`, deflateSync(bytes, { level, strategy })] as const,
      ),
    ),
    ...[9, 11, 13].map((windowBits) => [`window ${windowBits}`, deflateSync(bytes, { windowBits })] as const),
    ...range(40).map((at) => [`stored by ${at + 9}`, stored(bytes, at + 9)] as const),
  ];
}

/** The same message in CBOR of other widths, lengths, tags and with more beside it that nobody signed. */
function messages({ protectedBytes, payload, signature }: SignedCose): readonly (readonly [string, Buffer])[] {
  const parts = (unprotected: Buffer, signed = signature): readonly Buffer[] => [
    cbor.bytes(protectedBytes),
    unprotected,
    cbor.bytes(payload),
    cbor.bytes(signed),
  ];
  const nothing = cbor.map();
  const plain = cbor.list(...parts(nothing));
  const chunks = (bytes: Buffer): Buffer => {
    const half = bytes.length >> 1;
    const [left, right] = [bytes.subarray(0, half), bytes.subarray(half)];
    return Buffer.concat([Buffer.from([0x5f]), cbor.bytes(left), cbor.bytes(right), Buffer.from([0xff])]);
  };
  const [first, , third, last] = parts(nothing) as [Buffer, Buffer, Buffer, Buffer];
  return [
    ['tag 18', cbor.tag(18, plain)],
    ['no tag', plain],
    ['tags 61 and 18', cbor.tag(61, cbor.tag(18, plain))],
    ['tag 61 alone', cbor.tag(61, plain)],
    ['high s', cbor.tag(18, cbor.list(...parts(nothing, highSTwin(signature))))],
    ['high s, no tag', cbor.list(...parts(nothing, highSTwin(signature)))],
    ['a wide head', Buffer.concat([Buffer.from([0x98, 4]), ...parts(nothing)])],
    ['an open end', Buffer.concat([Buffer.from([0x9f]), ...parts(nothing), Buffer.from([0xff])])],
    ['an open header', cbor.list(first, Buffer.from([0xbf, 0xff]), third, last)],
    ['a payload in two', cbor.list(first, nothing, chunks(payload), last)],
    ['a signature in two', cbor.list(first, nothing, third, chunks(signature))],
    ...range(12).map((at): [string, Buffer] => [
      `extra header ${at}`,
      cbor.tag(18, cbor.list(...parts(cbor.map([cbor.int(-70_000 - at), cbor.text('x'.repeat(at))])))),
    ]),
    ['another key id outside', cbor.tag(18, cbor.list(...parts(cbor.map([cbor.int(4), cbor.bytes(Buffer.alloc(8))]))))],
  ];
}

const MOST_COMPRESSIONS = 100;

/** Spellings of one EU DCC whose key id and algorithm stand in the protected header; the first is the usual one. */
export function dccSpellings(cose: SignedCose, count: number): readonly Spelling[] {
  const all = messages(cose);
  const usual = all[0]?.[1] ?? Buffer.alloc(0);
  const line = `HC1:${encodeBase45(deflateSync(usual))}`;
  const whole = deflateSync(usual);
  const decoding = range(MOST_COMPRESSIONS).flatMap((step) =>
    all.flatMap(([how, message]) =>
      compressions(message)
        .slice(step, step + 1)
        .map(([packed, bytes]) => good(`${how}, ${packed}`, `HC1:${encodeBase45(bytes)}`)),
    ),
  );
  const broken: readonly Spelling[] = [
    bad('lower case', `HC1:${line.slice(4).toLowerCase()}`),
    ...[' ', '\t', '  '].map((blank) => bad('blank behind', `${line}${blank}`)),
    bad('blank after the prefix', `HC1: ${line.slice(4)}`),
    bad('prefix twice', `HC1:${line}`),
    bad('no compression', `HC1:${encodeBase45(usual)}`),
    bad('bytes behind', `HC1:${encodeBase45(Buffer.concat([whole, Buffer.alloc(1)]))}`),
    bad('tag twice', `HC1:${encodeBase45(deflateSync(cbor.tag(18, cbor.tag(18, usual))))}`),
    bad('tag 98', `HC1:${encodeBase45(deflateSync(cbor.tag(98, usual)))}`),
    ...range(60).map((at) => bad(`cut at ${at}`, `HC1:${encodeBase45(whole.subarray(0, whole.length - 1 - at))}`)),
    ...damaged(line, 4, 'ö'),
  ];
  return distinct([decoding, decoding.slice(1), broken], count);
}

/** Spellings of one compact JWS that is signed with ES256; nothing but the twin of its signature decodes. */
export function jwsSpellings(jws: string, count: number): readonly Spelling[] {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  const twin = encodeBase64url(highSTwin(Buffer.from(signature, 'base64url')));
  const segments = [header, payload, signature];
  const withSegment = (at: number, text: string): string =>
    segments.map((segment, index) => (index === at ? text : segment)).join('.');
  const spareBits = segments.flatMap((segment, at) =>
    [...BASE64URL].flatMap((character) => {
      const changed = segment.slice(0, -1) + character;
      const isSame = Buffer.from(changed, 'base64url').equals(Buffer.from(segment, 'base64url'));
      return isSame && changed !== segment ? [bad(`spare bits of part ${at}`, withSegment(at, changed))] : [];
    }),
  );
  const broken: readonly Spelling[] = [
    ...spareBits,
    ...segments.flatMap((segment, at) =>
      ['.', '.A', ...(at === 0 ? [] : ['=', '=='])].map((more) =>
        bad(`${more} behind part ${at}`, withSegment(at, segment + more)),
      ),
    ),
    bad('the other alphabet', withSegment(2, `${signature.replaceAll('-', '+').replaceAll('_', '/')}+`)),
    ...[' ', '\t', '\u00a0'].map((blank) => bad('blank behind', `${jws}${blank}`)),
    // A foreign sign in the header makes it a line of no known kind, which is another answer.
    ...[' ', '=', '+', '\u00e9'].flatMap((foreign) => damaged(jws, header.length + 1, foreign)),
  ];
  return distinct([[good('as signed', jws), good('high s', `${header}.${payload}.${twin}`)], broken], count);
}

/** Spellings of one SMART Health Card: cut into codes anywhere and held up in any order, and with the twin's digits. */
export function shcSpellings(jws: string, count: number): readonly Spelling[] {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  const twin = `${header}.${payload}.${encodeBase64url(highSTwin(Buffer.from(signature, 'base64url')))}`;
  const [digits, twinDigits] = [shcDigits(jws), shcDigits(twin)];
  const cut = (text: string, at: number): readonly string[] => [
    `shc:/1/2/${text.slice(0, at)}`,
    `shc:/2/2/${text.slice(at)}`,
  ];
  const inTwo = range(400).flatMap((step): Spelling[] => {
    const at = 2 * (1 + ((step * 11) % (digits.length / 2 - 2)));
    const text = step % 2 === 0 ? digits : twinDigits;
    const lines = cut(text, at);
    return [{ how: `cut at ${at}`, lines: step % 3 === 0 ? lines : [...lines].reverse(), decodes: true }];
  });
  const inMore = range(6).map((more): Spelling => {
    const total = more + 3;
    const size = 2 * Math.ceil(digits.length / 2 / total);
    const lines = range(total).map((at) => `shc:/${at + 1}/${total}/${digits.slice(at * size, (at + 1) * size)}`);
    return { how: `${total} codes`, lines: [...lines.slice(1), ...lines.slice(0, 1)], decodes: true };
  });
  const broken: readonly Spelling[] = [
    ...['SHC:/', 'Shc:/', 'shc:', 'shc://', 'shc:/ ', 'shc:/1/1/', 'shc:/01/', 'shc:/0/1/', 'shc:/2/1/', 'shc:/1/'].map(
      (prefix) => bad(`prefix ${prefix}`, `${prefix}${digits}`),
    ),
    ...range(40).map((at) => bad(`code ${at + 3} of 2`, `shc:/${at + 3}/2/${digits}`)),
    ...range(60).map((at) =>
      bad(`an odd digit after ${at}`, `shc:/${digits.slice(0, 2 * at)}0${digits.slice(2 * at)}`),
    ),
    ...range(60).map((at) =>
      bad(`a pair beyond the last at ${at}`, `shc:/${digits.slice(0, 2 * at)}99${digits.slice(2 * at)}`),
    ),
    ...[' ', 'x', '-'].flatMap((foreign) => damaged(`shc:/${digits}`, 5, foreign)),
  ];
  return distinct(
    [[good('whole', `shc:/${digits}`), good('high s', `shc:/${twinDigits}`), ...inMore], inTwo, broken],
    count,
  );
}
