import { describe, expect, it } from 'vitest';
import { personOf } from '../../src/pass/person.ts';

const dob = '1998-02-26';
const dcc = { nam: { fn: 'Müller-Österreich', gn: 'Zoé', fnt: 'MUELLER<OESTERREICH', gnt: 'ZOE' }, dob };

describe('two passes of one person', () => {
  it.each([
    ['a hyphen for the filler', { fnt: 'MUELLER-OESTERREICH', gnt: 'ZOE' }],
    ['small letters', { fnt: 'mueller oesterreich', gnt: 'zoe' }],
    ['letters of full width', { fnt: 'ＭＵＥＬＬＥＲ<ＯＥＳＴＥＲＲＥＩＣＨ', gnt: 'ZOE' }],
    ['no name but the transliterated', { fnt: 'MUELLER<OESTERREICH', gnt: 'ZOE', fn: null }],
    ['no transliteration where the name needs none', { fn: 'Mueller Oesterreich', gn: 'Zoé' }],
    ['an accent of its own', { fn: 'Mueller Oesterreich', gn: 'Zoe\u0301' }],
  ])('are known by it with %s', (_, nam) => {
    expect(personOf({ nam, dob })).toBe(personOf(dcc));
  });

  it.each([
    ['another birth date', { ...dcc, dob: '1998-02-27' }],
    ['another given name', { ...dcc, nam: { ...dcc.nam, gnt: 'ZOA' } }],
    ['its names the other way round', { nam: { fnt: 'ZOE', gnt: 'MUELLER<OESTERREICH' }, dob }],
    ['a letter moved from one name to the other', { ...dcc, nam: { fnt: 'MUELLER<OESTERREICHZ', gnt: 'OE' } }],
  ])('are two people with %s', (_, claims) => {
    expect(personOf(claims)).not.toBe(personOf(dcc));
  });

  it('do not become one where a mark makes another letter', () => {
    expect(personOf({ nam: { fn: 'かとう' }, dob })).not.toBe(personOf({ nam: { fn: 'がとう' }, dob }));
    expect(personOf({ nam: { fn: '홍', gn: '길동' }, dob })).toBe(
      personOf({ nam: { fn: '홍'.normalize('NFD'), gn: '길 동' }, dob }),
    );
  });

  it.each([
    ['no name', { nam: {}, dob }],
    ['a name of blanks', { nam: { fn: ' - ', gn: null }, dob }],
    ['no birth date', { nam: dcc.nam, dob: null }],
    ['an empty birth date', { nam: dcc.nam, dob: '' }],
    ['a year of birth, which many of one name share', { nam: dcc.nam, dob: '1998' }],
    ['a month of birth', { nam: dcc.nam, dob: '1998-02' }],
    ['a birth date that is in no calendar', { nam: dcc.nam, dob: '1998-13-45' }],
    ['a name that is no text', { nam: { fn: 7, gn: ['Zoe'] }, dob }],
  ])('cannot be seen in a pass with %s', (_, claims) => {
    expect(personOf(claims)).toBeNull();
  });
});
