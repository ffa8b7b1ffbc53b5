import { assert } from '../base/assert.ts';

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';
const WORD_BYTES = 2;
/** Six words say 96 bits: nobody finds a second key whose words are the same. */
export const FINGERPRINT_WORDS = 6;

/** 16 bits as consonant, vowel, consonant, vowel, consonant: 4, 2, 4, 2 and 4 of them. */
function wordOf(bits: number): string {
  const consonant = (shift: number): string => CONSONANTS.charAt((bits >> shift) & 0xf);
  const vowel = (shift: number): string => VOWELS.charAt((bits >> shift) & 0x3);
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
}

/**
 * The first 12 bytes of a digest as six words that can be read aloud and heard right (proquints, D. S. Wilkerson, "A
 * Proposal for Proquints", 2009), lower case with a space between.
 */
export function fingerprintWords(digest: Uint8Array): string {
  assert(digest.length >= FINGERPRINT_WORDS * WORD_BYTES, 'a digest as long as its words');
  const words: string[] = [];
  for (let word = 0; word < FINGERPRINT_WORDS; word += 1) {
    words.push(wordOf(((digest[word * WORD_BYTES] ?? 0) << 8) | (digest[word * WORD_BYTES + 1] ?? 0)));
  }
  return words.join(' ');
}

/** Whether what a person typed are these words: case, hyphens and the number of spaces do not matter. */
export function isSameFingerprint(typed: string, words: string): boolean {
  const typedWords = typed
    .toLowerCase()
    .split(/[\s,-]+/)
    .filter((word) => word !== '');
  return typedWords.join(' ') === words;
}
