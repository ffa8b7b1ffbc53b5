import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { encodeBase45 } from '../support/dcc.ts';
import { type Expectation, type Identity, NEVER } from './case.ts';
import { anyStyle, BAD_CBOR, type CborShape, DEEP_CBOR, ODD_CBOR, writeCbor } from './cbor-shapes.ts';
import {
  type CoseParts,
  type CoseTerms,
  coseParts,
  headerOf,
  joinCose,
  signCose,
  type UnsignedCose,
} from './cose-terms.ts';
import { derOf, mirrored } from './ecdsa.ts';
import type { Random } from './random.ts';

/** What was done around a COSE payload, and what may come of it. */
export interface CoseGame {
  readonly did: string;
  readonly line: string;
  readonly expected: Expectation;
}

const OTHER_ALGS: readonly CborShape[] = [
  -7,
  -8,
  -35,
  -36,
  -37,
  -38,
  -47,
  -257,
  -65535,
  5,
  0,
  -0,
  'ES256',
  'none',
  null,
  true,
  1e300,
  Number.NaN,
];

export function coseGame(
  of: Random,
  pass: UnsignedCose,
  payload: Buffer,
  terms: CoseTerms,
  identity: Identity,
): CoseGame {
  const parts = coseParts(pass, payload);
  const same: Expectation = { kind: 'same', identities: [identity] };
  const good: Expectation = { kind: 'admit', identity };
  const sound: Expectation = { kind: 'sound', format: terms.format };
  const spelled = (did: string, changed: Partial<CoseParts>, expected: Expectation): CoseGame => ({
    did,
    line: terms.spell(joinCose({ ...parts, ...changed })),
    expected,
  });
  const resigned = (did: string, header: Buffer, unprotectedHeader: Buffer, expected: Expectation): CoseGame =>
    spelled(
      did,
      { protectedHeader: header, unprotectedHeader, signature: signCose(header, payload, pass.key) },
      expected,
    );
  // New Zealand asks for both in the protected header; elsewhere either will do.
  const placed = terms.isTagOptional ? good : same;
  const NONE = headerOf([]);
  const { cose: alg } = pass.key;
  const whole = joinCose(parts);
  const games: readonly (() => CoseGame)[] = [
    () => {
      const other = of.pick(OTHER_ALGS.filter((each) => each !== alg));
      // Null counts as no algorithm at all, here as in the other header.
      return resigned(
        'another alg',
        headerOf([
          [1, other],
          [4, pass.kid],
        ]),
        NONE,
        NEVER,
      );
    },
    () => resigned('kid outside', headerOf([[1, alg]]), headerOf([[4, pass.kid]]), placed),
    () => resigned('alg outside', headerOf([[4, pass.kid]]), headerOf([[1, alg]]), placed),
    () =>
      resigned(
        'all outside',
        Buffer.alloc(0),
        headerOf([
          [1, alg],
          [4, pass.kid],
        ]),
        placed,
      ),
    () =>
      resigned(
        'empty map inside',
        NONE,
        headerOf([
          [1, alg],
          [4, pass.kid],
        ]),
        placed,
      ),
    () => resigned('no kid', headerOf([[1, alg]]), NONE, NEVER),
    () => resigned('no alg', headerOf([[4, pass.kid]]), NONE, NEVER),
    () =>
      resigned(
        'another kid inside',
        headerOf([
          [1, alg],
          [4, of.bytes(8)],
        ]),
        headerOf([[4, pass.kid]]),
        NEVER,
      ),
    () =>
      resigned(
        'crit',
        headerOf([
          [1, alg],
          [2, [99]],
          [4, pass.kid],
        ]),
        NONE,
        NEVER,
      ),
    () =>
      resigned(
        'odd header',
        headerOf([
          [1, alg],
          [4, pass.kid],
          [of.pick([3, 5, 99, 'x', '__proto__']), of.pick(ODD_CBOR)],
        ]),
        NONE,
        sound,
      ),
    () =>
      resigned(
        'odd kid',
        headerOf([
          [1, alg],
          [4, of.pick([...ODD_CBOR, ...BAD_CBOR, ...DEEP_CBOR])],
        ]),
        NONE,
        NEVER,
      ),
    () =>
      resigned(
        'header no map',
        of.pick([Buffer.of(0x80), Buffer.of(0xf6), Buffer.of(0xff), Buffer.of(0xa1)]),
        NONE,
        NEVER,
      ),
    () => spelled('more outside', { unprotectedHeader: headerOf([[99, of.pick(ODD_CBOR)]]) }, same),
    () =>
      spelled(
        'kid outside too',
        {
          unprotectedHeader: headerOf([
            [4, of.bytes(8)],
            [1, -37],
          ]),
        },
        good,
      ),
    () => spelled('bad outside', { unprotectedHeader: headerOf([[99, of.pick([...BAD_CBOR, ...DEEP_CBOR])]]) }, same),
    () => spelled('no signature', { signature: Buffer.alloc(0) }, NEVER),
    () => spelled('signature of nothing', { signature: Buffer.alloc(parts.signature.length) }, NEVER),
    () => spelled('long signature', { signature: Buffer.concat([parts.signature, of.bytes(1)]) }, NEVER),
    () => spelled('payload twice', { payload: Buffer.concat([payload, payload]) }, NEVER),
    () => spelled('signed as MAC', { signature: signCose(parts.protectedHeader, payload, pass.key, 'MAC0') }, NEVER),
    () =>
      spelled(
        'signed as Signature',
        { signature: signCose(parts.protectedHeader, payload, pass.key, 'Signature') },
        NEVER,
      ),
    () => {
      const { curve } = pass.key;
      if (curve === 'RSA' || curve === 'Ed25519')
        return spelled('random signature', { signature: of.bytes(256) }, NEVER);
      return of.chance(0.5)
        ? spelled('DER signature', { signature: derOf(parts.signature) }, NEVER)
        : spelled('high s', { signature: mirrored(curve, parts.signature) }, good);
    },
    () => {
      const tags = of.pick([[], [61, 18], [61], [18, 18], [61, 61, 18], [17], [98], [18, 61], [0], [1], [16, 18]]);
      const isKnown = tags.join() === '61,18' || tags.length === 0;
      const expected = isKnown && terms.isTagOptional ? good : same;
      return { did: `tags ${tags.join()}`, line: terms.spell(joinCose(parts, tags)), expected };
    },
    () => ({
      did: 'message in another encoding',
      line: terms.spell(joinCose(parts, [18], anyStyle(of))),
      expected: good,
    }),
    () => ({
      did: 'bytes after the message',
      line: terms.spell(Buffer.concat([joinCose(parts), of.bytes(1)])),
      expected: NEVER,
    }),
    () => ({ did: 'cut message', line: terms.spell(whole.subarray(0, of.below(whole.length))), expected: NEVER }),
    () => ({
      did: 'only CBOR',
      line: terms.spell(writeCbor(of.pick([...ODD_CBOR, ...BAD_CBOR, ...DEEP_CBOR]))),
      expected: NEVER,
    }),
    () => ({ did: 'random CBOR', line: terms.spell(of.bytes(of.below(200))), expected: NEVER }),
    () => (terms.format === 'nzcp' ? spelled('untouched', {}, good) : compressed(of, joinCose(parts), good, same)),
  ];
  return of.pick(games)();
}

