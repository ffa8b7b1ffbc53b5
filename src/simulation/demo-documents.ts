import { randomBytes } from 'node:crypto';
import { DAY_MS, formatInstant, SECOND_MS } from '../base/time.ts';

/** Nobody: the name that Korean forms are filled in with as an example. */
export const DEMO_NAME = { fn: '홍', gn: '길동', fnt: 'HONG', gnt: 'GILDONG' };
const DEMO_BIRTH = '1958-03-01';

const day = (atMs: number): string => formatInstant(atMs).slice(0, 10);

/** Whole seconds since the epoch. */
export const secondsAt = (atMs: number): number => Math.floor(atMs / SECOND_MS);

/** The content of an EU certificate of a second dose two months ago. */
export const vaccinationOf = (nowMs: number) => ({
  ver: '1.3.0',
  nam: DEMO_NAME,
  dob: DEMO_BIRTH,
  v: [
    {
      tg: '840539006',
      vp: '1119349007',
      mp: 'EU/1/20/1528',
      ma: 'ORG-100030215',
      dn: 2,
      sd: 2,
      dt: day(nowMs - 60 * DAY_MS),
      co: 'KR',
      is: 'Munjigi demo issuer',
      ci: `URN:UVCI:01:KR:DEMO${randomBytes(6).toString('hex').toUpperCase()}`,
    },
  ],
});

/** The content of an EU certificate of a negative test. */
export const testOf = (sampledMs: number) => ({
  ver: '1.3.0',
  nam: DEMO_NAME,
  dob: DEMO_BIRTH,
  t: [
    {
      tg: '840539006',
      tt: 'LP6464-4',
      nm: 'Demo PCR',
      sc: formatInstant(sampledMs),
      tr: '260415000',
      tc: 'Munjigi demo laboratory',
      co: 'KR',
      is: 'Munjigi demo issuer',
      ci: `URN:UVCI:01:KR:DEMO${randomBytes(6).toString('hex').toUpperCase()}`,
    },
  ],
});

/** The payload of a SMART Health Card of two doses. */
export const cardOf = (issuer: string, issuedMs: number) => ({
  iss: issuer,
  nbf: secondsAt(issuedMs - DAY_MS),
  vc: {
    type: [
      'https://smarthealth.cards#health-card',
      'https://smarthealth.cards#immunization',
      'https://smarthealth.cards#covid19',
    ],
    credentialSubject: {
      fhirVersion: '4.0.1',
      fhirBundle: {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          {
            fullUrl: 'resource:0',
            resource: {
              resourceType: 'Patient',
              name: [{ family: DEMO_NAME.fnt, given: [DEMO_NAME.gnt] }],
              birthDate: DEMO_BIRTH,
            },
          },
          ...[90, 60].map((daysAgo, index) => ({
            fullUrl: `resource:${index + 1}`,
            resource: {
              resourceType: 'Immunization',
              status: 'completed',
              vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '208' }] },
              patient: { reference: 'resource:0' },
              occurrenceDateTime: day(issuedMs - daysAgo * DAY_MS),
              performer: [{ actor: { display: 'Munjigi demo clinic' } }],
            },
          })),
        ],
      },
    },
  },
});
