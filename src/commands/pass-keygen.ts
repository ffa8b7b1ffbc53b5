import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { makeFolder } from '../base/make-folder.ts';
import { ENTRY_PASS_ISSUER } from '../pass/entry-pass.ts';
import { EXIT_OK, parseCommandLine, refuseWords, required, tell, UsageError } from './command.ts';
import { keyPairFor } from './signing-key.ts';

/** `pass keygen`: a secret key for `pass issue`, and the public one as a JWK Set that names its issuer. */
export async function keygen(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    iss: { type: 'string' },
    out: { type: 'string' },
    alg: { type: 'string' },
  });
  refuseWords(positionals);
  const iss = issuerFrom(values.iss);
  const out = required(values.out, '--out');
  const alg = values.alg ?? 'ES256';
  const pair = keyPairFor(alg);
  const publicJwk = pair.publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(publicJwk);
  const secret = { ...pair.privateKey.export({ format: 'jwk' }), kid, alg };
  const set = { iss, formats: ['entry-pass'], keys: [{ ...publicJwk, kid, alg, use: 'sig' }] };
  const keyPath = join(out, 'key.jwk');
  const setPath = join(out, 'public.jwks.json');
  const taken = [keyPath, setPath].find((path) => existsSync(path));
  // A key that is lost can issue no more passes, and its own cannot be told from forgeries once the kiosks forget it.
  if (taken !== undefined) throw new UsageError(`${taken} is there already and is not replaced: name another --out`);
  try {
    makeFolder(out);
    replaceFile(keyPath, `${JSON.stringify(secret)}\n`);
    writeFileSync(setPath, `${JSON.stringify(set, null, 2)}\n`);
  } catch (thrown) {
    throw new UsageError(`${out} cannot be written: ${reasonOf(thrown)}`);
  }
  tell(`made ${keyPath} (keep it secret) and ${setPath} (give it to the kiosks)`);
  return EXIT_OK;
}

/** The issuer that `--iss` names, in a form that an entry pass may carry. */
export function issuerFrom(text: string | undefined): string {
  const iss = required(text, '--iss');
  if (ENTRY_PASS_ISSUER.test(iss)) return iss;
  throw new UsageError('--iss must be 1 to 256 printable characters, without control or format characters');
}
