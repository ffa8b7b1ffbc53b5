import { ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { recognise } from './envelope.ts';
import { type Presented, refusal } from './format.ts';
import { type Finding, NO_FINDING, type Pass, type Refusal } from './pass.ts';
import type { Trust } from './trust.ts';

/** The largest QR code holds 7,089 characters: nothing longer was scanned from one code. */
export const MAX_LINE_BYTES = 8_192;

/** A refusal travels further than a pass may: into logs and answers, where no claim belongs. */
function withoutClaims({ format, kind, issuer, kid, validFromMs, validUntilMs }: Finding): Finding {
  return { format, kind, issuer, kid, validFromMs, validUntilMs };
}

/**
 * Is this a genuine, unrevoked pass within its own dates? The only maker of a `Pass`. Synchronous and pure: it asks
 * nothing but `trust` and `now`, and waits for nothing.
 * @param presented the bytes as scanned, without the line terminator
 * @returns the pass, or the first reason of the closed table that applies, with what the scan says of itself
 */
export function authenticate(presented: Presented, trust: Trust, now: WallTime): Result<Pass, Refusal> {
  if (presented.line.length > MAX_LINE_BYTES * presented.parts) {
    return refusal('too-long', `${presented.line.length} bytes are more than any code holds`, NO_FINDING);
  }
  const line = presented.line.toString('latin1');
  const recognised = recognise(line);
  if (recognised.kind === 'explained') {
    return refusal(recognised.reason, recognised.detail, { ...NO_FINDING, format: recognised.format });
  }
  const verified = recognised.format.verify(line, trust, now);
  if (!verified.ok) return verified;
  const revoked = trust.isRevoked(verified.value);
  if (revoked === true) {
    return refusal('revoked', 'the issuer has taken this pass back', withoutClaims(verified.value));
  }
  if (revoked === 'unknown') {
    return refusal('trust-stale', 'a revocation list for this pass cannot be read', withoutClaims(verified.value));
  }
  // Here and nowhere else a set of fields becomes a pass: the brand says that all of the above was asked.
  return ok(verified.value as Pass);
}
