import { createHash, generateKeyPairSync, type KeyObject, randomBytes, randomInt, verify } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { canonicalJson } from '../../src/base/json.ts';
import { decodeCoseSign1 } from '../../src/pass/cose.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import { cbor } from '../support/cbor-writer.ts';
import { makeCertificate } from '../support/certificate.ts';
import { coseSign1 } from '../support/cose-signer.ts';
import { dccKey, encodeBase45 } from '../support/dcc.ts';
import { didKey } from '../support/did.ts';
import { jwsSigner, segment } from '../support/jws-signer.ts';
import { document } from '../support/trust-files.ts';
import { makeSeal, VACCINATED } from '../support/vds-nc.ts';
import type { Sample } from './samples.ts';

const DAY_S = 86_400;
const NZ_ISSUER = 'did:web:bench.invalid';
const VC_ISSUER = 'did:web:clinic.invalid';
const SD_ISSUER = 'https://bench.invalid/tickets';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The formats beside those of `samples`; all are signed with ES256 on P-256. */
export interface FurtherIssuers {
  readonly trusted: readonly TrustedKey[];
  /** Each name says how many signatures a pass has. */
  readonly formats: readonly { readonly name: string; make(): Sample }[];
}

type Raw = Sample['raw'];

/** The bare check of one ES256 signature, r and s side by side. */
function rawOf(key: KeyObject, signed: Buffer, signature: Buffer): Raw {
  const how = { key, dsaEncoding: 'ieee-p1363' } as const;
  return () => verify('sha256', signed, how, signature);
}

function rawOfJws(key: KeyObject, jws: string): Raw {
  const end = jws.lastIndexOf('.');
  return rawOf(key, Buffer.from(jws.slice(0, end)), Buffer.from(jws.slice(end + 1), 'base64url'));
}

function rawOfCose(key: KeyObject, cose: Buffer): Raw {
  const message = decodeCoseSign1(cose);
  if (!message.ok) throw new Error(message.error);
  return rawOf(key, message.value.signed[0] ?? Buffer.alloc(0), message.value.signature);
}

const both =
  (first: Raw, second: Raw): Raw =>
  () =>
    first() && second();

function encodeBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const unique = (): string => randomBytes(12).toString('base64url');
const digest = (disclosure: string): string => createHash('sha256').update(disclosure).digest('base64url');

