import { compactVerify } from 'jose';
import { err, ok, type Result } from '../base/result.ts';
import { type CompactJws, kidOf, parseCompactJws, signatureFault } from '../pass/jws.ts';
import type { TrustRoot } from './trust-root.ts';

export const LIST_TYP = 'trust-list+jwt';
/** As many keys as a list may hold, as certificates, are less than this; each byte is read before anything is trusted. */
export const MAX_LIST_BYTES = 8 * 1_024 * 1_024;
const HEADER_MEMBERS = ['alg', 'kid', 'typ'] as const;
const ALGORITHMS: readonly unknown[] = ['ES256', 'EdDSA'];
const COMPACT_JWS = /^\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\s*$/;

/** A compact JWS in its one spelling that says it is a trust list; nothing in it is proven. */
export interface ListToken {
  readonly text: string;
  readonly jws: CompactJws;
  readonly kid: string;
}

/** Whether a file is a signed text rather than keys, so that it can be asked for its root. */
export const looksSigned = (bytes: Uint8Array): boolean => COMPACT_JWS.test(Buffer.from(bytes).toString('latin1'));

/**
 * Takes a file apart that should hold one signed trust list: three segments of canonical base64url, the header exactly
 * `{alg, typ, kid}`. White space around the text is no part of it.
 * @param name begins the sentence of an error
 */
export function readListToken(bytes: Buffer, name: string): Result<ListToken, string> {
  if (bytes.length > MAX_LIST_BYTES) return err(`${name} is larger than ${MAX_LIST_BYTES} bytes: it is no trust list`);
  const text = bytes.toString('latin1').trim();
  const jws = parseCompactJws(text);
  if (!jws.ok) return err(`${name} is no signed trust list: ${jws.error}`);
  const { header } = jws.value;
  if (Object.keys(header).sort().join() !== HEADER_MEMBERS.join()) {
    return err(`${name} is no signed trust list: its header must have alg, typ and kid and nothing else`);
  }
  if (header['typ'] !== LIST_TYP) return err(`${name} is no trust list: its header does not say ${LIST_TYP}`);
  if (!ALGORITHMS.includes(header['alg'])) return err(`${name} is signed with another algorithm than ES256 or EdDSA`);
  const kid = kidOf(header);
  return kid === null ? err(`${name} names no usable kid in its header`) : ok({ text, jws: jws.value, kid });
}

/** What is signed where the root is the right one; the sentence of a failure ends with what to do. */
const unproven = (name: string): string =>
  `${name} was changed or damaged on its way, or another key signed it: get it again from its publisher`;

/** The payload of a list whose signature `root` made, verified with jose; the caller has compared the kid. */
export async function verifyListToken(
  { text }: ListToken,
  root: TrustRoot,
  name: string,
): Promise<Result<Uint8Array, string>> {
  try {
    const { payload } = await compactVerify(text, root.key, { algorithms: [root.alg] });
    return ok(payload);
  } catch {
    return err(unproven(name));
  }
}

/** The same at once, by the verifier of passes: a kiosk that starts reads its stored lists while nothing else runs. */
export function verifyStoredToken({ jws }: ListToken, root: TrustRoot, name: string): Result<Uint8Array, string> {
  const fault = signatureFault(jws, root.key, new Set([root.alg]));
  return fault === null ? ok(jws.payload) : err(unproven(name));
}
