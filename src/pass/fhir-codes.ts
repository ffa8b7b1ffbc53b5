/** SNOMED CT 840539006, the disease of every code below, as the EU DCC names it. */
export const COVID_19 = '840539006';

export const CVX_SYSTEM = 'http://hl7.org/fhir/sid/cvx';
export const LOINC_SYSTEM = 'http://loinc.org';

/** A vaccine in the value sets of the EU DCC: prophylaxis, product, authorisation holder, doses of a first series. */
export interface Vaccine {
  readonly vp: string;
  readonly mp: string | null;
  readonly ma: string | null;
  readonly series: 1 | 2;
}

const MRNA = '1119349007';
const ANTIGEN = '1119305005';
const ANY_COVID = 'J07BX03';

const COMIRNATY: Vaccine = { vp: MRNA, mp: 'EU/1/20/1528', ma: 'ORG-100030215', series: 2 };
const SPIKEVAX: Vaccine = { vp: MRNA, mp: 'EU/1/20/1507', ma: 'ORG-100031184', series: 2 };
const VAXZEVRIA: Vaccine = { vp: ANTIGEN, mp: 'EU/1/21/1529', ma: 'ORG-100001699', series: 2 };
const JANSSEN: Vaccine = { vp: ANTIGEN, mp: 'EU/1/20/1525', ma: 'ORG-100001417', series: 1 };
const NUVAXOVID: Vaccine = { vp: ANTIGEN, mp: 'EU/1/21/1618', ma: 'ORG-100032020', series: 2 };
const COVAXIN: Vaccine = { vp: ANTIGEN, mp: 'Covaxin', ma: 'Bharat-Biotech', series: 2 };
const SPUTNIK_V: Vaccine = { vp: ANTIGEN, mp: 'Sputnik-V', ma: 'Gamaleya-Research-Institute', series: 2 };
const SINOPHARM: Vaccine = { vp: ANTIGEN, mp: 'BBIBP-CorV', ma: 'ORG-100020693', series: 2 };
const CORONAVAC: Vaccine = { vp: ANTIGEN, mp: 'CoronaVac', ma: 'Sinovac-Biotech', series: 2 };
const UNNAMED: Vaccine = { vp: ANY_COVID, mp: null, ma: null, series: 2 };

/** CDC's CVX codes of COVID-19 vaccines; a paediatric, bivalent or yearly version counts as its product. */
export const VACCINE_OF_CVX: ReadonlyMap<string, Vaccine> = new Map([
  ['207', SPIKEVAX],
  ['208', COMIRNATY],
  ['210', VAXZEVRIA],
  ['211', NUVAXOVID],
  ['212', JANSSEN],
  ['213', UNNAMED],
  ['217', COMIRNATY],
  ['218', COMIRNATY],
  ['219', COMIRNATY],
  ['221', SPIKEVAX],
  ['225', UNNAMED],
  ['227', SPIKEVAX],
  ['228', SPIKEVAX],
  ['229', SPIKEVAX],
  ['230', SPIKEVAX],
  ['300', COMIRNATY],
  ['301', COMIRNATY],
  ['302', COMIRNATY],
  ['308', COMIRNATY],
  ['309', COMIRNATY],
  ['310', COMIRNATY],
  ['311', SPIKEVAX],
  ['312', SPIKEVAX],
  ['313', NUVAXOVID],
  ['500', UNNAMED],
  ['502', COVAXIN],
  ['505', SPUTNIK_V],
  ['510', SINOPHARM],
  ['511', CORONAVAC],
]);

/** Test types of the EU DCC: nucleic acid amplification, rapid antigen. */
const NAAT = 'LP6464-4';
const ANTIGEN_TEST = 'LP217198-3';

/** LOINC codes of tests for SARS-CoV-2 itself; antibody tests are none, they say nothing about an infection today. */
export const TEST_OF_LOINC: ReadonlyMap<string, string> = new Map([
  ['94309-2', NAAT],
  ['94500-6', NAAT],
  ['94531-1', NAAT],
  ['94533-7', NAAT],
  ['94534-5', NAAT],
  ['94559-2', NAAT],
  ['94565-9', NAAT],
  ['94640-0', NAAT],
  ['94759-8', NAAT],
  ['94845-5', NAAT],
  ['95406-5', NAAT],
  ['95409-9', NAAT],
  ['95425-5', NAAT],
  ['95608-6', NAAT],
  ['94558-4', ANTIGEN_TEST],
  ['95209-3', ANTIGEN_TEST],
  ['96119-3', ANTIGEN_TEST],
  ['97097-0', ANTIGEN_TEST],
]);

const DETECTED = '260373001';
const NOT_DETECTED = '260415000';

/** Results as SNOMED CT codes, LOINC answers, HL7 v2 abnormal flags and plain words, to the EU DCC's two. */
export const RESULT_OF_CODE: ReadonlyMap<string, string> = new Map([
  ['260373001', DETECTED],
  ['10828004', DETECTED],
  ['LA11882-0', DETECTED],
  ['LA6576-8', DETECTED],
  ['POS', DETECTED],
  ['detected', DETECTED],
  ['positive', DETECTED],
  ['260415000', NOT_DETECTED],
  ['260385009', NOT_DETECTED],
  ['LA11883-8', NOT_DETECTED],
  ['LA6577-6', NOT_DETECTED],
  ['NEG', NOT_DETECTED],
  ['not detected', NOT_DETECTED],
  ['negative', NOT_DETECTED],
]);
