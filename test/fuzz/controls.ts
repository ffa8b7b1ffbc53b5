import { inflateRawSync, inflateSync } from 'node:zlib';
import { decodeBase45 } from '../../src/base/base45.ts';
import { ok } from '../../src/base/result.ts';
import { authenticate } from '../../src/pass/authenticate.ts';
import { decodeCoseSign1, verifyCoseSign1 } from '../../src/pass/cose.ts';
import { KINDS, type Pass, type PassFields, VERIFIABLE_FORMATS } from '../../src/pass/pass.ts';
import type { Trust, TrustedKey } from '../../src/pass/trust.ts';
import type { Authenticate } from './judge.ts';

/** A pass that a broken verifier would have made up; the brand keeps the product from it. */
function madeUp(passId: Buffer): Pass {
  const fields: PassFields = {
    format: 'entry-pass',
    kind: 'other',
    issuer: 'nobody',
    kid: 'none',
    validFromMs: null,
    validUntilMs: null,
    passId,
    claims: { v: [], t: [], r: [], x: [], nam: {}, dob: null, kind: 'other', ticket: {} },
    single: false,
  };
  return fields as Pass;
}

const anything = (found: TrustedKey): TrustedKey => ({
  ...found,
  formats: new Set(VERIFIABLE_FORMATS),
  kinds: new Set(KINDS),
});
const unlimited = (trust: Trust): Trust => ({
  ...trust,
  find(format, issuer, kid) {
    const found = trust.find(format, issuer, kid);
    return typeof found === 'string' ? found : anything(found);
  },
});

/** Reads an HC1 message without any limit on what it inflates to. */
function inflatedWithoutLimit(line: string, trust: Trust): boolean {
  const compressed = line.startsWith('HC1:') ? decodeBase45(line, 'HC1:'.length) : null;
  if (compressed === null) return false;
  try {
    const message = decodeCoseSign1(inflateSync(compressed));
    if (!message.ok || message.value.kid === null) return false;
    const key = trust.find('eu-dcc', null, message.value.kid);
    return typeof key !== 'string' && verifyCoseSign1(message.value, key) === null;
  } catch {
    return false;
  }
}

/** Walks into a payload as deep as it goes. */
function walkedWithoutLimit(line: string): void {
  const depthOf = (value: unknown): number => (Array.isArray(value) ? 1 + depthOf(value[0]) : 0);
  const jws = (line.slice('shc:/'.length).match(/../g) ?? []).map((pair) => String.fromCharCode(Number(pair) + 45));
  const payload = Buffer.from(jws.join('').split('.')[1] ?? '', 'base64url');
  const parsed: unknown = JSON.parse(inflateRawSync(payload).toString('utf8'));
  for (const member of Object.values(parsed ?? {})) depthOf(member);
}

const KEPT_BYTES = 16_384;
const SLOW_MS = 60;
/** One case in so many takes long: rare, as a real one would be. */
const SLOW_EVERY = 97;

/**
 * Verifiers with one mistake each, made here and nowhere in the product: the fuzzer must catch every one of them, or
 * its silence about the real one means nothing.
 */
export const CONTROLS: Readonly<Record<string, () => Authenticate>> = {
  'signature-skipped': () => (presented, trust, now) => {
    const outcome = authenticate(presented, trust, now);
    return !outcome.ok && outcome.error.reason === 'bad-signature' ? ok(madeUp(presented.line)) : outcome;
  },
  'dates-unchecked': () => (presented, trust, now) => authenticate(presented, trust, { ...now, trusted: false }),
  'key-limits-skipped': () => (presented, trust, now) => authenticate(presented, unlimited(trust), now),
  'inflate-limit-removed': () => (presented, trust, now) => {
    const outcome = authenticate(presented, trust, now);
    const isTried = !outcome.ok && outcome.error.detail.startsWith('zlib');
    const isRead = isTried && inflatedWithoutLimit(presented.line.toString('latin1'), trust);
    return isRead ? ok(madeUp(presented.line)) : outcome;
  },
  'json-depth-removed': () => (presented, trust, now) => {
    const outcome = authenticate(presented, trust, now);
    if (
      !outcome.ok &&
      outcome.error.finding.format === 'smart-health-card' &&
      outcome.error.detail.includes('deeper')
    ) {
      walkedWithoutLimit(presented.line.toString('latin1'));
    }
    return outcome;
  },
  'named-by-its-text': () => (presented, trust, now) => {
    const outcome = authenticate(presented, trust, now);
    return outcome.ok ? ok({ ...outcome.value, passId: presented.line }) : outcome;
  },
  'valid-refused': () => (presented, trust, now) => {
    const outcome = authenticate(presented, trust, now);
    return outcome.ok && outcome.value.format === 'nzcp'
      ? authenticate({ line: Buffer.of(0), parts: 1 }, trust, now)
      : outcome;
  },
  'memory-kept': () => {
    const kept: Buffer[] = [];
    return (presented, trust, now) => {
      kept.push(Buffer.alloc(KEPT_BYTES, presented.line[0]));
      return authenticate(presented, trust, now);
    };
  },
  slow: () => {
    return (presented, trust, now) => {
      const isSlow = presented.line.length % SLOW_EVERY === 0;
      const { user } = process.cpuUsage();
      while (isSlow && process.cpuUsage().user - user < SLOW_MS * 1_000);
      return authenticate(presented, trust, now);
    };
  },
  'prototype-polluted': () => (presented, trust, now) => {
    const outcome = authenticate(presented, trust, now);
    if (!outcome.ok && outcome.error.detail.includes('twice'))
      Object.defineProperty(Object.prototype, 'polluted', { value: 1, enumerable: true, configurable: true });
    return outcome;
  },
};
