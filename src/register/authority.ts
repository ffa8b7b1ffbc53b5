import type { KeyObject } from 'node:crypto';
import { err, ok, type Result } from '../base/result.ts';
import { thumbprintOf } from '../trust/public-jwk.ts';
import type { TrustList } from '../trust/trust-list.ts';

/** Who alone can open what is sealed here. */
export interface Authority {
  readonly key: KeyObject;
  /** As the authority calls its key, else the fingerprint. */
  readonly kid: string;
  readonly title: string;
  /** RFC 7638 with SHA-256, base64url. */
  readonly fingerprint: string;
}

/** Asked for at every change that a screen shows. */
const known = new WeakMap<KeyObject, string>();

function fingerprintOf(key: KeyObject): string {
  const fingerprint = known.get(key) ?? thumbprintOf(key);
  known.set(key, fingerprint);
  return fingerprint;
}

/**
 * The authority that a signed trust list names, or one sentence why nothing can be sealed. Never from any other place:
 * whoever could choose the key could read the register.
 */
export function authorityOf(list: TrustList | null, nowMs: number): Result<Authority, string> {
  if (list === null) {
    return err(
      'the visitor register needs a signed trust list that names the authority: import one with munjigi trust import',
    );
  }
  const { register, dates } = list;
  if (register === null) {
    return err(
      `trust list ${dates.version} names no authority for the visitor register: ask its publisher for one that does`,
    );
  }
  if (nowMs >= dates.expiresAtMs) {
    return err(`trust list ${dates.version} is past its end: import the newest one before anybody registers`);
  }
  const fingerprint = fingerprintOf(register.key);
  return ok({ key: register.key, kid: register.kid ?? fingerprint, title: register.title, fingerprint });
}
