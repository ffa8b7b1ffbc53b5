import { createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Algorithm, algorithmNamed } from '../../src/pass/algorithms.ts';
import { headerOf, kidOf, parseCompactJws, verifyJws } from '../../src/pass/jws.ts';
import { conflictIn, trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import { document } from '../support/trust-files.ts';
import { Comparison, type Report } from './report.ts';

interface Jwk {
  readonly kty?: string;
  readonly kid?: string;
  readonly alg?: string;
}
interface JwsGroup {
  readonly public?: Jwk | { readonly keys: readonly Jwk[] };
  readonly private?: Jwk | { readonly keys: readonly Jwk[] };
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly jws?: unknown;
    readonly result: string;
  }[];
}

const ISSUER = 'wycheproof';
const ALGORITHMS: ReadonlySet<Algorithm['jose']> = new Set(['ES256', 'PS256', 'EdDSA', 'ES256K']);

const EMPTY = 'an empty payload: a pass says something';
const FIGURE_20 = 'RFC 7520 figure 20 signs with PS384, and its key is published for PS256';
/** Valid tokens of json_web_signature that are refused although their key is for the header's algorithm. */
const REFUSED_JWS: ReadonlyMap<number, string> = new Map([
  [259, EMPTY],
  [264, EMPTY],
  [268, EMPTY],
  [272, EMPTY],
  [320, EMPTY],
  [325, EMPTY],
  [346, FIGURE_20],
  [350, FIGURE_20],
]);

/** Through the trust file, the strict gate and the one key that the header names. */
function isAccepted(line: string, keys: readonly Jwk[]): boolean {
  const read = readLooseDocument(document(JSON.stringify({ iss: ISSUER, keys })));
  if (!read.ok || conflictIn(read.value) !== null) return false;
  const jws = parseCompactJws(line);
  if (!jws.ok) return false;
  const kid = kidOf(jws.value.header) ?? read.value[0]?.kid ?? '';
  const signer = { format: 'entry-pass', issuer: ISSUER, kid, algorithms: ALGORITHMS } as const;
  return verifyJws(jws.value, signer, trustOf(read.value)).ok;
}

function whyRefused(file: string, tcId: number, line: string, keys: readonly Jwk[]): string | null {
  const named = file === 'json_web_signature_test.json' ? REFUSED_JWS.get(tcId) : undefined;
  if (named !== undefined) return named;
  if (keys.every(({ kty }) => kty === 'oct')) return 'a shared secret: whoever can verify it can forge it';
  const alg = headerOf(line)?.['alg'];
  return algorithmNamed(alg) === null ? `${alg} is not on the closed list of algorithms` : null;
}

/** The sets json_web_signature, json_web_key and the signatures of json_web_crypto. */
export function runWycheproofJws(dir: string): Report {
  const comparison = new Comparison();
  for (const file of readdirSync(dir).filter((name) => /^json_web_(signature|key|crypto)_test\.json$/.test(name))) {
    const { testGroups }: { testGroups: readonly JwsGroup[] } = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    for (const group of testGroups) {
      const held = group.public ?? group.private;
      const keys = held === undefined ? [] : 'keys' in held ? held.keys : [held];
      for (const { tcId, comment, jws, result } of group.tests) {
        // What is not compact can never come over a line of text.
        if (typeof jws !== 'string') continue;
        const why = whyRefused(file, tcId, jws, keys);
        comparison.note(`${file} ${tcId} ${comment}`, isAccepted(jws, keys), result === 'valid', why);
      }
    }
  }
  return comparison;
}

interface SignatureGroup {
  readonly type: string;
  readonly sha?: string;
  readonly mgfSha?: string;
  readonly sLen?: number;
  readonly publicKeyPem: string;
  readonly tests: readonly { tcId: number; comment: string; msg: string; sig: string; result: string }[];
}

/** The algorithm under which a pass would present such a signature, and why a good one is refused if it is. */
interface Gate {
  readonly algorithm: Algorithm | null;
  readonly why: string | null;
}

const gate = (name: string, why: string | null): Gate => ({ algorithm: algorithmNamed(name), why });

function gateOf({ type, sha, mgfSha, sLen }: SignatureGroup, key: KeyObject): Gate {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const ecdsa = curve === 'secp256k1' ? 'ES256K' : 'ES256';
  switch (type) {
    case 'EddsaVerify':
      return gate('EdDSA', key.asymmetricKeyType === 'ed25519' ? null : 'Ed448 is not on the closed list');
    case 'EcdsaVerify':
      return gate(ecdsa, 'DER; JOSE and COSE write the two numbers side by side');
    case 'EcdsaP1363Verify': {
      const isListed = sha === 'SHA-256' && /^(prime256v1|secp384r1|secp256k1)$/.test(curve ?? '');
      return gate(ecdsa, isListed ? null : `${curve} with ${sha} is not on the closed list`);
    }
    case 'RsassaPssVerify': {
      const isPs256 = sha === 'SHA-256' && mgfSha === 'SHA-256' && sLen === 32;
      return gate('PS256', isPs256 ? null : `PSS with ${sha} and salt ${sLen} is not on the closed list`);
    }
    default:
      return { algorithm: null, why: `${type} is not on the closed list` };
  }
}

function keyIn(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}

/** Every ECDSA, EdDSA and RSA signature of the set against the algorithms on our list. */
export function runWycheproofSignatures(dir: string): Report {
  const comparison = new Comparison();
  for (const file of readdirSync(dir).filter((name) =>
    /^(ecdsa|ed25519|ed448|rsa_pss|rsa_signature)_.*test\.json$/.test(name),
  )) {
    const { testGroups }: { testGroups: readonly SignatureGroup[] } = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    for (const group of testGroups) {
      const key = keyIn(group.publicKeyPem);
      const { algorithm, why } = key === null ? { algorithm: null, why: 'its key cannot be read' } : gateOf(group, key);
      for (const { tcId, comment, msg, sig, result } of group.tests) {
        // "acceptable" leaves the choice to the verifier.
        if (result === 'acceptable') continue;
        const [signed, signature] = [Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex')];
        const accepted = key !== null && algorithm?.fits(key) === true && algorithm.verify(key, signed, signature);
        comparison.note(`${file} ${tcId} ${comment}`, accepted, result === 'valid', why);
      }
    }
  }
  return comparison;
}
