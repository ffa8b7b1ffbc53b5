import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smartHealthCard } from '../../src/pass/smart-health-card.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';
import { shcDigits } from '../support/jws-signer.ts';
import { vectorSet } from '../support/vectors.ts';
import { joined, runShc } from './shc.ts';

const ISSUER = 'https://spec.smarthealth.cards/examples/issuer';
/** Within the dates of all four examples: they begin on 7 May 2024, and 03 ends a year later. */
const NOW = { atMs: Date.parse('2024-06-01T00:00:00Z'), trusted: true };

function keysOf(file: string, issuer: string): readonly TrustedKey[] {
  const { keys } = JSON.parse(readFileSync(file, 'utf8'));
  return keys.map((jwk: { kid: string; kty: string }) => ({
    key: createPublicKey({ key: jwk, format: 'jwk' }),
    alg: 'ES256',
    issuer,
    kid: jwk.kid,
    formats: new Set(['smart-health-card']),
    kinds: ALL_KINDS,
  }));
}

const set = vectorSet('shc');

describe.skipIf(set.skip)(`SMART Health Card vectors${set.note}`, () => {
  const examples = join(set.dir, 'spec-examples');
  const issuerKeys = () => keysOf(join(examples, 'issuer/.well-known/jwks.json'), ISSUER);

  it('every card of the framework and of its validator gets upstream’s verdict', () => {
    const run = runShc(set.dir, trustOf(issuerKeys()), NOW);
    process.stdout.write(
      `shc: ${run.vectors} cards, ${run.genuine} genuine, ${run.refused} refused as upstream says\n`,
    );
    expect(run.disagreements).toEqual([]);
    expect(run.unlisted).toEqual([]);
    expect(run.genuine).toBeGreaterThanOrEqual(16);
    expect(run.refused).toBeGreaterThanOrEqual(25);
  });

  const chunks = [0, 1, 2].map((at) => join(examples, `example-02-f-qr-code-numeric-value-${at}.txt`));
  const [a, b, c] = [chunks[0] ?? '', chunks[1] ?? '', chunks[2] ?? ''];
  it.each([
    [[a, b, c], 'ok'],
    [[a, c, b], 'ok'],
    [[b, a, c], 'ok'],
    [[b, c, a], 'ok'],
    [[c, a, b], 'ok'],
    [[c, b, a], 'ok'],
    [[a, a, b, b, c], 'ok'],
    [[a, c], 'incomplete'],
    [[a, c, a], 'incomplete'],
  ])('the card of three codes scanned as %#', (files, outcome) => {
    expect(joined(files, trustOf(issuerKeys()), NOW)).toBe(outcome);
  });

  it('example 03 expires at its own second', () => {
    const line = readFileSync(join(examples, 'example-03-f-qr-code-numeric-value-0.txt'), 'latin1');
    const exp = 1_746_643_763_678;
    const at = (atMs: number) => smartHealthCard.verify(line, trustOf(issuerKeys()), { atMs, trusted: true });
    expect(at(exp - 1).ok).toBe(true);
    expect(at(exp)).toMatchObject({ error: { reason: 'expired', finding: { validUntilMs: exp } } });
  });

  it('a key set bound to another issuer verifies none of them', () => {
    const run = runShc(examples, trustOf(keysOf(join(examples, 'issuer/.well-known/jwks.json'), `${ISSUER}2`)), NOW);
    expect(run.genuine).toBe(0);
  });

  it('a genuine card of the wrong type cannot be used, even with its own issuer trusted', () => {
    const jws = readFileSync(join(set.dir, 'testdata/test-example-00-d-jws-jws_too_long.txt'), 'latin1').trim();
    const trust = trustOf(
      keysOf(join(examples, 'issuer/.well-known/jwks.json'), 'https://smarthealth.cards/examples/issuer'),
    );
    expect(smartHealthCard.verify(`shc:/${shcDigits(jws)}`, trust, NOW)).toMatchObject({
      error: { reason: 'bad-claims' },
    });
  });

  it.each(['invalid-method', 'non-base64url-rid', 'too-long-rid', 'version-mismatch'])(
    'the card of an issuer with a broken revocation list (%s) is genuine by that issuer’s own key',
    (name) => {
      const folder = join(set.dir, 'testdata/badcrl', name);
      const jws = readFileSync(join(folder, `jws-crl-${name}.txt`), 'latin1').trim();
      const issuer = `https://raw.githubusercontent.com/smart-on-fhir/health-cards-dev-tools/main/testdata/badcrl/${name}`;
      const trust = trustOf(keysOf(join(folder, '.well-known/jwks.json'), issuer));
      expect(smartHealthCard.verify(`shc:/${shcDigits(jws)}`, trust, NOW).ok).toBe(true);
    },
  );
});
