import { describe, expect, it } from 'vitest';
import { MAX_DISTRICT_LENGTH, MIN_DISTRICT_LENGTH, parseDistrict } from '../../src/register/district.ts';
import { parsePhoneNumber } from '../../src/register/phone-number.ts';

describe('a number that nobody could call is not taken:', () => {
  it.each([
    ['010-1234-5678', '010-1234-5678'],
    ['01012345678', '010-1234-5678'],
    ['010 1234 5678', '010-1234-5678'],
    ['+82 10-1234-5678', '010-1234-5678'],
    ['+821012345678', '010-1234-5678'],
    ['+82 010-1234-5678', '010-1234-5678'],
    ['02-123-4567', '02-123-4567'],
    ['0212345678', '02-1234-5678'],
    ['031-123-4567', '031-123-4567'],
    ['06412345678', '064-1234-5678'],
    ['070-1234-5678', '070-1234-5678'],
  ])('%s is %s', (text, number) => expect(parsePhoneNumber(text)).toEqual({ ok: true, value: number }));

  it.each([
    '',
    '010-123-5678',
    '010-1234-567',
    '010-1234-56789',
    '010-0234-5678',
    '011-123-4567',
    '1012345678',
    '035-123-4567',
    '02-12-4567',
    '010--1234-5678',
    '010-1234-5678 ',
    '010-1234-5678\n',
    '０１０-1234-5678',
    '+81 90-1234-5678',
    '+820-10-1234-5678',
    "010-1234-5678' OR 1",
    `010${'1'.repeat(100_000)}`,
  ])('%# is refused without being quoted', (text) => {
    const parsed = parsePhoneNumber(text);
    expect(parsed).toEqual({
      ok: false,
      error: expect.stringMatching(/^the telephone number must be .*010-1234-5678/),
    });
  });
});

describe('a district is a name and nothing more:', () => {
  it.each([
    ['종로구', '종로구'],
    ['경기도 고양시', '경기도 고양시'],
    ['Jongno-gu', 'Jongno-gu'],
    ['St. Pölten', 'St. Pölten'],
    ['종로구'.normalize('NFD'), '종로구'],
    ['가'.repeat(MIN_DISTRICT_LENGTH), '가'.repeat(MIN_DISTRICT_LENGTH)],
    ['가'.repeat(MAX_DISTRICT_LENGTH), '가'.repeat(MAX_DISTRICT_LENGTH)],
  ])('%s', (text, district) => expect(parseDistrict(text)).toEqual({ ok: true, value: district }));

  it.each([
    ['nothing', ''],
    ['too short', '가'.repeat(MIN_DISTRICT_LENGTH - 1)],
    ['too long', '가'.repeat(MAX_DISTRICT_LENGTH + 1)],
    ['an address', '종로구 1가 22'],
    ['a number', '010-1234-5678'],
    ['a line break', '종로\n구청'],
    ['a reversal', '종로\u202e구'],
    ['a half pair', '종로\ud800'],
    ['markup', '<b>구</b>'],
    ['spaces around', ' 종로구'],
    ['a book', '가'.repeat(100_000)],
  ])('but not %s', (_, text) => expect(parseDistrict(text)).toMatchObject({ ok: false }));
});
