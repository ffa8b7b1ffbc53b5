import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WallTime } from '../../src/base/time.ts';
import { authenticate } from '../../src/pass/authenticate.ts';
import { assemble, type HeldChunks, NO_CHUNKS } from '../../src/pass/chunks.ts';
import type { Presented } from '../../src/pass/format.ts';
import { headerOf, kidOf } from '../../src/pass/jws.ts';
import type { PassReason } from '../../src/pass/pass.ts';
import type { Trust, TrustedKey } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';
import { shcDigits } from '../support/jws-signer.ts';
import type { Report } from './report.ts';
import { filesBelow, objectIn } from './vector-files.ts';

type Outcome = PassReason | 'ok';

/** Upstream's own verdicts (names of its test files and card.test.ts), as reasons of ours. The first that fits. */
const EXPECTED: readonly (readonly [RegExp, Outcome])[] = [
  [/^example-\d\d-(d-jws|f-qr-code-numeric)/, 'ok'],
  [/^example-\d\d-e-file\.smart-health-card/, 'ok'],
  [/-shl\.txt$|^shlink-link/, 'needs-server'],
  [/^shlink-/, 'unsupported-format'],
  [/1195-byte-qrnumeric|e-file-multi-jws|(e-file|d-jws)-trailing_chars/, 'ok'],
  // The tag in its FHIR metadata is not in the profile; issuer, signature and dates are genuine.
  [/bad-fhir-metadata/, 'ok'],
  // Genuine cards; it is the issuers' revocation lists that are broken.
  [/^jws-crl-/, 'unknown-issuer'],
  [/der-signature|invalid-signature/, 'bad-signature'],
  [/issuer-kid-mismatch|wrong_kid/, 'unknown-key'],
  [/no_jws_header_(alg|zip|kid)|utf8_bom|no_deflate|invalid_deflate/, 'malformed'],
  [/invalid_issuer_url_http|trailing_slash/, 'malformed'],
  [/bad_jwks|jws_too_long|invalid_issuer_url/, 'unknown-issuer'],
  [/index-out-of-range|odd-count|wrong_qr_header|wrong-multi-chunk/, 'malformed'],
  [/numeric-value-0-trailing_chars/, 'unsupported-format'],
  [/qr_chunk_too_small/, 'too-long'],
  [/qr_chunk_too_big/, 'incomplete'],
];

const ISSUER = 'https://spec.smarthealth.cards/examples/issuer';
/** One of its keys, by which its set is known among others. */
const ISSUER_KID = '3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s';
const ISSUER_SET = /(^|\/)issuer\/\.well-known\/jwks\.json$/;

type Jwk = JsonWebKey & { readonly kid?: string };

function keysIn(path: string): readonly TrustedKey[] {
  const { keys } = objectIn<{ keys: readonly Jwk[] }>(path) ?? {};
  if (!Array.isArray(keys) || !keys.some(({ kid, d }: Jwk) => kid === ISSUER_KID && d === undefined)) return [];
  return keys.map((jwk: Jwk) => ({
    key: createPublicKey({ key: jwk, format: 'jwk' }),
    alg: 'ES256',
    issuer: ISSUER,
    kid: jwk.kid ?? '',
    formats: new Set(['smart-health-card'] as const),
    kinds: ALL_KINDS,
  }));
}

/** The example issuer's keys, in its own set or in one that holds them too; none where neither is found. */
function exampleKeys(dirs: readonly string[]): readonly TrustedKey[] {
  const sets = dirs.flatMap((dir) => filesBelow(dir, /\.json$/).map((path) => join(dir, path)));
  const own = sets.filter((path) => ISSUER_SET.test(path));
  return [...own, ...sets].map(keysIn).find((keys) => keys.length > 0) ?? [];
}

export interface ShcRun extends Report {
  readonly genuine: number;
  readonly refused: number;
  /** Files of cards that no row of the table above speaks of. */
  readonly unlisted: readonly string[];
}

