import { expect, it } from 'vitest';
import { authenticate } from '../../src/pass/authenticate.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { jwsSigner } from '../support/jws-signer.ts';

const NOW = { atMs: Date.UTC(2021, 11, 13, 3), trusted: true };

it('a credential with a tilde behind it is no second pass that nobody has revoked or used', () => {
  const signer = jwsSigner();
  const trust = trustOf([signer.trusted('https://issuer.example', ['vc-jwt', 'sd-jwt-vc'])]);
  const vc = { id: 'urn:one', type: ['VerifiableCredential'], credentialSubject: { id: 'did:example:me' } };
  const token = signer.sign({ alg: 'ES256', kid: signer.kid }, { iss: 'https://issuer.example', vc });
  const judged = (line: string) => authenticate({ line: Buffer.from(line), parts: 1 }, trust, NOW);
  expect(judged(token)).toMatchObject({ ok: true, value: { format: 'vc-jwt' } });
  expect(judged(`${token}~`)).toMatchObject({ ok: false, error: { reason: 'malformed' } });
});
