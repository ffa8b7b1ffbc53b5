import { join } from 'node:path';
import { parseJson } from '../../src/base/json.ts';
import type { WallTime } from '../../src/base/time.ts';
import { splitSdJwt, unpack } from '../../src/pass/sd-jwt.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import { document } from '../support/trust-files.ts';
import { outcomeOf } from './outcome.ts';
import { Comparison, type Report } from './report.ts';
import { filesBelow, objectIn } from './vector-files.ts';

export interface SdJwtVector {
  readonly name: string;
  readonly issuer_jwk: object;
  readonly issuer_sig_valid: boolean;
  readonly kb_sig_valid: boolean | null;
  readonly kb_sd_hash_valid: boolean | null;
  readonly unreferenced: number;
  readonly sd_jwt: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

export function vectorsIn(dir: string): readonly SdJwtVector[] {
  return filesBelow(dir, /\.json$/).flatMap(
    (path) => objectIn<{ vectors: readonly SdJwtVector[] }>(join(dir, path))?.vectors ?? [],
  );
}

function issuedClaims(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(line.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** The examples of RFC 9901 with the key of their issuer under its name. */
export function runSdJwt(dir: string, now: WallTime): Report {
  const comparison = new Comparison();
  for (const vector of vectorsIn(dir)) {
    const { iss, issuer, exp } = issuedClaims(vector.sd_jwt);
    const at = typeof exp === 'number' ? { ...now, atMs: Math.min(now.atMs, exp * 1_000 - 1) } : now;
    const keys = readLooseDocument(document(JSON.stringify({ iss: iss ?? issuer, keys: [vector.issuer_jwk] })));
    if (!keys.ok) throw new Error(keys.error);
    const { reason } = outcomeOf(vector.sd_jwt, trustOf(keys.value), at);
    const isBound = vector.kb_sig_valid !== false && vector.kb_sd_hash_valid !== false;
    const valid = vector.issuer_sig_valid && isBound && vector.unreferenced === 0;
    comparison.note(`${vector.name}: ${reason}`, reason === 'ok', valid);
  }
  return comparison;
}

/** What the disclosures of an example make of its payload, without the name of the hash. */
export function disclosedIn(line: string): unknown {
  const text = splitSdJwt(line);
  const payload = parseJson(JSON.stringify(issuedClaims(line)));
  if (!text.ok || !payload.ok) throw new Error('not an SD-JWT');
  const unpacked = unpack(payload.value as Parameters<typeof unpack>[0], text.value.disclosures);
  if (unpacked.kind !== 'payload') return unpacked.kind;
  const { _sd_alg: _, ...claims } = JSON.parse(JSON.stringify(unpacked.payload));
  return claims;
}
