import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Kind } from '../../src/pass/pass.ts';
import type { CertifiedKey, TrustedKey, Uncertified } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { makeCertificate } from '../support/certificate.ts';
import { kidOf } from '../support/trust-files.ts';

const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const subject = 'CSCA';
const from2021 = makeCertificate(authority, { ca: true, subject, from: '20210101000000Z', until: '20220101000000Z' });
const from2022 = makeCertificate(authority, { ca: true, subject, from: '20220101000000Z', until: '20230101000000Z' });
const signer = makeCertificate(generateKeyPairSync('ec', { namedCurve: 'P-256' }), {
  authority: { keys: authority, subject },
});

const listed = (certificate: typeof from2021, kinds: readonly Kind[], issuer: string | null = 'AUS'): TrustedKey => ({
  key: certificate.publicKey,
  alg: null,
  issuer,
  kid: kidOf(certificate),
  formats: new Set(['vds-nc']),
  kinds: new Set(kinds),
  authority: certificate,
});
const certified = (...keys: readonly TrustedKey[]): CertifiedKey | Uncertified =>
  trustOf(keys).certified('vds-nc', signer.raw);

describe('one authority in two files', () => {
  it.each([
    ['one certificate', from2021],
    ['two certificates of one key, after a renewal', from2022],
  ])('as %s: both limits hold, in either order', (_what, other) => {
    const wide = listed(from2021, ['vaccination', 'test']);
    const narrow = listed(other, ['test', 'recovery']);
    for (const keys of [
      [wide, narrow],
      [narrow, wide],
    ]) {
      expect(certified(...keys)).toMatchObject({ kinds: new Set(['test']), issuer: 'AUS' });
    }
  });

  it('is good over the dates of all its certificates', () => {
    expect(certified(listed(from2022, ['test']), listed(from2021, ['test']))).toMatchObject({
      validFromMs: Date.parse('2021-01-01T00:00:00Z'),
      validUntilMs: Date.parse('2023-01-01T00:00:00Z'),
    });
  });

  it('for two countries signs for neither; a file that names none leaves the other', () => {
    expect(certified(listed(from2021, ['test'], 'AUS'), listed(from2021, ['test'], 'NZL'))).toMatchObject({
      formats: new Set(),
    });
    for (const keys of [
      [null, 'AUS'],
      ['AUS', null],
    ].map((ids) => ids.map((id) => listed(from2021, ['test'], id)))) {
      expect(certified(...keys)).toMatchObject({ issuer: 'AUS', formats: new Set(['vds-nc']) });
    }
  });
});
