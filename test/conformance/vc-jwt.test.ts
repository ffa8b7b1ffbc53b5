import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyOfDid } from '../../src/pass/did.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { vectorSet } from '../support/vectors.ts';
import { outcomeOf } from './outcome.ts';
import { runVcJwt } from './vc-jwt.ts';

const { dir, skip, note } = vectorSet('infra-did-vcjwt');
const NOW = { atMs: Date.parse('2021-12-13T00:00:00Z'), trusted: true };
const read = () => JSON.parse(readFileSync(join(dir, 'vectors.json'), 'utf8'));

describe.skipIf(skip)(`credentials of did:infra${note}`, () => {
  it('each is verified with the name of its issuer alone', () => {
    const report = runVcJwt(dir, NOW);
    process.stdout.write(
      `infra-did-vcjwt: ${report.vectors} tokens, ${report.agree} agree, ${report.exceptions.length} named exceptions\n`,
    );
    expect(report.disagreements).toEqual([]);
    expect(report.agree + report.exceptions.length).toBe(report.vectors);
    expect(report.vectors).toBeGreaterThanOrEqual(5);
    expect(report.exceptions.length).toBeLessThanOrEqual(2);
  });

  it('the key in a name is the one that others found in it', () => {
    const named = read().vectors.filter(({ iss }: { iss?: string }) => iss !== undefined);
    expect(named.length).toBeGreaterThanOrEqual(4);
    for (const { iss, public_jwk: jwk } of named) expect(keyOfDid(iss)?.export({ format: 'jwk' })).toEqual(jwk);
    const coov = read();
    expect(keyOfDid(coov.kdca_issuer_did_as_seen_in_open_clients)?.export({ format: 'jwk' })).toEqual(
      coov.kdca_issuer_jwk,
    );
  });

  it('a name that proves its key counts for nothing where nobody trusts it', () => {
    for (const { jwt, kind } of read().vectors) {
      if (kind === 'VC') expect(outcomeOf(jwt, trustOf([]), NOW).reason).toBe('unknown-issuer');
    }
  });
});