/** Keys that live as long as this process. @param nowS seconds since the epoch, inside the dates of each pass */
export function makeFurtherIssuers(nowS: number): FurtherIssuers {
  const [fromS, untilS] = [nowS - 30 * DAY_S, nowS + 365 * DAY_S];
  const [who, nz, health, csca] = [pair(), pair(), pair(), pair()];
  const authority = { keys: csca, subject: 'National CSCA of Bench' };
  const country = makeCertificate(csca, { subject: authority.subject, ca: true, until: '20400101000000Z' });
  const signer = makeCertificate(health, { subject: 'Health', authority, until: '20390101000000Z' });
  const [clinic, holder, tickets] = [jwsSigner(), jwsSigner(), jwsSigner()];
  const holderDid = didKey(holder.publicKey);
  const authorities = readLooseDocument(document(country.toString(), null, 'csca.pem'));
  if (!authorities.ok) throw new Error(authorities.error);

  const credential = (): string =>
    clinic.sign(
      { alg: 'ES256', typ: 'JWT', kid: `${VC_ISSUER}#1` },
      {
        iss: VC_ISSUER,
        sub: holderDid,
        jti: `urn:uuid:${unique()}`,
        nbf: fromS,
        exp: untilS,
        vc: {
          '@context': ['https://www.w3.org/2018/credentials/v1'],
          type: ['VerifiableCredential', 'VaccinationCredential'],
          credentialSubject: { id: holderDid, vaccine: 'Comirnaty', doseNum: 2, date: '2021-07-10', lotNum: unique() },
        },
      },
    );

  const whoDdcc = (): Sample => {
    const dose = {
      name: `Eddie Example ${unique()}`,
      birthDate: '1986-09-19',
      vaccine: { code: '1119349007', system: 'http://snomed.info/sct' },
      brand: { code: 'TEST', system: 'http://bench.invalid/brands' },
      date: '2021-07-08',
      dose: 2,
      total_doses: 2,
      country: { code: 'USA', system: 'urn:iso:std:iso:3166' },
      disease: { code: '840539006', system: 'http://snomed.info/sct' },
      hcid: unique(),
      valid_from: '2021-07-08',
      valid_until: '2099-07-08',
    };
    const headers = {
      inside: [[cbor.int(1), cbor.int(-7)] as const],
      outside: [[cbor.int(4), cbor.bytes(Buffer.from('bw'))] as const],
    };
    const cose = coseSign1(cbor.of(dose), who.privateKey, headers);
    return { line: Buffer.from(`HC1:${encodeBase45(deflateSync(cose))}`), raw: rawOfCose(who.publicKey, cose) };
  };

  const nzcp = (): Sample => {
    const vc = {
      '@context': ['https://www.w3.org/2018/credentials/v1', 'https://nzcp.covid19.health.nz/contexts/v1'],
      version: '1.0.0',
      type: ['VerifiableCredential', 'PublicCovidPass'],
      credentialSubject: { givenName: 'Jack', familyName: `Sparrow ${unique()}`, dob: '1960-04-16' },
    };
    const payload = cbor.map(
      [cbor.int(1), cbor.text(NZ_ISSUER)],
      [cbor.int(5), cbor.int(fromS)],
      [cbor.int(4), cbor.int(untilS)],
      [cbor.text('vc'), cbor.of(vc)],
      [cbor.int(7), cbor.bytes(randomBytes(16))],
    );
    const inside = [[cbor.int(4), cbor.bytes(Buffer.from('key-1'))] as const, [cbor.int(1), cbor.int(-7)] as const];
    const cose = coseSign1(payload, nz.privateKey, { inside });
    return { line: Buffer.from(`NZCP:/1/${encodeBase32(cose)}`), raw: rawOfCose(nz.publicKey, cose) };
  };

  const vdsNc = (): Sample => {
    const data = { ...VACCINATED, msg: { ...VACCINATED.msg, uvci: `U${randomInt(1e9)}` } };
    const line = makeSeal(signer, health.privateKey, { data });
    const signature = Buffer.from(JSON.parse(line).sig.sigvl, 'base64url');
    return { line: Buffer.from(line), raw: rawOf(health.publicKey, Buffer.from(canonicalJson(data)), signature) };
  };

  const vcJwt = (): Sample => {
    const jws = credential();
    return { line: Buffer.from(jws), raw: rawOfJws(clinic.publicKey, jws) };
  };

  const vpJwt = (): Sample => {
    const inside = credential();
    const jws = holder.sign(
      { alg: 'ES256', typ: 'JWT' },
      {
        iss: holderDid,
        nbf: fromS,
        exp: untilS,
        nonce: unique(),
        vp: { type: ['VerifiablePresentation'], verifiableCredential: [inside] },
      },
    );
    return { line: Buffer.from(jws), raw: both(rawOfJws(clinic.publicKey, inside), rawOfJws(holder.publicKey, jws)) };
  };

  const sdJwtVc = (): Sample => {
    const disclosures = [
      ['given_name', 'Erika'],
      ['product', 'Hall A'],
    ].map(([name, value]) => segment(JSON.stringify([unique(), name, value])));
    const jws = tickets.sign(
      { alg: 'ES256', typ: 'dc+sd-jwt', kid: tickets.kid },
      {
        iss: SD_ISSUER,
        vct: 'https://bench.invalid/ticket',
        exp: untilS,
        kind: 'ticket',
        _sd: [...disclosures.map(digest), digest(unique())],
        _sd_alg: 'sha-256',
      },
    );
    return { line: Buffer.from(`${[jws, ...disclosures].join('~')}~`), raw: rawOfJws(tickets.publicKey, jws) };
  };

  return {
    trusted: [
      dccKey({ key: who.publicKey, kid: Buffer.from('bw').toString('base64'), formats: new Set(['who-ddcc']) }),
      dccKey({ key: nz.publicKey, issuer: NZ_ISSUER, kid: 'key-1', formats: new Set(['nzcp']) }),
      clinic.trusted(VC_ISSUER, ['vc-jwt', 'vp-jwt'], { kid: `${VC_ISSUER}#1` }),
      tickets.trusted(SD_ISSUER, ['sd-jwt-vc']),
      ...authorities.value,
    ],
    formats: [
      { name: 'who-ddcc ES256', make: whoDdcc },
      { name: 'nzcp ES256', make: nzcp },
      { name: 'vds-nc ES256', make: vdsNc },
      { name: 'vc-jwt ES256', make: vcJwt },
      { name: 'vp-jwt ES256, two signatures', make: vpJwt },
      { name: 'sd-jwt-vc ES256', make: sdJwtVc },
    ],
  };
}
