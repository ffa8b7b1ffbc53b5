import { isDay } from './day.ts';
import type { Claims, Json } from './pass.ts';

/** Accents of Latin letters alone: in other scripts such a mark makes another name. */
const LATIN_ACCENTS = /[\u0300-\u036f]/g;
const NO_PART_OF_A_NAME = /[^\p{L}\p{M}\p{N}]/gu;

const plain = (value: Json | undefined): string =>
  typeof value !== 'string'
    ? ''
    : value.normalize('NFKD').replace(LATIN_ACCENTS, '').toUpperCase().replace(NO_PART_OF_A_NAME, '');

/**
 * Whom a pass was given to, normalised so that two of one person's passes agree: the ICAO 9303 transliteration where
 * there is one, else the name as written; compatibility forms decomposed, upper case, without accents, blanks and
 * punctuation. Two people of one name and birth date cannot be told apart by it.
 * @returns null for a pass that does not say both name and whole date of birth: many people of one name share a year
 */
export function personOf({ nam, dob }: Pick<Claims, 'nam' | 'dob'>): string | null {
  const family = plain(nam['fnt']) || plain(nam['fn']);
  const given = plain(nam['gnt']) || plain(nam['gn']);
  const born = (dob ?? '').slice(0, 'YYYY-MM-DD'.length);
  if (family + given === '' || !isDay(born)) return null;
  return `${family}<<${given}\n${born}`;
}