/** Every card below `dir` against the upstream's own verdict, with the key of the example issuer alone. */
export function runShc(dir: string, trust: Trust, now: WallTime): ShcRun {
  const unlisted: string[] = [];
  const disagreements: string[] = [];
  const exceptions: string[] = [];
  const counted = { vectors: 0, agree: 0, genuine: 0, refused: 0 };
  for (const path of cardFiles(dir)) {
    const expected = EXPECTED.find(([name]) => name.test(basename(path)))?.[1];
    if (expected === undefined) unlisted.push(path);
    for (const presented of presentedIn(join(dir, path))) {
      const outcome = outcomeOf(presented, trust, now);
      counted.vectors++;
      counted[outcome === 'ok' ? 'genuine' : 'refused']++;
      // One code of the three-code example is looked at with the others, by `joined`.
      const isOneOfThree = /^example-\d\d-f/.test(basename(path)) && outcome === 'incomplete';
      if (outcome === expected || isOneOfThree) counted.agree++;
      else if (expected !== undefined) disagreements.push(`${path}: ${outcome}, not ${expected}`);
      else if (outcome === 'ok' && !isSignedByKeyOf(presented, trust))
        disagreements.push(`${path}: accepted, but not signed`);
      else if (outcome === 'ok') counted.agree++;
      else exceptions.push(`${path}: ${outcome}: a file that no row of the table speaks of, and that is not accepted`);
    }
  }
  return { ...counted, unlisted, exceptions, disagreements };
}

/** A second, plain look at a card of which nothing is said but its content: the signature of the example issuer. */
function isSignedByKeyOf({ line }: Presented, trust: Trust): boolean {
  const pairs = line.toString('latin1').slice('shc:/'.length).match(/\d\d/g) ?? [];
  const jws = pairs.map((pair) => String.fromCharCode(Number(pair) + 45)).join('');
  const end = jws.lastIndexOf('.');
  const found = trust.find('smart-health-card', ISSUER, Buffer.from(kidOf(headerOf(jws) ?? {}) ?? ''));
  if (typeof found === 'string') return false;
  const key = { key: found.key, dsaEncoding: 'ieee-p1363' } as const;
  return verify('sha256', Buffer.from(jws.slice(0, end)), key, Buffer.from(jws.slice(end + 1), 'base64url'));
}

/** Both halves of the set: with no key of the example issuer to be found there is nothing to measure it by. */
export function runShcFolders(dirs: readonly string[], now: WallTime): readonly ShcRun[] | null {
  const keys = exampleKeys(dirs);
  return keys.length === 0 ? null : dirs.map((dir) => runShc(dir, trustOf(keys), now));
}

/** The outcome once all of these codes were scanned one after the other. */
export function joined(files: readonly string[], trust: Trust, now: WallTime): Outcome {
  let held: HeldChunks = NO_CHUNKS;
  let presented: Presented = { line: Buffer.alloc(0), parts: 1 };
  files.forEach((file, at) => {
    const assembled = assemble(held, readFileSync(file), at);
    held = assembled.held;
    presented = assembled.presented;
  });
  return outcomeOf(presented, trust, now);
}

function outcomeOf(presented: Presented, trust: Trust, now: WallTime): Outcome {
  const authenticated = authenticate(presented, trust, now);
  return authenticated.ok ? 'ok' : authenticated.error.reason;
}

const cardFiles = (dir: string): readonly string[] =>
  existsSync(dir)
    ? filesBelow(dir, /(^|\/)(test-|example-|jws-|shlink-|[^/]*-shl)[^/]*\.(txt|smart-health-card)$/)
    : [];

/** A file of JWS is put into the digits of a QR code; a file of digits, or of anything else, is taken as it is. */
function presentedIn(path: string): readonly Presented[] {
  const text = readFileSync(path, 'latin1');
  const line = (content: string): Presented => ({ line: Buffer.from(content, 'latin1'), parts: 1 });
  if (path.endsWith('.smart-health-card')) {
    const cards = objectIn<{ verifiableCredential: readonly string[] }>(path)?.verifiableCredential ?? [];
    return cards.map((jws) => line(`shc:/${shcDigits(jws)}`));
  }
  return [/jws/.test(basename(path)) ? line(`shc:/${shcDigits(text.trim())}`) : line(text)];
}
