import type { KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import type { PassReason } from '../../src/pass/pass.ts';
import type { Trust, TrustedKey } from '../../src/pass/trust.ts';
import type { Judged } from './judge.ts';

/** Signatures that jose knows; ES256K it gave up. */
const ALGORITHMS = ['ES256', 'EdDSA'];
/** The verdicts that come after a signature was found good. */
const AFTER_SIGNATURE: ReadonlySet<PassReason> = new Set(['not-yet-valid', 'expired', 'bad-claims', 'revoked']);
const BAD_SIGNATURE = 'the signature does not fit the content';
const SHC = 'shc:/';

/** A trust list that remembers the last key it was asked for. */
export interface WatchedTrust {
  readonly trust: Trust;
  readonly asked: { key: TrustedKey | null };
}

export function watched(trust: Trust): WatchedTrust {
  const asked: { key: TrustedKey | null } = { key: null };
  const seen = (found: ReturnType<Trust['find']>): ReturnType<Trust['find']> => {
    asked.key ??= typeof found === 'string' ? null : found;
    return found;
  };
  return {
    asked,
    trust: {
      ...trust,
      find: (format, issuer, kid) => seen(trust.find(format, issuer, kid)),
      findOnly: (format, issuer) => seen(trust.findOnly(format, issuer)),
    },
  };
}

/** The compact JWS of an issuer in a presented line, read by other code than the verifier's. */
function issuerJws(line: string, format: string | null): string | null {
  if (format === 'smart-health-card' && line.startsWith(SHC)) {
    const pairs = line.slice(SHC.length).match(/../g) ?? [];
    return pairs.map((pair) => String.fromCharCode(Number(pair) + 45)).join('');
  }
  if (format === 'sd-jwt-vc') return line.split('~')[0] ?? null;
  if (format !== 'vp-jwt') return format === 'entry-pass' || format === 'sticker' || format === 'vc-jwt' ? line : null;
  const payload: unknown = JSON.parse(Buffer.from(line.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const { vp } = payload as { readonly vp?: { readonly verifiableCredential?: unknown } };
  const [first] = [vp?.verifiableCredential].flat();
  return typeof first === 'string' ? first : null;
}

/** Whether we found the issuer's signature good, bad, or did not say. */
function ownVerdict({ outcome }: Judged): boolean | null {
  if (outcome.ok) return true;
  const { reason, detail, finding } = outcome.error;
  if (AFTER_SIGNATURE.has(reason)) return true;
  if (reason === 'bad-signature' && detail === BAD_SIGNATURE) return finding.format === 'vp-jwt' ? null : false;
  return null;
}

async function joseVerdict(jws: string, key: KeyObject): Promise<boolean> {
  try {
    await compactVerify(jws, key, { algorithms: ALGORITHMS });
    return true;
  } catch {
    return false;
  }
}

/** One comparison that jose is still at, or null where the case did not get as far as a signature that jose knows. */
export function compared(judged: Judged, key: TrustedKey | null): Promise<string | null> | null {
  const own = ownVerdict(judged);
  if (own === null || key === null || key.key.asymmetricKeyDetails?.namedCurve === 'secp256k1') return null;
  const { outcome, presented } = judged;
  const format = outcome.ok ? outcome.value.format : outcome.error.finding.format;
  const jws = issuerJws(presented.line.toString('latin1'), format);
  if (jws === null) return null;
  return joseVerdict(jws, key.key).then((joses) =>
    joses === own ? null : `jose finds the signature ${joses ? 'good' : 'bad'}, we do not`,
  );
}
