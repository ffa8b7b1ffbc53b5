import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { claimsOfBundle } from '../../src/pass/fhir.ts';

const ISSUER = 'https://health.example';
const PATIENT = {
  resourceType: 'Patient',
  name: [{ family: 'Anyperson', given: ['John', 'B.'] }],
  birthDate: '1951-01-20',
};

interface DoseOptions {
  readonly system?: string;
  readonly status?: string;
}

const dose = (
  code: string,
  day: string,
  { system = 'http://hl7.org/fhir/sid/cvx', status = 'completed' }: DoseOptions = {},
) => ({
  resourceType: 'Immunization',
  status,
  vaccineCode: { coding: [{ system, code }] },
  occurrenceDateTime: day,
});
const test = (code: string, at: string, result: Json, status = 'final') => ({
  resourceType: 'Observation',
  status,
  code: { coding: [{ system: 'http://loinc.org', code }] },
  effectiveDateTime: at,
  ...(typeof result === 'string' ? { valueString: result } : { valueCodeableConcept: result }),
});
const snomed = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });

function read(...resources: readonly { readonly [name: string]: Json }[]) {
  const claims = claimsOfBundle({ entry: resources.map((resource) => ({ resource })) }, ISSUER);
  return claims.ok ? claims.value : claims.error;
}
const doses = (...resources: readonly { readonly [name: string]: Json }[]) => {
  const claims = read(PATIENT, ...resources);
  return typeof claims === 'string' ? claims : claims.v;
};

describe('FHIR bundle', () => {
  it('two doses give the second one with its number', () => {
    expect(read(PATIENT, dose('208', '2021-06-19'), dose('208', '2021-07-10'))).toEqual({
      v: [
        {
          tg: '840539006',
          vp: '1119349007',
          mp: 'EU/1/20/1528',
          ma: 'ORG-100030215',
          dn: 2,
          sd: 2,
          dt: '2021-07-10',
          is: ISSUER,
        },
      ],
      t: [],
      r: [],
      x: [],
      nam: { fn: 'Anyperson', gn: 'John B.' },
      dob: '1951-01-20',
      kind: 'vaccination',
      ticket: null,
    });
  });

  it('the order of the bundle says nothing about the order of doses', () => {
    expect(doses(dose('229', '2022-09-05'), dose('207', '2021-01-01'), dose('207', '2021-01-29'))).toMatchObject([
      { dn: 3, sd: 3, dt: '2022-09-05', mp: 'EU/1/20/1507' },
    ]);
  });

  it('a series of one dose stays one: a later dose is 2 of 1', () => {
    expect(doses(dose('212', '2021-06-10'))).toMatchObject([{ dn: 1, sd: 1, mp: 'EU/1/20/1525' }]);
    expect(doses(dose('212', '2021-06-10'), dose('208', '2021-12-01'))).toMatchObject([{ dn: 2, sd: 1 }]);
  });

  it('a dose that was not given, or told twice, is not counted', () => {
    expect(
      doses(
        dose('208', '2021-06-19'),
        dose('208', '2021-06-19'),
        dose('208', '2021-07-10', { status: 'not-done' }),
        dose('208', '2021-07-11', { status: 'entered-in-error' }),
      ),
    ).toMatchObject([{ dn: 1, dt: '2021-06-19' }]);
  });

  it('a dose against influenza is no dose against COVID-19', () => {
    expect(doses(dose('208', '2021-06-19'), dose('140', '2021-10-01'))).toMatchObject([{ dn: 1, dt: '2021-06-19' }]);
    const [influenza] = doses(dose('140', '2021-10-01'));
    expect(influenza).toMatchObject({ tg: null, vp: 'http://hl7.org/fhir/sid/cvx|140', mp: null, ma: null, dn: 1 });
  });

  it.each(['2021', '2021-07', '2021-02-30', 'yesterday'])('a dose of %s has no day to count from', (day) => {
    expect(doses(dose('208', day))).toMatch('no completed dose');
  });

  it('the day of a dose is the day that stands there, whatever the zone', () => {
    expect(doses(dose('208', '2021-07-10T23:30:00+09:00'))).toMatchObject([{ dt: '2021-07-10' }]);
  });

  it.each([
    ['94500-6', snomed('260415000'), 'LP6464-4', '260415000'],
    ['94558-4', snomed('260385009'), 'LP217198-3', '260415000'],
    ['94500-6', snomed('10828004'), 'LP6464-4', '260373001'],
    ['94845-5', 'Not Detected', 'LP6464-4', '260415000'],
    ['97097-0', 'Positive', 'LP217198-3', '260373001'],
  ])('a test %s with result %j is of type %s and says %s', (code, result, type, told) => {
    expect(read(PATIENT, test(code, '2021-12-12T09:00:00+09:00', result))).toMatchObject({
      kind: 'test',
      v: [],
      t: [{ tg: '840539006', tt: type, tr: told, sc: '2021-12-12T09:00:00+09:00', is: ISSUER }],
    });
  });

  it('of several tests the newest counts, by the instant and not by the text', () => {
    const earlier = test('94500-6', '2021-12-12T10:00:00+09:00', snomed('260415000'));
    const later = test('94500-6', '2021-12-12T02:00:00Z', snomed('260373001'));
    for (const bundle of [
      [earlier, later],
      [later, earlier],
    ]) {
      expect(read(PATIENT, ...bundle)).toMatchObject({ t: [{ tr: '260373001' }] });
    }
  });

  it('an antibody test is no test for an infection', () => {
    const claims = read(PATIENT, test('94563-4', '2021-12-12', snomed('260373001')));
    expect(claims).toMatchObject({ t: [{ tg: null, tt: 'http://loinc.org|94563-4' }] });
  });

  it.each(['preliminary', 'cancelled', 'entered-in-error'])('a result that is %s is none', (status) => {
    expect(read(PATIENT, test('94500-6', '2021-12-12', snomed('260415000'), status))).toMatch('no finished result');
  });

  it('a card about something else is a genuine card of kind other', () => {
    expect(read(PATIENT, { resourceType: 'Condition' })).toMatchObject({ kind: 'other', v: [], t: [], ticket: {} });
  });

  it('a person without a name or with a year of birth alone is read', () => {
    expect(read({ resourceType: 'Patient', birthDate: '1951' }, dose('208', '2021-06-19'))).toMatchObject({
      nam: {},
      dob: '1951',
    });
    expect(read({ resourceType: 'Patient', name: [{ text: '홍길동' }] }, dose('208', '2021-06-19'))).toMatchObject({
      nam: { fn: '홍길동', gn: null },
      dob: null,
    });
  });

  it.each([[null], ['x'], [{}], [{ entry: {} }], [{ entry: [null, 7, { resource: [] }] }]])(
    '%j is no bundle',
    (bundle) => {
      expect(claimsOfBundle(bundle as Json, ISSUER).ok).toBe(false);
    },
  );
});
