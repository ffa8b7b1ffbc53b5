import { createPublicKey } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactSign, calculateJwkThumbprint } from 'jose';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { makeFolder } from '../base/make-folder.ts';
import { LIST_TYP, readListToken } from '../trust/list-token.ts';
import { listName, parseTrustList } from '../trust/trust-list.ts';
import { fingerprintOf, rootJwkText, type TrustRoot } from '../trust/trust-root.ts';
import {
  counted,
  EXIT_OK,
  orUsage,
  parseCommandLine,
  print,
  refuseWords,
  required,
  tell,
  UsageError,
} from './command.ts';
import { keyPairFor, readFrom, readSigningKey, type SigningKey } from './signing-key.ts';

async function rootOf({ key, alg, kid }: SigningKey): Promise<TrustRoot> {
  const publicKey = createPublicKey(key);
  return { key: publicKey, alg, kid, thumbprint: await calculateJwkThumbprint(publicKey.export({ format: 'jwk' })) };
}

/** `trust keygen`: the secret key of a publisher of trust lists, and the public one that kiosks pin. */
export async function keygenRoot(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { out: { type: 'string' }, alg: { type: 'string' } });
  refuseWords(positionals);
  const out = required(values.out, '--out');
  const alg = values.alg ?? 'ES256';
  const { privateKey } = keyPairFor(alg);
  const kid = await calculateJwkThumbprint(privateKey.export({ format: 'jwk' }));
  const secret = { ...privateKey.export({ format: 'jwk' }), kid, alg };
  const root = await rootOf({ key: privateKey, alg: alg === 'EdDSA' ? 'EdDSA' : 'ES256', kid });
  const keyPath = join(out, 'root-key.jwk');
  const rootPath = join(out, 'trust-root.jwk');
  const taken = [keyPath, rootPath].find((path) => existsSync(path));
  // Kiosks that have pinned the old root would never take a list again.
  if (taken !== undefined) throw new UsageError(`${taken} is there already and is not replaced: name another --out`);
  try {
    makeFolder(out);
    replaceFile(keyPath, `${JSON.stringify(secret)}\n`);
    writeFileSync(rootPath, rootJwkText(root));
  } catch (thrown) {
    throw new UsageError(`${out} cannot be written: ${reasonOf(thrown)}`);
  }
  tell(`made ${keyPath} (keep it secret) and ${rootPath} (give it to the kiosks); tell their owners its six words:`);
  print(fingerprintOf(root));
  return EXIT_OK;
}

/** `trust sign`: signs a trust list that a kiosk would take, and no other. */
export async function signList(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    key: { type: 'string' },
    in: { type: 'string' },
    out: { type: 'string' },
  });
  refuseWords(positionals);
  const signing = await readSigningKey(required(values.key, '--key'), "'trust keygen'");
  const path = required(values.in, '--in');
  const payload = readFrom(path, (why) => new UsageError(`${path} cannot be read: ${why}`));
  const list = orUsage(parseTrustList(payload, path));
  const { alg, kid, key } = signing;
  const token = await new CompactSign(payload).setProtectedHeader({ alg, typ: LIST_TYP, kid }).sign(key);
  orUsage(readListToken(Buffer.from(token, 'latin1'), path));
  if (values.out === undefined) print(token);
  else writeOut(values.out, token);
  const words = fingerprintOf(await rootOf(signing));
  tell(
    `signed ${listName(list.dates.version)} for ${list.environment} with ${counted(list.issuers, 'issuer')} and ${counted(list.keys.length, 'key')}; the words of its root are '${words}'`,
  );
  return EXIT_OK;
}

function writeOut(path: string, token: string): void {
  try {
    writeFileSync(path, `${token}\n`);
  } catch (thrown) {
    throw new UsageError(`${path} cannot be written: ${reasonOf(thrown)}`);
  }
}
