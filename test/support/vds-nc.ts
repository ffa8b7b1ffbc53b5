import { type KeyObject, sign, type X509Certificate } from 'node:crypto';
import { canonicalJson, type Json } from '../../src/base/json.ts';

export const VACCINATED = {
  hdr: { t: 'icao.vacc', v: 1, is: 'UTO' },
  msg: {
    uvci: 'U32870',
    pid: { n: 'SMITH  BILL', dob: '1990-01-02', sex: 'M', i: 'A1234567Z' },
    ve: [
      {
        des: 'XM68M6',
        nam: 'Comirnaty',
        dis: 'RA01.0',
        vd: [
          { dvc: '2021-03-03', seq: '1', ctr: 'AUS', adm: 'RIVM', lot: 'V1' },
          { dvc: '2021-03-24', seq: '2', ctr: 'AUS', adm: 'RIVM', lot: 'V2' },
        ],
      },
    ],
  },
};
export const TESTED = {
  hdr: { t: 'icao.test', v: 1, is: 'UTO' },
  msg: {
    utci: 'U32871',
    pid: { n: 'SMITH  BILL', dob: '1990-01-02', dt: 'P', dn: 'A1234567Z' },
    sp: { spn: 'General Hospital', ctr: 'UTO', cd: { p: '+68765432111' } },
    dat: { sc: '2021-05-18T12:00:00+10:00', ri: '2021-05-18T14:00:00+10:00' },
    tr: { tc: 'molecular(PCR)', r: 'negative', m: 'nasopharyngeal' },
  },
};

export interface SealParts {
  readonly data?: Json;
  readonly alg?: string;
  readonly hash?: string;
  readonly dsaEncoding?: 'ieee-p1363' | 'der';
  /** Rewrites the base64url of certificate and signature. */
  readonly spell?: (text: string) => string;
  /** Rewrites the finished `{data, sig}`, whose signature is over what it was before. */
  readonly write?: (seal: { data: Json; sig: { [name: string]: string } }) => string;
}

/** A VDS-NC with its signer's certificate inside; the data is signed in RFC 8785 form and written as it comes. */
export function makeSeal(certificate: X509Certificate, key: KeyObject, parts: SealParts = {}): string {
  const data = parts.data ?? VACCINATED;
  const { alg = 'ES256', hash = 'sha256', dsaEncoding = 'ieee-p1363', spell = (text) => text } = parts;
  const signature = sign(hash, Buffer.from(canonicalJson(data)), { key, dsaEncoding });
  const sig = {
    alg,
    sigvl: spell(signature.toString('base64url')),
    cer: spell(certificate.raw.toString('base64url')),
  };
  return Buffer.from((parts.write ?? JSON.stringify)({ data, sig }), 'utf8').toString('latin1');
}
