import { type JwsSigner, signShc } from './jws-signer.ts';
import { LUNCH_MS } from './passes.ts';

const DAY_S = 86_400;

/** A SMART Health Card of `iss` about one dose, cut into so many QR codes. */
export function healthCard(signer: JwsSigner, iss: string, codes: number): readonly string[] {
  const dose = {
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '208' }] },
    occurrenceDateTime: '2021-07-10',
  };
  const patient = { resourceType: 'Patient', name: [{ family: 'Anyperson', given: ['Jane'] }] };
  const digits = signShc(signer, {
    iss,
    nbf: Math.floor(LUNCH_MS / 1_000) - DAY_S,
    vc: {
      type: ['https://smarthealth.cards#health-card', 'https://smarthealth.cards#immunization'],
      credentialSubject: {
        fhirVersion: '4.0.1',
        fhirBundle: { resourceType: 'Bundle', entry: [{ resource: patient }, { resource: dose }] },
      },
    },
  }).slice('shc:/'.length);
  if (codes === 1) return [`shc:/${digits}`];
  const length = 2 * Math.ceil(digits.length / 2 / codes);
  return Array.from(
    { length: codes },
    (_, at) => `shc:/${at + 1}/${codes}/${digits.slice(at * length, (at + 1) * length)}`,
  );
}
