import type { SignatureCheck } from '../../signed-note.ts';
import { verifyEd25519 } from '../ed25519.ts';

/** RFC 8032, section 7.1, test 1: what a browser must know how to verify before it is relied on. */
const KNOWN: SignatureCheck = {
  publicKey: bytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'),
  message: new Uint8Array(0),
  signature: bytes(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ),
};

/** The browser's own verification where it has one, else ours. */
export async function chooseVerifier(): Promise<(check: SignatureCheck) => Promise<boolean>> {
  try {
    if (await byBrowser(KNOWN)) return byBrowser;
  } catch {
    // An older browser, or one that gives no cryptography to pages from a stick.
  }
  return (check) => Promise.resolve(verifyEd25519(check));
}

async function byBrowser({ publicKey, message, signature }: SignatureCheck): Promise<boolean> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', Uint8Array.from(publicKey), { name: 'Ed25519' }, false, ['verify']);
  return subtle.verify({ name: 'Ed25519' }, key, Uint8Array.from(signature), Uint8Array.from(message));
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
