import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { algorithmNamed } from '../../src/pass/algorithms.ts';
import { decodeCoseSign1, verifyCoseSign1 } from '../../src/pass/cose.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';
import { Comparison, type Report } from './report.ts';

type Members = Readonly<Record<string, unknown>>;
interface Example {
  readonly title: string;
  readonly fail?: boolean;
  readonly input: {
    readonly sign0?: { readonly key?: Members; readonly alg?: string; readonly external?: string };
    readonly detached?: boolean;
  };
  readonly output: { readonly cbor: string };
}

/** The set writes a member in base64url, or in hexadecimal under a name with `_hex`. */
function memberOf(key: Members, name: string): string | undefined {
  const hex = key[`${name}_hex`];
  const text = typeof hex === 'string' ? Buffer.from(hex, 'hex').toString('base64url') : key[name];
  return typeof text === 'string' ? text : undefined;
}

function keyIn(key: Members): KeyObject | null {
  const jwk: JsonWebKey = {};
  for (const name of ['kty', 'crv', 'x', 'y', 'n', 'e']) {
    const text = name === 'kty' || name === 'crv' ? key[name] : memberOf(key, name);
    if (typeof text === 'string') jwk[name] = text;
  }
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

function isAccepted(bytes: Buffer, key: KeyObject | null): boolean {
  const message = decodeCoseSign1(bytes);
  if (!message.ok || key === null) return false;
  const trusted = { key, alg: null, issuer: null, kid: '', formats: new Set<never>(), kinds: ALL_KINDS };
  return verifyCoseSign1(message.value, trusted) === null;
}

/** Why a good message is none of ours, or null. */
function whyRefused({ input }: Example): string | null {
  const { sign0, detached } = input;
  if (sign0 === undefined) return 'no COSE_Sign1: no pass has several signers, a shared secret or a cipher';
  if (sign0.external !== undefined) return 'signed with data from outside, which a pass does not have';
  if (detached === true) return 'its payload is elsewhere';
  const isListed = algorithmNamed(sign0.alg) !== null && !/448/.test(String(sign0.key?.['crv']));
  return isListed ? null : `${sign0.alg} on ${sign0.key?.['crv']} is not on the closed list`;
}

/** Every example of a cose-wg/Examples checkout that holds a message. */
export function runCoseExamples(dir: string): Report {
  const comparison = new Comparison();
  for (const path of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!path.endsWith('.json')) continue;
    const example: Example = JSON.parse(readFileSync(join(dir, path), 'utf8'));
    if (typeof example.output?.cbor !== 'string') continue;
    const key = example.input.sign0?.key;
    const accepted = isAccepted(Buffer.from(example.output.cbor, 'hex'), key === undefined ? null : keyIn(key));
    comparison.note(path, accepted, example.fail !== true, whyRefused(example));
  }
  return comparison;
}
