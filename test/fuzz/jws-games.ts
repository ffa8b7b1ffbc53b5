import { createHmac, type KeyObject } from 'node:crypto';
import { type Expectation, type Identity, NEVER } from './case.ts';
import { derOf, mirrored } from './ecdsa.ts';
import { BAD_JSON, ODD_JSON } from './json-shapes.ts';
import { type JwsTerms, segment, type Unsigned } from './jws-terms.ts';
import type { FuzzKey } from './keys.ts';
import type { Random } from './random.ts';

/** What was done to a compact JWS, and what may come of it. */
export interface Game {
  readonly did: string;
  readonly jws: string;
  readonly expected: Expectation;
}

const ALGS = [
  'none',
  'None',
  'NONE',
  'HS256',
  'HS384',
  'RS256',
  'PS256',
  'PS512',
  'ES256K',
  'ES384',
  'ES512',
  'EdDSA',
  'es256',
];
const ODD_ALGS = [
  '',
  null,
  0,
  1,
  -7,
  true,
  [],
  ['ES256'],
  {},
  'ES256 ',
  'ES256\0',
  '__proto__',
  'constructor',
  'ES256,none',
];
const KIDS = [
  '../../../../etc/passwd',
  '..\\..\\key',
  '/dev/null',
  'file:///etc/passwd',
  "' OR 1=1 --",
  'a\0b',
  '\r\n',
  '',
  '%00',
];
const ODD_KIDS = [
  null,
  0,
  [],
  {},
  true,
  'x'.repeat(129),
  'x'.repeat(769),
  '__proto__',
  'constructor',
  '*',
  '#',
  '\ud83d\ude00',
];
const OWN_KEY_MEMBERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64'];

const publicTexts = (key: KeyObject): readonly Buffer[] => [
  Buffer.from(key.export({ type: 'spki', format: 'pem' })),
  key.export({ type: 'spki', format: 'der' }),
  Buffer.from(JSON.stringify(key.export({ format: 'jwk' }))),
];

/** Another header, over which the right key, a stranger, a shared secret or nobody signs. */
export function headerGame(random: Random, pass: Unsigned, jws: string, terms: JwsTerms, stranger: FuzzKey): Game {
  const [, payload = '', signature = ''] = jws.split('.');
  const resigned = (did: string, header: string, key: FuzzKey, expected: Expectation): Game => {
    const signed = `${segment(header)}.${payload}`;
    return { did, jws: `${signed}.${segment(key.sign(Buffer.from(signed, 'latin1')))}`, expected };
  };
  const members = pass.header;
  const sound: Expectation = terms.isHeaderClosed ? NEVER : { kind: 'sound', format: terms.format };
  const otherAlgs = [...ALGS.filter((alg) => alg !== pass.key.alg), ...ODD_ALGS];
  const games: readonly (() => Game)[] = [
    () => {
      const alg = random.pick(otherAlgs);
      return resigned(`alg ${JSON.stringify(alg)}, signed`, JSON.stringify({ ...members, alg }), pass.key, NEVER);
    },
    () => {
      const alg = random.pick(otherAlgs);
      const header = segment(JSON.stringify({ ...members, alg }));
      return {
        did: `alg ${JSON.stringify(alg)}, unsigned`,
        jws: `${header}.${payload}.${random.pick(['', signature, 'AA'])}`,
        expected: NEVER,
      };
    },
    () => {
      const signed = `${segment(JSON.stringify({ ...members, alg: 'HS256' }))}.${payload}`;
      const mac = createHmac('sha256', random.pick(publicTexts(pass.key.publicKey)))
        .update(signed)
        .digest();
      return { did: 'HS256 with the public key', jws: `${signed}.${segment(mac)}`, expected: NEVER };
    },
    () => {
      const jwk = { ...stranger.publicKey.export({ format: 'jwk' }) };
      return resigned('its own jwk', JSON.stringify({ ...members, alg: stranger.alg, jwk }), stranger, NEVER);
    },
    () => {
      const name = random.pick(OWN_KEY_MEMBERS);
      const value = random.pick([[], ['b64'], ['exp'], 'https://evil.example/jwks', false, true, {}, null, 0]);
      return resigned(`header ${name}`, JSON.stringify({ ...members, [name]: value }), pass.key, NEVER);
    },
    () => {
      const kid = random.pick([...KIDS, ...ODD_KIDS]);
      return resigned(`kid ${JSON.stringify(kid)}`, JSON.stringify({ ...members, kid }), pass.key, sound);
    },
    () => {
      const kid = random.pick([stranger, ...terms.notAllowed, ...terms.foreign]).kid;
      return resigned('kid of another key', JSON.stringify({ ...members, kid }), pass.key, NEVER);
    },
    () => {
      const name = random.pick(['cty', 'x', 'zip', 'typ', 'toString', '__proto__', 'iss', 'exp', 'epk', 'p2c', 'enc']);
      const raw = `${JSON.stringify(members).slice(0, -1)},"${name}":${random.pick(ODD_JSON)}}`;
      return resigned(`header ${name}`, raw, pass.key, Object.hasOwn(members, name) ? NEVER : sound);
    },
    () => {
      const raw = `${JSON.stringify(members).slice(0, -1)},"x":${random.pick(BAD_JSON)}}`;
      return resigned('bad header', raw, pass.key, NEVER);
    },
    () => resigned('header twice', `{"alg":"none",${JSON.stringify(members).slice(1)}`, pass.key, NEVER),
    () =>
      resigned(
        'long header',
        JSON.stringify({ ...members, x: 'x'.repeat(random.pick([600, 1_000, 4_000])) }),
        pass.key,
        sound,
      ),
  ];
  return random.pick(games)();
}

