import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/time.ts';
import { RELEASED_AT_MS } from '../../src/base/version.ts';
import { clockFloorMs } from '../../src/kiosk/clock-floor.ts';

describe('a clock that fell back', () => {
  it.each([
    ['the program was built', null, null, RELEASED_AT_MS],
    [
      'a day before an entry was made under a good clock',
      RELEASED_AT_MS + 3 * DAY_MS,
      null,
      RELEASED_AT_MS + 2 * DAY_MS,
    ],
    [
      'the trust list was issued',
      RELEASED_AT_MS + 2 * DAY_MS,
      RELEASED_AT_MS + 2 * DAY_MS,
      RELEASED_AT_MS + 2 * DAY_MS,
    ],
    ['the list was issued, once the owner has set the clock by hand', null, RELEASED_AT_MS + 1, RELEASED_AT_MS + 1],
    ['the program was built, however old entry and list are', 1, 2, RELEASED_AT_MS],
  ])('is known to be wrong before %s', (_what, lastTrustedMs, listIssuedAtMs, floorMs) => {
    expect(clockFloorMs({ lastTrustedMs, listIssuedAtMs })).toBe(floorMs);
  });
});
