import { createPublicKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type Algorithm, algorithmNamed } from '../../src/pass/algorithms.ts';
import { headerOf, kidOf, parseCompactJws, verifyJws } from '../../src/pass/jws.ts';
import { conflictIn, trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import { document } from '../support/trust-files.ts';
import { Comparison, type Report } from './report.ts';
import { filesBelow, objectIn } from './vector-files.ts';

interface Jwk {
  readonly kty?: string;
  readonly kid?: string;
  readonly alg?: string;
}
interface JwsGroup {
  readonly type?: string;
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

const isReadable = (keys: readonly Jwk[]): boolean =>
  readLooseDocument(document(JSON.stringify({ iss: ISSUER, keys }))).ok;

function whyRefused(line: string, keys: readonly Jwk[]): string | null {
  if (keys.every(({ kty }) => kty === 'oct')) return 'a shared secret, and whoever can verify it can forge it';
  const alg = headerOf(line)?.['alg'];
  if (algorithmNamed(alg) === null) return `${alg} is not on the closed list of algorithms`;
  if (line.split('.')[1] === '') return 'an empty payload, and a pass says something';
  const { kid } = headerOf(line) ?? {};
  if (kid === undefined && keys.length > 1) return 'the token does not say which of several keys it is for';
  const named = keys.filter((key) => key.kid === kid);
  if (named.length < keys.length && isReadable(named) && !isReadable(keys)) {
    return 'another key of the set cannot verify, and half a set is not taken';
  }
  const isForAnother = keys.every((key) => key.alg !== undefined && key.alg !== alg);
  return isForAnother ? 'the key is published for another algorithm than the token names' : null;
}

/** The groups of the files whose name, or whose groups' type, says that they are of a kind. */
function groupsIn<T extends { readonly type?: string }>(
  dir: string,
  types: RegExp,
): readonly { readonly file: string; readonly groups: readonly T[] }[] {
  return filesBelow(dir, /_test\.json$/).flatMap((file) => {
    const all = objectIn<{ testGroups: readonly T[] }>(join(dir, file))?.testGroups ?? [];
    const groups = all.filter(({ type }) => types.test(type ?? ''));
    return groups.length === 0 ? [] : [{ file, groups }];
  });
}

/** The sets json_web_signature, json_web_key and the signatures of json_web_crypto. */
export function runWycheproofJws(dir: string): Report {
  const comparison = new Comparison();
  for (const { file, groups } of groupsIn<JwsGroup>(dir, /^JsonWeb/)) {
    for (const group of groups) {
      const held = group.public ?? group.private;
      const keys = held === undefined ? [] : 'keys' in held ? held.keys : [held];
      for (const { tcId, comment, jws, result } of group.tests) {
        // What is not compact can never come over a line of text, and what may go either way says nothing.
        if (typeof jws !== 'string' || result === 'acceptable') continue;
        const name = `${file} ${tcId} ${comment}`;
        comparison.note(name, isAccepted(jws, keys), result === 'valid', whyRefused(jws, keys));
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
  readonly publicKeyPem?: string;
  /** The name of the same in the older files. */
  readonly keyPem?: string;
  readonly publicKey?: { readonly curve?: string };
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
    case 'EcdsaBitcoinVerify':
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

/** Curves of the list, as the set names them: their keys must be readable. */
const LISTED_CURVES: ReadonlySet<string | undefined> = new Set(['secp256r1', 'secp384r1', 'secp256k1', 'edwards25519']);
const UNREADABLE: Gate = { algorithm: null, why: 'a key of a kind that no pass is signed with, and that is not read' };

/**
 * Every signature of one family against the algorithms on our list.
 * @param types which test groups: by their type
 */
export function runWycheproofSignatures(dir: string, types: RegExp = /^(Ecdsa|Eddsa|RsassaP).*Verify$/): Report {
  const comparison = new Comparison();
  for (const { file, groups } of groupsIn<SignatureGroup>(dir, types)) {
    for (const group of groups) {
      const key = keyIn(group.publicKeyPem ?? group.keyPem ?? '');
      const isListed = LISTED_CURVES.has(group.publicKey?.curve);
      const { algorithm, why } =
        key !== null ? gateOf(group, key) : isListed ? { ...UNREADABLE, why: null } : UNREADABLE;
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
