import type { KeyObject } from 'node:crypto';
import { reasonOf } from '../../../src/base/assert.ts';

/** One verifier of EU certificates: from the scanned text to whether it is genuine. */
export interface Verifier {
  readonly name: string;
  isGenuine(text: string): boolean | Promise<boolean>;
}

/** The one key that all of the measured certificates are signed with. */
export interface SignerKey {
  readonly key: KeyObject;
  /** As the certificates name it, base64. */
  readonly kid: string;
}

type Callable = (...given: readonly unknown[]) => unknown;
const isCallable = (value: unknown): value is Callable => typeof value === 'function';
const spkiOf = ({ key }: SignerKey): string => key.export({ type: 'spki', format: 'der' }).toString('base64');

/** A function of a package without types, called as a method of what holds it. */
function callableIn(holder: unknown, name: string): Callable {
  const member: unknown = holder !== null && typeof holder === 'object' ? Reflect.get(holder, name) : undefined;
  if (!isCallable(member)) throw new Error(`there is no ${name} in it`);
  return (...given) => Reflect.apply(member, holder, given);
}

/** What a CommonJS package exports. */
async function load(name: string): Promise<object> {
  const module: unknown = await import(name);
  const exported: unknown =
    module !== null && typeof module === 'object' && 'default' in module ? module.default : null;
  if (exported === null || typeof exported !== 'object') throw new Error('it exports nothing');
  return exported;
}

/** Bundled beside the program: the loader that the package brings along cannot read what its own packages have become. */
const DCC_SDK = './dcc-sdk.cjs';

async function dccSdk(signer: SignerKey): Promise<Verifier> {
  const sdk = await load(DCC_SDK);
  callableIn(sdk, 'addCachedKeys')({ [signer.kid]: spkiOf(signer) });
  const verify = callableIn(sdk, 'unpackAndVerify');
  return {
    name: '@pathcheck/dcc-sdk 0.0.27',
    async isGenuine(text) {
      const answer: unknown = await verify(text);
      return answer !== null && typeof answer === 'object' && 'status' in answer && answer.status === 'verified';
    },
  };
}

async function dccUtils(signer: SignerKey): Promise<Verifier> {
  const utils = await load('dcc-utils');
  const reader: unknown = Reflect.get(utils, 'DCC');
  const fromRaw: unknown = isCallable(reader) ? Reflect.get(reader, 'fromRaw') : undefined;
  if (!isCallable(fromRaw)) throw new Error('there is no DCC.fromRaw in it');
  const publicKeyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: { name: 'SHA-256' } };
  const keys = { [signer.kid]: { publicKeyPem: spkiOf(signer), publicKeyAlgorithm } };
  return {
    name: 'dcc-utils 0.4.0, WebCrypto',
    async isGenuine(text) {
      const certificate: unknown = await Reflect.apply(fromRaw, reader, [text]);
      return (await callableIn(certificate, 'checkSignatureWithKeysList')(keys)) !== false;
    },
  };
}

/** The peers that are installed here, and a sentence for each that is not. */
export async function loadPeers(
  signer: SignerKey,
): Promise<{ readonly peers: readonly Verifier[]; readonly absent: readonly string[] }> {
  const peers: Verifier[] = [];
  const absent: string[] = [];
  for (const [name, make] of [
    ['@pathcheck/dcc-sdk', dccSdk],
    ['dcc-utils', dccUtils],
  ] as const) {
    try {
      peers.push(await make(signer));
    } catch (thrown) {
      absent.push(`${name} is not measured (${reasonOf(thrown)}): run 'npm ci --ignore-scripts' in test/bench/peers`);
    }
  }
  return { peers, absent };
}
