import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from '../../src/pass/pass.ts';
import { type JwsSigner, jwsSigner } from './jws-signer.ts';
import { jwkOf, jwkSet } from './trust-files.ts';

/** An issuer of entry passes in this process: a hundred passes cost no hundred commands. */
export interface TestIssuer {
  readonly signer: JwsSigner;
  /** The file that makes a kiosk trust it. */
  readonly trustFile: string;
  /** A pass that is good until 2099, unless its claims say otherwise. */
  pass(kind: Kind, claims?: object): string;
}

const ISSUED_S = Date.parse('2021-12-13T00:00:00Z') / 1_000;
const EXPIRES_S = Date.parse('2099-01-01T00:00:00Z') / 1_000;

export function testIssuer(folder: string, iss = 'box-office'): TestIssuer {
  const signer = jwsSigner();
  const trustFile = join(folder, `${iss}.jwks.json`);
  writeFileSync(trustFile, jwkSet([jwkOf(signer.publicKey, { kid: signer.kid })], { iss, formats: ['entry-pass'] }));
  return {
    signer,
    trustFile,
    pass: (kind, claims = {}) =>
      signer.sign(
        { alg: 'ES256', typ: 'entry-pass+jwt', kid: signer.kid },
        { iss, jti: randomBytes(9).toString('base64url'), iat: ISSUED_S, exp: EXPIRES_S, kind, ...claims },
      ),
  };
}
