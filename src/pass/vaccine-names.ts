import { VACCINE_OF_CVX, type Vaccine } from './fhir-codes.ts';

/** Brand and maker names as certificates print them, with the CVX code of the product. The first that fits. */
const CVX_OF_NAME: readonly (readonly [RegExp, string])[] = [
  [/comirnaty|pfizer|biontech|화이자|코미나티/i, '208'],
  [/spikevax|moderna|모더나|스파이크박스/i, '207'],
  [/vaxzevria|astrazeneca|covishield|아스트라제네카|백스제브리아/i, '210'],
  [/janssen|johnson|얀센/i, '212'],
  [/nuvaxovid|novavax|covovax|노바백스|뉴백소비드/i, '211'],
  [/covaxin/i, '502'],
  [/sputnik|gam-covid/i, '505'],
  [/bbibp|sinopharm/i, '510'],
  [/coronavac|sinovac/i, '511'],
];

/** The COVID-19 vaccine that a printed name means, or null for a name that is not known. */
export function vaccineNamed(name: string): Vaccine | null {
  const cvx = CVX_OF_NAME.find(([pattern]) => pattern.test(name))?.[1];
  return cvx === undefined ? null : (VACCINE_OF_CVX.get(cvx) ?? null);
}
