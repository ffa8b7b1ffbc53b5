/** A flag of the public set that is known to be wrong, or to ask for something this verifier does not do on purpose. */
export interface FlagException {
  /** Path inside the set, with forward slashes. */
  readonly file: RegExp;
  readonly flag: string;
  readonly why: string;
}

const known = (file: RegExp, flag: string, issue: number): FlagException => ({
  file,
  flag,
  why: `known_issues.csv, issue ${issue} of dgc-testdata`,
});

export const FLAG_EXCEPTIONS: readonly FlagException[] = [
  {
    file: /(^|\/)PL\/1\.\d\.\d\/2DCode\/raw\/[789]\.json$/i,
    flag: 'SCHEMAVALIDATION',
    why: 'a value outside the value sets, which are not checked, because an unknown manufacturer must not shut out valid people',
  },
  known(/(^|\/)NL\//, 'SCHEMAVALIDATION', 107),
  known(/(^|\/)BG\/2DCode\/raw\/[12]\.json$/i, 'SCHEMAVALIDATION', 298),
  known(/(^|\/)LI\/2DCode\/raw\/4\.json$/i, 'SCHEMAVALIDATION', 339),
  known(/(^|\/)HU\/2DCode\/raw\/3\.json$/i, 'SCHEMAVALIDATION', 340),
  known(/(^|\/)RO\/2DCode\/raw\/2\.json$/i, 'SCHEMAVALIDATION', 356),
  known(/(^|\/)SK\/2DCode\/raw\/3\.json$/i, 'SCHEMAVALIDATION', 357),
  { file: /(^|\/)FI\//, flag: 'SCHEMAVALIDATION', why: 'the schema flags of FI are unreliable' },
  known(/(^|\/)FI\//, 'VERIFY', 407),
  known(/(^|\/)FI\//, 'EXPIRATIONCHECK', 407),
  known(/(^|\/)FI\//, 'KEYUSAGE', 407),
  known(/(^|\/)ES\/2DCode\/raw\/40[123]\.json$/i, 'VERIFY', 228),
  {
    file: /(^|\/)IS\/2DCode\/raw\/3\.json$/i,
    flag: 'KEYUSAGE',
    why: 'its key names another purpose than its flags',
  },
];

/**
 * Files that are to fail and whose kid is not the hash of their certificate: the key is given by that kid, so that it is
 * the signature that fails and not the look-up. In CO22 and CO23 the wrong kid itself is what the file is about.
 */
export const KID_EXCEPTIONS: readonly { readonly file: RegExp; readonly why: string }[] = [
  {
    file: /(^|\/)PL\/1\.\d\.\d\/2DCode\/raw\/6\.json$/i,
    why: 'signed with another key: the signature must fail, not the look-up',
  },
];
