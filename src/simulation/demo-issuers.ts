import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { VerifiableFormat } from '../pass/pass.ts';
import type { DemoKey } from './demo-passes.ts';

/** The demo issuers, and one whom the demo kiosk does not trust. */
export interface DemoIssuers {
  readonly dcc: DemoKey;
  readonly card: DemoKey;
  readonly entry: DemoKey;
  readonly stranger: DemoKey;
  /** Public keys of the three trusted ones, one JWK Set a file; nobody but the simulator trusts this folder. */
  readonly trustFolder: string;
}

const ISSUERS: Readonly<Record<'dcc' | 'card' | 'entry' | 'stranger', { issuer: string; format: VerifiableFormat }>> = {
  dcc: { issuer: 'KR', format: 'eu-dcc' },
  card: { issuer: 'https://demo.munjigi.invalid/card', format: 'smart-health-card' },
  entry: { issuer: 'munjigi-demo', format: 'entry-pass' },
  stranger: { issuer: 'somebody-else', format: 'entry-pass' },
};

/** Reads the demo issuers' keys from `folder`, or makes them at first start. They sign nothing but demo passes. */
export async function loadDemoIssuers(folder: string): Promise<Result<DemoIssuers, string>> {
  const trustFolder = join(folder, 'trust');
  try {
    mkdirSync(trustFolder, { recursive: true, mode: 0o700 });
    const [dcc, card, entry, stranger] = await Promise.all(
      (['dcc', 'card', 'entry', 'stranger'] as const).map((name) => loadIssuer(folder, name, trustFolder)),
    );
    if (dcc === undefined || card === undefined || entry === undefined || stranger === undefined) {
      return err(`the demo keys in ${folder} are not complete: delete that folder to make new ones`);
    }
    return ok({ dcc, card, entry, stranger, trustFolder });
  } catch (thrown) {
    return err(`the demo keys in ${folder} cannot be used: ${reasonOf(thrown)}; delete that folder to make new ones`);
  }
}

async function loadIssuer(folder: string, name: keyof typeof ISSUERS, trustFolder: string): Promise<DemoKey> {
  const path = join(folder, `${name}.jwk`);
  if (!existsSync(path)) {
    const made = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    replaceFile(path, JSON.stringify(made.privateKey.export({ format: 'jwk' })));
  }
  const privateKey = createPrivateKey({ key: JSON.parse(readFileSync(path, 'utf8')), format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  const { issuer, format } = ISSUERS[name];
  const kid =
    format === 'eu-dcc' ? shortKid(publicKey) : await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }));
  if (name !== 'stranger') {
    const keys = [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }];
    writeFileSync(
      join(trustFolder, `${name}.jwks.json`),
      `${JSON.stringify({ iss: issuer, formats: [format], keys }, null, 2)}\n`,
    );
  }
  return { privateKey, kid, issuer };
}

/** Eight bytes as an EU issuer's key id has, though there they come from a certificate. */
function shortKid(publicKey: KeyObject): string {
  const digest = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest();
  return digest.subarray(0, 8).toString('base64');
}