/** Other bytes where the signature stands. */
export function signatureGame(random: Random, key: FuzzKey, jws: string, identity: Identity): Game {
  const end = jws.lastIndexOf('.') + 1;
  const signature = Buffer.from(jws.slice(end), 'base64url');
  const half = signature.length / 2;
  const zero = Buffer.alloc(half);
  const ones = Buffer.alloc(half, 0xff);
  const { curve } = key;
  const isEcdsa = curve !== 'Ed25519' && curve !== 'RSA';
  const games: (readonly [string, Buffer, Expectation])[] = [
    ['signature of nothing', Buffer.alloc(signature.length), NEVER],
    ['s of zero', Buffer.concat([signature.subarray(0, half), zero]), NEVER],
    ['r of zero', Buffer.concat([zero, signature.subarray(half)]), NEVER],
    ['ones', Buffer.concat([ones, ones]), NEVER],
    ['r and s swapped', Buffer.concat([signature.subarray(half), signature.subarray(0, half)]), NEVER],
    ['cut signature', signature.subarray(0, random.below(signature.length)), NEVER],
    ['long signature', Buffer.concat([signature, random.bytes(1 + random.below(64))]), NEVER],
    [
      'padded signature',
      Buffer.concat([Buffer.of(0), signature.subarray(0, half), Buffer.of(0), signature.subarray(half)]),
      NEVER,
    ],
    ['signature twice', Buffer.concat([signature, signature]), NEVER],
    ['random signature', random.bytes(signature.length), NEVER],
  ];
  if (isEcdsa) {
    games.push(['DER signature', derOf(signature), NEVER]);
    // RFC 7515 names no low s: both signatures are the issuer's, and both are the same pass.
    games.push(['high s', mirrored(curve, signature), { kind: 'admit', identity }]);
  }
  const [did, bytes, expected] = random.pick(games);
  return { did, jws: jws.slice(0, end) + segment(bytes), expected };
}

/** The same bytes in another base64. */
export function spellingGame(random: Random, jws: string, identity: Identity): Game {
  const parts = jws.split('.');
  const index = random.below(parts.length);
  const part = parts[index] ?? '';
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = letters.indexOf(part.slice(-1));
  const spellings: readonly string[] = [
    `${part}=`,
    `${part}==`,
    Buffer.from(part, 'base64url').toString('base64'),
    part.replaceAll('-', '+').replaceAll('_', '/'),
    `${part} `,
    `${part.slice(0, 4)}\n${part.slice(4)}`,
    `${part.slice(0, 4)}=${part.slice(4)}`,
    part.slice(0, -1) + letters.charAt((last + 1) % letters.length),
    part.slice(0, -1) + letters.charAt(last ^ 1),
    `${part}\0`,
    encodeURIComponent(`${part}=`),
  ];
  const spelled = parts.with(index, random.pick(spellings)).join('.');
  const extra = random.chance(0.15) ? random.pick(['.', '.AAAA', '.e30.AAAA', '\n']) : '';
  return { did: 'respelled base64', jws: spelled + extra, expected: { kind: 'same', identities: [identity] } };
}
