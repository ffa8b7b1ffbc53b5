import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { algorithmNamed } from '../../src/pass/algorithms.ts';
import { decodeCoseSign1, verifyCoseSign1 } from '../../src/pass/cose.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';
import { Comparison, type Report } from './report.ts';
import { filesBelow, objectIn } from './vector-files.ts';

type Members = Readonly<Record<string, unknown>>;
interface Example {
  readonly title: string;
  readonly fail?: boolean;
  readonly input?: {
    readonly sign0?: {
      readonly key?: Members;
      readonly alg?: string;
      readonly external?: string;
      readonly protected?: Members;
    };
    readonly detached?: boolean;
  };
  readonly output?: { readonly cbor?: string };
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

/** A curve that COSE passes are signed on; an RSA key names none. */
const CURVES: ReadonlySet<unknown> = new Set(['P-256', 'P-384', 'Ed25519', undefined]);

/** Why a good message is none of ours, or null. */
function whyRefused({ input }: Partial<Example>, key: KeyObject | null): string | null {
  const { sign0, detached } = input ?? {};
  if (sign0 === undefined) return 'no COSE_Sign1, and no pass has several signers, a shared secret or a cipher';
  if (sign0.external !== undefined) return 'signed with data from outside, which a pass does not have';
  if (sign0.protected?.['crit'] !== undefined) return 'a critical header, and none is understood';
  if (detached === true) return 'its payload is elsewhere';
  const alg = sign0.alg ?? sign0.protected?.['alg'];
  const isListed = typeof algorithmNamed(alg)?.cose === 'number' && CURVES.has(sign0.key?.['crv']);
  if (!isListed) return `${alg} on ${sign0.key?.['crv']} is not on the closed list`;
  return key === null ? 'its key is written in no form that is read here' : null;
}

/** Every example of a cose-wg/Examples checkout that holds a message. */
export function runCoseExamples(dir: string): Report {
  const comparison = new Comparison();
  for (const path of filesBelow(dir, /\.json$/)) {
    const example = objectIn<Example>(join(dir, path));
    const cbor = example?.output?.cbor;
    if (example === null || typeof cbor !== 'string') continue;
    const members = example.input?.sign0?.key;
    const key = members === undefined ? null : keyIn(members);
    comparison.note(path, isAccepted(Buffer.from(cbor, 'hex'), key), example.fail !== true, whyRefused(example, key));
  }
  return comparison;
}
