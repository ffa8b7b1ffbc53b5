import { describe, expect, it } from 'vitest';
import { timeFrom } from '../../src/commands/now.ts';

const AT_MS = Date.UTC(2021, 11, 13, 2, 40);

describe('a time on the command line', () => {
  it.each([
    ['RFC 3339 with an offset', '2021-12-13T11:40:00+09:00'],
    ['RFC 3339 in UTC', '2021-12-13T02:40:00Z'],
    ['an offset without a colon, as date(1) writes it', '2021-12-13T11:40:00+0900'],
    ['UTC without a colon', '2021-12-13T02:40:00+0000'],
    ['no zone, which is UTC on every machine', '2021-12-13T02:40:00'],
    ['no zone, with milliseconds', '2021-12-13T02:40:00.000'],
    ['seconds since 1970', '1639363200'],
  ])('is read as %s', (_, text) => {
    expect(timeFrom(text, '--now')).toBe(AT_MS);
  });

  it('reaches to the end of the year 9999 and no further', () => {
    expect(timeFrom('253402300799', '--now')).toBe(Date.UTC(9999, 11, 31, 23, 59, 59));
    expect(() => timeFrom('253402300800', '--now')).toThrow(/^--now: '253402300800' is not a time like /);
  });

  it.each([
    ['the hour 24', '2021-12-13T24:00:00Z'],
    ['the hour 24 without a zone', '2021-12-13T24:00:00'],
    ['a day that the calendar lacks', '2021-02-29T00:00:00'],
    ['a day alone', '2021-12-13'],
    ['half an offset', '2021-12-13T11:40:00+09'],
    ['a negative number', '-1'],
    ['nothing', ''],
  ])('is not %s', (_, text) => {
    expect(() => timeFrom(text, '--exp')).toThrow(/^--exp: '.*' is not a time like 2021-12-13T11:40:00\+09:00$/);
  });

  it('is the last hour of a day up to its end', () => {
    expect(timeFrom('2021-12-13T23:59:59Z', '--now')).toBe(Date.UTC(2021, 11, 13, 23, 59, 59));
  });
});
