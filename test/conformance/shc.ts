import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WallTime } from '../../src/base/time.ts';
import { authenticate } from '../../src/pass/authenticate.ts';
import { assemble, type HeldChunks, NO_CHUNKS } from '../../src/pass/chunks.ts';
import type { Presented } from '../../src/pass/format.ts';
import type { PassReason } from '../../src/pass/pass.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { shcDigits } from '../support/jws-signer.ts';

type Outcome = PassReason | 'ok';

/** Upstream's own verdicts (names of its test files and card.test.ts), as reasons of ours. The first that fits. */
const EXPECTED: readonly (readonly [RegExp, Outcome])[] = [
  [/^example-0\d-(d-jws|f-qr-code-numeric)/, 'ok'],
  [/^example-0\d-e-file\.smart-health-card/, 'ok'],
  [/-shl\.txt$|^shlink-link-with-viewer/, 'needs-server'],
  [/^shlink-(manifest-file|payload-direct)/, 'unsupported-format'],
  [/1195-byte-qrnumeric|e-file-multi-jws|e-file-trailing_chars/, 'ok'],
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

export interface ShcRun {
  readonly cards: number;
  readonly genuine: number;
  readonly refused: number;
  /** Files of cards that no row of the table above speaks of. */
  readonly unlisted: readonly string[];
  readonly disagreements: readonly string[];
}

/** Every card below `dir` against the upstream's own verdict, with the keys of the example issuer alone. */
export function runShc(dir: string, trust: Trust, now: WallTime): ShcRun {
  const unlisted: string[] = [];
  const disagreements: string[] = [];
  const counted = { cards: 0, genuine: 0, refused: 0 };
  for (const path of cardFiles(dir)) {
    const expected = EXPECTED.find(([name]) => name.test(basename(path)))?.[1];
    if (expected === undefined) {
      unlisted.push(path);
      continue;
    }
    for (const presented of presentedIn(join(dir, path))) {
      const outcome = outcomeOf(presented, trust, now);
      counted.cards++;
      counted[outcome === 'ok' ? 'genuine' : 'refused']++;
      // One code of the three-code example is looked at with the others, by `joined`.
      const isOneOfThree = /^example-02-f/.test(basename(path)) && outcome === 'incomplete';
      if (outcome !== expected && !isOneOfThree) disagreements.push(`${path}: ${outcome}, not ${expected}`);
    }
  }
  return { ...counted, unlisted, disagreements };
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

function cardFiles(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(txt|smart-health-card)$/.test(path))
    .sort();
}

/** A file of JWS is put into the digits of a QR code; a file of digits, or of anything else, is taken as it is. */
function presentedIn(path: string): readonly Presented[] {
  const text = readFileSync(path, 'latin1');
  const line = (content: string): Presented => ({ line: Buffer.from(content, 'latin1'), parts: 1 });
  if (path.endsWith('.smart-health-card')) {
    const cards: readonly string[] = JSON.parse(text).verifiableCredential;
    return cards.map((jws) => line(`shc:/${shcDigits(jws)}`));
  }
  return [/jws/.test(basename(path)) ? line(`shc:/${shcDigits(text.trim())}`) : line(text)];
}
