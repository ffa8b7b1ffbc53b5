import { expect, it } from 'vitest';
import { siteDayIn } from '../../src/base/site-day.ts';

it.each([
  ['Asia/Seoul', '2021-12-14T03:59:59.999+09:00', '2021-12-13'],
  ['Asia/Seoul', '2021-12-14T04:00:00+09:00', '2021-12-14'],
  ['Asia/Seoul', '2021-12-14T00:00:00+09:00', '2021-12-13'],
  ['Asia/Seoul', '2022-01-01T02:00:00+09:00', '2021-12-31'],
  ['Asia/Seoul', '2024-03-01T03:00:00+09:00', '2024-02-29'],
  // The night that has 23 hours, and the one that has 25.
  ['Europe/Vienna', '2021-03-28T03:59:00+02:00', '2021-03-27'],
  ['Europe/Vienna', '2021-03-28T04:00:00+02:00', '2021-03-28'],
  ['Europe/Vienna', '2021-10-31T03:59:00+01:00', '2021-10-30'],
  ['Europe/Vienna', '2021-10-31T04:00:00+01:00', '2021-10-31'],
])('a bar in %s that is open at %s still has the day %s', (zone, instant, day) => {
  expect(siteDayIn(zone, Date.parse(instant))).toBe(day);
});
