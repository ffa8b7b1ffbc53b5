import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authenticate } from '../../src/pass/authenticate.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { decideRefusal } from '../../src/policy/decide.ts';
import { presetNamed } from '../../src/policy/presets.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { loadRevocations } from '../../src/trust/load-revocations.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';
import { cbor } from '../support/cbor-writer.ts';
import { dccKey, es256, KID, makeDcc, NOW, person, ps256, signer, VACCINATION } from '../support/dcc.ts';
import { jwsSigner, signShc } from '../support/jws-signer.ts';
import { LUNCH, LUNCH_MS } from '../support/passes.ts';
import { batch, euHash, listFile } from '../support/revocations.ts';

/** Real passes against published lists, from the scanned line on. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'names-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function reasonOf(
  line: string,
  key: TrustedKey,
  list: object,
  { now = LUNCH, issuer = null }: { readonly now?: typeof LUNCH; readonly issuer?: string | null } = {},
): string {
  const lists = loadRevocations([{ issuer, path: listFile(folder, list) }]);
  if (!lists.ok) throw new Error(lists.error);
  const outcome = authenticate(
    { line: Buffer.from(line, 'latin1'), parts: 1 },
    trustOf([key], lists.value.isRevoked),
    now,
  );
  return outcome.ok ? 'ok' : outcome.error.reason;
}

describe('an EU certificate', () => {
  const dccReason = (line: string, list: object, key = dccKey()): string => reasonOf(line, key, list, { now: NOW });

  it('is known by the hash of its identifier, and by that with its country before it', () => {
    const line = makeDcc();
    expect(dccReason(line, batch([euHash(VACCINATION.ci)]))).toBe('revoked');
    expect(dccReason(line, batch([euHash(VACCINATION.ci.toLowerCase())]))).toBe('ok');
    expect(dccReason(line, batch([euHash(`AT${VACCINATION.ci}`)], { hashType: 'COUNTRYCODEUCI' }))).toBe('revoked');
    expect(dccReason(line, batch([euHash(`DE${VACCINATION.ci}`)], { hashType: 'COUNTRYCODEUCI' }))).toBe('ok');
    expect(dccReason(line, batch([euHash(VACCINATION.ci)], { country: 'DE' }))).toBe('ok');
  });

  it('is known by its key, however its holder writes the name of it where no signature covers that', () => {
    const text = KID.toString('base64');
    for (const unprotectedKid of [KID, Buffer.from(text, 'utf8')]) {
      const line = makeDcc({ kid: null, unprotectedKid });
      expect(dccReason(line, batch([euHash('another')]))).toBe('ok');
      expect(dccReason(line, batch([euHash(VACCINATION.ci)]))).toBe('revoked');
      const named = batch([euHash(VACCINATION.ci)], { kid: Buffer.from(text, 'utf8').toString('base64') });
      expect(dccReason(line, named)).toBe('revoked');
    }
  });

  it('is known by either country, where the signer and the vaccination differ', () => {
    const line = makeDcc({ iss: cbor.text('DE') });
    for (const country of ['DE', 'AT']) {
      const list = batch([euHash(`${country}${VACCINATION.ci}`)], { hashType: 'COUNTRYCODEUCI', country: 'DE' });
      expect(dccReason(line, list)).toBe('revoked');
    }
  });

  it('is known by the identifier of its second entry, too', () => {
    const second = { ...VACCINATION, dn: 1, ci: 'URN:UVCI:01:AT:SECOND#1' };
    const line = makeDcc({ dcc: person({ v: [VACCINATION, second] }) });
    expect(dccReason(line, batch([euHash(second.ci)]))).toBe('revoked');
  });

  it('is known by the first half of an ECDSA signature, so that turning the second half round helps nobody', () => {
    let r: Buffer = Buffer.alloc(0);
    const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
    const turned = (signed: Buffer, key: KeyObject): Buffer => {
      const signature = es256(signed, key);
      r = signature.subarray(0, 32);
      const s = order - BigInt(`0x${signature.toString('hex', 32)}`);
      return Buffer.concat([r, Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
    };
    const line = makeDcc({ signature: turned });
    expect(dccReason(line, batch([euHash(r)], { hashType: 'SIGNATURE' }))).toBe('revoked');
    expect(dccReason(line, batch([euHash(r.subarray(1))], { hashType: 'SIGNATURE' }))).toBe('ok');
  });

  it('is known by the first half of a P-384 signature and by all of an RSA one', () => {
    let hashed: Buffer = Buffer.alloc(0);
    const p384 = makeDcc({
      key: signer.p384.privateKey,
      signature: (signed, key) => {
        const signature = sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' });
        hashed = signature.subarray(0, 48);
        return signature;
      },
    });
    const key384 = dccKey({ key: signer.p384.publicKey });
    expect(dccReason(p384, batch([euHash(hashed)], { hashType: 'SIGNATURE' }), key384)).toBe('revoked');
    const rsa = makeDcc({
      alg: cbor.int(-37),
      key: signer.rsa.privateKey,
      signature: (signed, key) => {
        hashed = ps256(signed, key);
        return hashed;
      },
    });
    const keyRsa = dccKey({ key: signer.rsa.publicKey });
    expect(dccReason(rsa, batch([euHash(hashed)], { hashType: 'SIGNATURE' }), keyRsa)).toBe('revoked');
    expect(dccReason(rsa, batch([euHash(hashed.subarray(0, 128))], { hashType: 'SIGNATURE' }), keyRsa)).toBe('ok');
  });

  it('is known by the hash of its identifier where the publisher does not know the key', () => {
    expect(dccReason(makeDcc(), batch([euHash(VACCINATION.ci)], { kid: 'UNKNOWN_KID' }))).toBe('revoked');
    const otherKid = Buffer.concat([KID.subarray(1), KID.subarray(0, 1)]).toString('base64');
    expect(dccReason(makeDcc(), batch([euHash(VACCINATION.ci)], { kid: otherKid }))).toBe('ok');
  });
});

describe('other passes', () => {
  it('a health card is known by the rid that its issuer signed into it', () => {
    const card = jwsSigner();
    const iss = 'https://cards.example';
    const dose = {
      resourceType: 'Immunization',
      status: 'completed',
      vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '208' }] },
      occurrenceDateTime: '2021-07-10',
    };
    const patient = { resourceType: 'Patient', name: [{ family: 'Anyperson', given: ['Jane'] }] };
    const nbf = LUNCH_MS / 1_000 - 86_400;
    const line = signShc(card, {
      iss,
      nbf,
      vc: {
        type: ['https://smarthealth.cards#health-card', 'https://smarthealth.cards#immunization'],
        rid: 'XkNHp2Iyk0Y',
        credentialSubject: {
          fhirVersion: '4.0.1',
          fhirBundle: { resourceType: 'Bundle', entry: [{ resource: patient }, { resource: dose }] },
        },
      },
    });
    const key = card.trusted(iss, ['smart-health-card']);
    const reason = (rid: string): string =>
      reasonOf(line, key, { kid: card.kid, method: 'rid', ctr: 1, rids: [rid] }, { issuer: iss });
    expect(['XkNHp2Iyk0Y', 'XkNHp2Iyk0y'].map(reason)).toEqual(['revoked', 'ok']);
    const stamped = [nbf - 1, nbf, nbf + 1].map((stamp) => reason(`XkNHp2Iyk0Y.${stamp}`));
    expect(stamped).toEqual(['ok', 'ok', 'revoked']);
  });

  it('a pretix ticket is known by its whole text', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const ticket = Buffer.from([0x0a, 4, 0x73, 0x65, 0x65, 0x64, 0x10, 1]);
    const head = Buffer.from([1, 0, ticket.length, 0, 64]);
    const whole = Buffer.concat([head, ticket, sign(null, ticket, privateKey)]).toString('base64');
    const line = [...whole].reverse().join('');
    const key: TrustedKey = {
      key: publicKey,
      alg: null,
      issuer: 'fair',
      kid: 'k',
      formats: new Set(['pretix-sig1']),
      kinds: ALL_KINDS,
    };
    const page = (secret: string): object => ({ count: 1, next: null, results: [{ id: 1, secret }] });
    expect(reasonOf(line, key, page(line))).toBe('revoked');
    expect(reasonOf(line, key, page('seed'))).toBe('ok');
  });

  it('an entry pass and a sticker of another kiosk are known by issuer and id', () => {
    const desk = jwsSigner();
    const claims = { iat: LUNCH_MS / 1_000, exp: LUNCH_MS / 1_000 + 60, kind: 'ticket' };
    const header = { alg: 'ES256', typ: 'entry-pass+jwt', kid: desk.kid };
    const pass = desk.sign(header, { ...claims, iss: 'gym', jti: 'lost-card' });
    const list = { iss: 'gym', version: 1, revokedIds: ['lost-card', '7AXXXXXX'] };
    expect(reasonOf(pass, desk.trusted('gym', ['entry-pass']), list)).toBe('revoked');
    expect(reasonOf(pass, desk.trusted('gym', ['entry-pass']), { ...list, iss: 'spa' })).toBe('ok');
    const kid = desk.kid.slice(0, 8);
    const sticker = desk.sign(
      { alg: 'ES256', typ: 'sticker+jwt', kid },
      { ...claims, iss: 'gym', jti: '7AXXXXXX', via: 'paper' },
    );
    expect(reasonOf(sticker, desk.trusted('gym', ['sticker'], { kid }), list)).toBe('revoked');
  });

  it('a list that cannot be read makes staff look, even where the owner lets old data admit', () => {
    const trust = trustOf([dccKey()], () => 'unknown');
    const outcome = authenticate({ line: Buffer.from(makeDcc(), 'latin1'), parts: 1 }, trust, NOW);
    expect(outcome.ok ? 'ok' : outcome.error.reason).toBe('trust-stale');
    const preset = presetNamed('any-genuine');
    if (outcome.ok || preset === null) throw new Error('no refusal, or no preset');
    const lenient = { ...preset, verdicts: { 'trust-stale': 'admit' as const } };
    expect(decideRefusal(outcome.error, lenient).verdict).toBe('assist');
  });
});
