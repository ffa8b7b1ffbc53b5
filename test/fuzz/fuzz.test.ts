import { verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SEED } from '../support/seed.ts';
import { CONTROLS } from './controls.ts';
import { derOf, mirrored } from './ecdsa.ts';
import { ecKey, edKey, rsaKey } from './keys.ts';
import { Random } from './random.ts';
import { runShard } from './shard.ts';
import { makeWorld } from './world.ts';

const CASES = 3_000;
const shard = { seed: SEED, first: 0, step: 1, count: CASES, only: null, control: null, enough: 10 };

describe('hostile and odd passes', () => {
  it(`neither stop the door nor come in, nor is a good one shut out (MUNJIGI_SEED=${SEED})`, async () => {
    const { failures, tally } = await runShard(shard);
    expect(failures).toEqual([]);
    expect(tally.compared).toBeGreaterThan(CASES / 20);
    const rows = Object.values(tally.rows);
    expect(rows.reduce((sum, { cases }) => sum + cases, 0)).toBe(CASES);
  }, 120_000);

  it('are the same bytes again for the same seed: a failure can be replayed', () => {
    const [one, other] = [makeWorld(SEED), makeWorld(SEED)];
    for (let number = 0; number < 300; number += 1) {
      expect(other.caseAt(number).lines).toEqual(one.caseAt(number).lines);
    }
  }, 60_000);
});

describe('a verifier with a known mistake', () => {
  // Seed and count are fixed: that a control is caught must not depend on luck.
  it.each(Object.keys(CONTROLS))(
    '%s: is caught',
    async (control) => {
      const { failures } = await runShard({ ...shard, seed: 1, control, enough: 1 });
      expect(failures.length).toBeGreaterThan(0);
    },
    120_000,
  );
});

describe('the keys of a seed', () => {
  const random = new Random(SEED, 1);
  const message = Buffer.from('message');

  it.each(['P-256', 'P-384', 'secp256k1'] as const)('%s: sign what OpenSSL verifies, in every form', (curve) => {
    for (let round = 0; round < 20; round += 1) {
      const key = ecKey(random, curve);
      const signature = key.sign(message);
      expect(key.sign(message)).toEqual(signature);
      const { publicKey } = key;
      expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
      expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, mirrored(curve, signature))).toBe(
        true,
      );
      expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'der' }, derOf(signature))).toBe(true);
    }
  });

  it('Ed25519 and RSA: sign what OpenSSL verifies', () => {
    const [ed, rsa] = [edKey(random), rsaKey(random)];
    expect(verify(null, message, ed.publicKey, ed.sign(message))).toBe(true);
    const pss = { key: rsa.publicKey, padding: 6, saltLength: 32 };
    expect(verify('sha256', message, pss, rsa.sign(message))).toBe(true);
    expect(rsa.sign(message)).toEqual(rsa.sign(message));
  });
});
