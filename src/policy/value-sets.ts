import { COVID_19, RESULT_OF_CODE, TEST_OF_LOINC, VACCINE_OF_CVX } from '../pass/fhir-codes.ts';

const vaccines = [...VACCINE_OF_CVX.values()];
const distinct = (codes: Iterable<string | null>): readonly string[] =>
  [...new Set(codes)].filter((code) => code !== null).sort();

/**
 * The EU's value sets as far as this program knows their codes. A policy file may bring its own (`valueSets`), which then
 * take the place of the one of the same name; a rule that names one nobody has fails, and staff decide.
 */
export const KNOWN_VALUE_SETS: Readonly<Record<string, readonly string[]>> = {
  'disease-agent-targeted': [COVID_19],
  'covid-19-lab-result': distinct(RESULT_OF_CODE.values()),
  'covid-19-lab-test-type': distinct(TEST_OF_LOINC.values()),
  'sct-vaccines-covid-19': distinct(vaccines.map(({ vp }) => vp)),
  'vaccines-covid-19-names': distinct(vaccines.map(({ mp }) => mp)),
  'vaccines-covid-19-auth-holders': distinct(vaccines.map(({ ma }) => ma)),
};
