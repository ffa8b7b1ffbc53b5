import { join } from 'node:path';
import type { WallTime } from '../../src/base/time.ts';
import { keyOfDid } from '../../src/pass/did.ts';
import { headerOf } from '../../src/pass/jws.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocuments } from '../../src/trust/loose-document.ts';
import { document } from '../support/trust-files.ts';
import { outcomeOf } from './outcome.ts';
import { Comparison, type Report } from './report.ts';
import { filesBelow, objectIn } from './vector-files.ts';

interface Vector {
  readonly jwt: string;
  readonly kind?: string;
  readonly alg?: string;
  readonly signature_valid?: boolean | null;
}

function claimsIn(jwt: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** The issuers of a credential, or of the credentials in a presentation. */
function issuersOf(jwt: string): readonly string[] {
  const { iss, vp } = claimsIn(jwt);
  const inside = (vp as { verifiableCredential?: readonly string[] } | undefined)?.verifiableCredential;
  if (inside !== undefined) return inside.flatMap(issuersOf);
  return typeof iss === 'string' ? [iss] : [];
}

function whyRefused(jwt: string): string | null {
  const { vc, vp } = claimsIn(jwt);
  if (/^HS/.test(String(headerOf(jwt)?.['alg']))) return 'a shared secret, and whoever can verify it can forge it';
  return vc === undefined && vp === undefined ? 'a bare token, neither credential nor presentation' : null;
}

/**
 * Every token of infra-did-vcjwt, its issuers' names given to the trust list as `{"id": <DID>}` documents and no key.
 * @param now for a presentation, its own last second: they are good for a minute
 */
export function runVcJwt(dir: string, now: WallTime): Report {
  const comparison = new Comparison();
  const tokens = filesBelow(dir, /\.json$/).flatMap(
    (path) => objectIn<{ vectors: readonly Vector[] }>(join(dir, path))?.vectors ?? [],
  );
  for (const [index, { jwt, kind, signature_valid: valid }] of tokens.entries()) {
    const dids = [...new Set(issuersOf(jwt))].filter((did) => keyOfDid(did) !== null);
    const keys = readLooseDocuments(dids.map((id) => document(JSON.stringify({ id }))));
    if (!keys.ok) throw new Error(keys.error);
    const { exp } = claimsIn(jwt);
    const at = typeof exp === 'number' ? { ...now, atMs: exp * 1_000 - 1 } : now;
    const { reason } = outcomeOf(jwt, trustOf(keys.value), at);
    comparison.note(`${index} ${kind}: ${reason}`, reason === 'ok', valid === true, whyRefused(jwt));
  }
  return comparison;
}
