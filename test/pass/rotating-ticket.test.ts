import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authenticate } from '../../src/pass/authenticate.ts';
import { totpCode } from '../../src/pass/totp.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { decide, NO_HISTORY } from '../../src/policy/decide.ts';
import { presetNamed, reuseOf } from '../../src/policy/presets.ts';
import { conflictIn, trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import { around } from '../support/passes.ts';
import { document } from '../support/trust-files.ts';

const PERIOD = 30;
/** The beginning of a step. */
const STEP_AT = 1_638_000_000 - (1_638_000_000 % PERIOD);
const SECRET = '00112233445566778899aabbccddeeff00112233';
const FILE = {
  iss: 'venue',
  rotating_tickets: {
    algorithm: 'TOTP_SHA1',
    periodMillis: 30_000,
    valueLength: 8,
    tickets: [
      { id: 'A-17', key: SECRET, product: 'Hall A' },
      { id: 'A-18', key: SECRET.replace('00', 'ff'), nbf: STEP_AT, exp: STEP_AT + 3_600, single: true },
    ],
  },
};
const trustIn = (content: object): Trust => {
  const keys = readLooseDocument(document(JSON.stringify(content)));
  if (!keys.ok) throw new Error(keys.error);
  return trustOf(keys.value);
};
const errorIn = (content: object, issuer: string | null = null): string => {
  const keys = readLooseDocument(document(JSON.stringify(content), issuer));
  return keys.ok ? '' : keys.error;
};
const trust = trustIn(FILE);
const codeAt = (seconds: number, secret = SECRET, digits = 8) =>
  totpCode('TOTP_SHA1', createSecretKey(Buffer.from(secret, 'hex')), Math.floor(seconds / PERIOD), digits);
const lineAt = (seconds: number, { ticket = 'A-17', secret = SECRET, issuer = 'venue' } = {}) =>
  `RT1:${issuer}:${ticket}:${seconds}:${codeAt(seconds, secret)}`;
const verify = (line: string, nowSeconds = STEP_AT + 5, trusted: Trust = trust) =>
  authenticate({ line: Buffer.from(line, 'utf8'), parts: 1 }, trusted, { atMs: nowSeconds * 1_000, trusted: true });
const reasonOf = (...args: Parameters<typeof verify>) => {
  const result = verify(...args);
  return result.ok ? 'ok' : result.error.reason;
};

describe('a ticket whose code changes', () => {
  it('is known by issuer and number, whatever its code', () => {
    const result = verify(lineAt(STEP_AT + 5));
    expect(result).toMatchObject({
      ok: true,
      value: {
        format: 'rotating-ticket',
        kind: 'ticket',
        issuer: 'venue',
        kid: 'A-17',
        claims: { ticket: { product: 'Hall A' } },
      },
    });
    expect(result.ok && result.value.passId.toString()).toBe('venue\0A-17');
    const next = verify(lineAt(STEP_AT + PERIOD), STEP_AT + PERIOD);
    expect(next.ok && result.ok && next.value.passId.equals(result.value.passId)).toBe(true);
  });

  it('a picture of the code is worth nothing two steps later', () => {
    const line = lineAt(STEP_AT);
    expect(reasonOf(line, STEP_AT + 2 * PERIOD - 1)).toBe('ok');
    expect(reasonOf(line, STEP_AT + 2 * PERIOD)).toBe('expired');
    expect(reasonOf(line, STEP_AT - PERIOD)).toBe('ok');
    expect(reasonOf(line, STEP_AT - PERIOD - 1)).toBe('not-yet-valid');
  });

  it('a code is good for its own step and ticket: no time can be written beside an old one', () => {
    const code = codeAt(STEP_AT - 300);
    expect(reasonOf(`RT1:venue:A-17:${STEP_AT}:${code}`)).toBe('bad-signature');
    expect(reasonOf(`RT1:venue:A-18:${STEP_AT}:${codeAt(STEP_AT)}`)).toBe('bad-signature');
    expect(reasonOf(`RT1:venue:A-17:${STEP_AT}:${codeAt(STEP_AT, SECRET, 7)}`)).toBe('bad-signature');
    expect(reasonOf(`RT1:venue:A-17:${STEP_AT}:00000000`)).toBe('bad-signature');
  });

  it('is of a known issuer and a known number', () => {
    expect(reasonOf(lineAt(STEP_AT, { issuer: 'other' }))).toBe('unknown-issuer');
    expect(reasonOf(lineAt(STEP_AT, { ticket: 'A-19' }))).toBe('unknown-key');
  });

  it('has dates of its own, which are what it is remembered until', () => {
    const other = { ticket: 'A-18', secret: SECRET.replace('00', 'ff') };
    expect(verify(lineAt(STEP_AT + 5, other))).toMatchObject({
      ok: true,
      value: { single: true, validFromMs: STEP_AT * 1_000, validUntilMs: (STEP_AT + 3_600) * 1_000 },
    });
    expect(reasonOf(lineAt(STEP_AT + 3_600, other), STEP_AT + 3_600)).toBe('expired');
    expect(reasonOf(lineAt(STEP_AT - 5, other), STEP_AT - 1)).toBe('not-yet-valid');
    expect(verify(lineAt(STEP_AT + 5))).toMatchObject({ ok: true, value: { validUntilMs: null } });
  });

  it('shown again within the life of its code is already used, even where nothing else is counted', () => {
    const result = verify(lineAt(STEP_AT));
    const policy = presetNamed('any-genuine');
    if (!result.ok || policy === null) throw new Error('no pass');
    expect(reuseOf(policy, result.value)).toEqual({ mode: 'passback', windowMs: 3 * PERIOD * 1_000 });
    const reasonAfter = (agoMs: number) =>
      decide(result.value, policy, { ...NO_HISTORY, lastUse: { agoMs } }, around({ atMs: 0, trusted: true })).reason;
    expect(reasonAfter(1_000)).toBe('already-used');
    expect(reasonAfter(3 * PERIOD * 1_000 - 1)).toBe('already-used');
    expect(reasonAfter(3 * PERIOD * 1_000)).toBe('ok');
  });

  it.each([
    'RT1:',
    `RT1:venue:A-17:${STEP_AT}`,
    `RT1:venue:A-17:0${STEP_AT}:12345678`,
    `RT1:venue:A-17:-1:12345678`,
    `RT1:venue:A-17:${STEP_AT}:12345`,
    `RT1:venue:A-17:${STEP_AT}:12345678901`,
    `RT1:venue:A-17:${STEP_AT}:1234567x`,
    `RT1:venue:A-17:${STEP_AT}:12345678 `,
    `RT1:venue:A-17:${STEP_AT}:12345678:1`,
    `RT1:ven ue:A-17:${STEP_AT}:12345678`,
    `RT1::A-17:${STEP_AT}:12345678`,
    `RT1:venue::${STEP_AT}:12345678`,
    `RT1:venue:${'A'.repeat(65)}:${STEP_AT}:12345678`,
    'RT1:venue:A-17:999999999999:12345678',
  ])('%s is malformed', (line) => {
    expect(reasonOf(line)).toBe('malformed');
  });

  it('a public key under the same name is no secret', () => {
    const keys = readLooseDocument(document(JSON.stringify(FILE)));
    const [key] = keys.ok ? keys.value : [];
    if (key === undefined) throw new Error('no key');
    const { rotating: _, ...bare } = key;
    expect(reasonOf(lineAt(STEP_AT), STEP_AT, trustOf([bare]))).toBe('key-not-allowed');
    expect(reasonOf(lineAt(STEP_AT), STEP_AT, trustOf([{ ...key, kinds: new Set() }]))).toBe('key-not-allowed');
  });
});

describe('a file of ticket secrets', () => {
  const tickets = (...list: object[]) => ({ ...FILE, rotating_tickets: { ...FILE.rotating_tickets, tickets: list } });
  const shared = (more: object) => ({ ...FILE, rotating_tickets: { ...FILE.rotating_tickets, ...more } });

  it('may leave out what wallets use anyway, and may write numbers as wallets do', () => {
    const plain = { iss: 'venue', rotating_tickets: { tickets: [{ id: 'A-17', key: SECRET }] } };
    expect(reasonOf(lineAt(STEP_AT), STEP_AT, trustIn(plain))).toBe('ok');
    expect(reasonOf(lineAt(STEP_AT), STEP_AT, trustIn(shared({ periodMillis: '30000', valueLength: '8' })))).toBe('ok');
    expect(verify(lineAt(STEP_AT), STEP_AT, trustIn(shared({ kind: 'membership' })))).toMatchObject({
      value: { kind: 'membership' },
    });
  });

  it.each([
    ['no issuer', { ...FILE, iss: undefined }, 'names no issuer'],
    ['an issuer that a code cannot hold', { ...FILE, iss: 'https://venue' }, 'issuer'],
    ['no tickets', tickets(), 'without tickets'],
    ['a short secret', tickets({ id: 'a', key: '00'.repeat(15) }), 'base16'],
    ['a long secret', tickets({ id: 'a', key: '00'.repeat(65) }), 'base16'],
    ['a secret in another base', tickets({ id: 'a', key: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }), 'base16'],
    ['an id with a colon', tickets({ id: 'a:b', key: SECRET }), 'id'],
    ['dates in words', tickets({ id: 'a', key: SECRET, exp: 'soon' }), 'seconds'],
    ['single that is neither', tickets({ id: 'a', key: SECRET, single: 'yes' }), 'single'],
    ['a product that is no text', tickets({ id: 'a', key: SECRET, product: 7 }), 'product'],
    ['another hash', shared({ algorithm: 'TOTP_MD5' }), 'algorithm'],
    ['a health kind', shared({ kind: 'vaccination' }), 'kind'],
    ['a period too short', shared({ periodMillis: 2_999 }), 'periodMillis'],
    ['a period too long', shared({ periodMillis: 300_001 }), 'periodMillis'],
    ['too few digits', shared({ valueLength: 5 }), 'valueLength'],
    ['too many digits', shared({ valueLength: 11 }), 'valueLength'],
    ['tickets that are no object', { ...FILE, rotating_tickets: [] }, 'object'],
  ])('with %s is not read, and no secret is quoted', (_, content, expected) => {
    expect(errorIn(content)).toMatch(/^keys\.json /);
    expect(errorIn(content)).toContain(expected);
    expect(errorIn(content)).not.toContain(SECRET);
  });

  it('at the ends of its limits is read', () => {
    for (const content of [
      tickets({ id: 'a', key: '00'.repeat(16) }, { id: 'b', key: '00'.repeat(64) }),
      shared({ periodMillis: 3_000, valueLength: 6 }),
      shared({ periodMillis: 300_000, valueLength: 10 }),
    ]) {
      expect(errorIn(content)).toBe('');
    }
  });

  it('one ticket with two secrets or two terms is an error', () => {
    const keysOf = (content: object) => {
      const keys = readLooseDocument(document(JSON.stringify(content)));
      return keys.ok ? keys.value : [];
    };
    const twice = (more: object) => [
      ...keysOf(FILE),
      ...keysOf(tickets({ ...FILE.rotating_tickets.tickets[0], ...more })),
    ];
    expect(conflictIn(twice({}))).toBeNull();
    expect(conflictIn(twice({ key: SECRET.replace('00', 'aa') }))).toContain("'A-17'");
    expect(conflictIn(twice({ exp: 1_700_000_000 }))).toContain("'A-17'");
  });
});
