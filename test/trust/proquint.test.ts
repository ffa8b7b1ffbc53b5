import { describe, expect, it } from 'vitest';
import { FINGERPRINT_WORDS, fingerprintWords, isSameFingerprint } from '../../src/trust/proquint.ts';

/** The examples of the proposal: addresses and their words. */
const PUBLISHED = {
  '127.0.0.1': 'lusab babad',
  '63.84.220.193': 'gutih tugad',
  '63.118.7.35': 'gutuk bisog',
  '140.98.193.141': 'mudof sakat',
  '64.255.6.200': 'haguz biram',
  '128.30.52.45': 'mabiv gibot',
  '147.67.119.2': 'natag lisaf',
  '212.58.253.68': 'tibup zujah',
  '216.35.68.215': 'tobog higil',
  '216.68.232.21': 'todah vobij',
  '198.81.129.136': 'sinid makam',
  '12.110.110.204': 'budov kuras',
};
const bytesOf = (address: string): number[] => address.split('.').map(Number);
const WORDS = 'lusab babad gutih tugad natag lisaf';
const DIGEST = Buffer.from(['127.0.0.1', '63.84.220.193', '147.67.119.2', '1.2.3.4'].flatMap(bytesOf));

describe('the words of a root', () => {
  it.each(Object.entries(PUBLISHED))('say %s as the proposal does', (address, words) => {
    const bytes = bytesOf(address);
    expect(fingerprintWords(Buffer.from([...bytes, ...bytes, ...bytes]))).toBe([words, words, words].join(' '));
  });

  it('are six, so that nobody can make another root with the same ones', () => {
    expect(FINGERPRINT_WORDS).toBe(6);
    expect(fingerprintWords(DIGEST)).toBe(WORDS);
  });

  it('are the same however a person types them, and others are not', () => {
    for (const typed of [
      WORDS,
      ` ${WORDS.toUpperCase()}\n`,
      WORDS.replaceAll(' ', '-'),
      WORDS.replaceAll(' ', ',  '),
    ]) {
      expect(isSameFingerprint(typed, WORDS)).toBe(true);
    }
    for (const typed of ['', 'lusab', WORDS.slice(6), `${WORDS} lusab`, WORDS.replace('babad', 'babaf')]) {
      expect(isSameFingerprint(typed, WORDS)).toBe(false);
    }
  });
});
