/** A flag of the public set that is known to be wrong, or to ask for something this verifier does not do on purpose. */
export interface FlagException {
  /** Path inside the set, with forward slashes. */
  readonly file: RegExp;
  readonly flag: string;
  readonly why: string;
}

export const FLAG_EXCEPTIONS: readonly FlagException[] = [
  {
    file: /^PL\/1\.\d\.\d\/2DCode\/raw\/[789]\.json$/,
    flag: 'SCHEMAVALIDATION',
    why: 'a value outside the value sets, which are not checked: an unknown manufacturer must not shut out valid people',
  },
  { file: /^NL\//, flag: 'SCHEMAVALIDATION', why: 'known_issues.csv: the schema flags of NL are unreliable' },
  { file: /^FI\//, flag: 'SCHEMAVALIDATION', why: 'the schema flags of FI are unreliable' },
  {
    file: /^FI\//,
    flag: 'VERIFY',
    why: 'known_issues.csv: FI as a whole',
  },
  { file: /^FI\//, flag: 'EXPIRATIONCHECK', why: 'known_issues.csv: FI as a whole' },
  { file: /^FI\//, flag: 'KEYUSAGE', why: 'known_issues.csv: FI as a whole' },
  { file: /^ES\/2DCode\/raw\/40[123]\.json$/, flag: 'VERIFY', why: 'known_issues.csv: the wrong certificate is given' },
  { file: /^IS\/2DCode\/raw\/3\.json$/, flag: 'KEYUSAGE', why: 'its key names another purpose than its flags' },
];

/**
 * Files whose kid is not the hash of their certificate: the key is given by that kid, so that the signature itself is
 * judged. CO22 and CO23 are not among them: there the wrong kid is what the file is about.
 */
export const KID_EXCEPTIONS: readonly { readonly file: RegExp; readonly why: string }[] = [
  {
    file: /^PL\/1\.\d\.\d\/2DCode\/raw\/6\.json$/,
    why: 'signed with another key: the signature must fail, not the look-up',
  },
];