/** HC1 around one message: every stream of zlib that holds it whole, and some that are none. */
function compressed(of: Random, cose: Buffer, good: Expectation, same: Expectation): CoseGame {
  const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED, Z_DEFAULT_STRATEGY } = constants;
  const line = (stream: Buffer): string => `HC1:${encodeBase45(stream)}`;
  const level = of.below(10);
  const strategy = of.pick([Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED, Z_DEFAULT_STRATEGY]);
  const windowBits = 9 + of.below(7);
  const stream = deflateSync(cose);
  const broken = Buffer.from(stream);
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  return of.pick<CoseGame>([
    { did: `level ${level}`, line: line(deflateSync(cose, { level, strategy, windowBits })), expected: good },
    { did: 'raw deflate', line: line(deflateRawSync(cose)), expected: same },
    { did: 'gzip', line: line(gzipSync(cose)), expected: same },
    { did: 'not compressed', line: line(cose), expected: same },
    { did: 'two streams', line: line(Buffer.concat([stream, stream])), expected: same },
    { did: 'bytes after the stream', line: line(Buffer.concat([stream, of.bytes(1 + of.below(5))])), expected: same },
    { did: 'wrong checksum', line: line(broken), expected: same },
    { did: 'dictionary', line: line(deflateSync(cose, { dictionary: Buffer.from('Signature1') })), expected: same },
    { did: 'bomb', line: line(deflateSync(Buffer.alloc(of.pick([65_537, 5_000_000])), { level: 9 })), expected: NEVER },
    { did: 'bomb behind', line: line(deflateSync(Buffer.concat([cose, Buffer.alloc(4_000_000)]))), expected: NEVER },
  ]);
}
