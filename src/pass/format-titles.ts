import type { FormatName, Kind } from './pass.ts';

/** What each format is called in English text for owners and technicians. */
export const FORMAT_TITLES: Readonly<Record<FormatName, string>> = {
  'eu-dcc': 'an EU Digital COVID Certificate',
  'who-ddcc': 'a health certificate of the WHO',
  'smart-health-card': 'a SMART Health Card',
  nzcp: 'a New Zealand COVID Pass',
  'vds-nc': 'an ICAO health proof (VDS-NC)',
  'pretix-sig1': 'a pretix ticket',
  'vc-jwt': 'a verifiable credential (JWT)',
  'vp-jwt': 'a verifiable presentation (JWT)',
  'sd-jwt-vc': 'a selectively disclosed credential (SD-JWT)',
  'rotating-ticket': 'a ticket with a changing code',
  'entry-pass': 'an entry pass',
  sticker: 'a sticker of a kiosk',
  'coov-session': 'a COOV session code',
  kipass: 'a Korean check-in code (KI-Pass)',
  divoc: 'a DIVOC certificate',
  mdoc: 'a mobile document (ISO mdoc)',
  nl2: 'a Dutch domestic pass',
  'health-link': 'a SMART Health Link',
  url: 'a web address',
  'phone-number': 'a telephone number',
};

export const KIND_TITLES: Readonly<Record<Kind, string>> = {
  vaccination: 'a vaccination',
  test: 'a test',
  recovery: 'a recovery',
  exemption: 'an exemption',
  ticket: 'a ticket',
  membership: 'a membership',
  other: 'something else than health or entry',
};
