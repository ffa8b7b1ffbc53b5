import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_OFF, LINES, type Pattern } from '../../../src/base/signal.ts';
import { isAllOff, MAX_PATTERN_MS, MIN_BLINK_MS, sameLevels, timeline } from '../../../src/devices/signal/pattern.ts';
import { on } from '../../contracts/signal.contract.ts';

const LIMITS = { relayMaxOnMs: 5_000 };
const STEADY: Pattern = { lamp: 'green', lampMs: 3_000, blinkMs: 0, buzzerMs: [120], relayMs: 1_000 };

test('an admission is green and one beep and the strike, each with its own end', () => {
  expect(timeline(STEADY, LIMITS)).toEqual([
    { atMs: 0, levels: on('green', 'buzzer', 'relay') },
    { atMs: 120, levels: on('green', 'relay') },
    { atMs: 1_000, levels: on('green') },
    { atMs: 3_000, levels: ALL_OFF },
  ]);
});

test('a blinking lamp begins lit and two beeps have their pause', () => {
  const assist: Pattern = { lamp: 'amber', lampMs: 1_200, blinkMs: 500, buzzerMs: [120, 120, 120], relayMs: 0 };
  expect(timeline(assist, LIMITS)).toEqual([
    { atMs: 0, levels: on('amber', 'buzzer') },
    { atMs: 120, levels: on('amber') },
    { atMs: 240, levels: on('amber', 'buzzer') },
    { atMs: 360, levels: on('amber') },
    { atMs: 500, levels: ALL_OFF },
    { atMs: 1_000, levels: on('amber') },
    { atMs: 1_200, levels: ALL_OFF },
  ]);
});

test('the relay keeps its longest time and loses one millisecond more', () => {
  const relayOffAt = (relayMs: number) =>
    timeline({ ...STEADY, lampMs: 9_000, relayMs }, LIMITS).find(({ levels }) => !levels.relay)?.atMs;
  expect(relayOffAt(4_999)).toBe(4_999);
  expect(relayOffAt(5_000)).toBe(5_000);
  expect(relayOffAt(5_001)).toBe(5_000);
});

test('no pattern lasts longer than the longest', () => {
  const endAt = (lampMs: number) => timeline({ ...STEADY, lampMs }, LIMITS).at(-1);
  expect(endAt(MAX_PATTERN_MS)).toEqual({ atMs: MAX_PATTERN_MS, levels: ALL_OFF });
  expect(endAt(MAX_PATTERN_MS + 1)).toEqual({ atMs: MAX_PATTERN_MS, levels: ALL_OFF });
});

test('a lamp blinks no faster than the fastest', () => {
  const firstOffAt = (blinkMs: number) => timeline({ ...STEADY, blinkMs, buzzerMs: [], relayMs: 0 }, LIMITS)[1]?.atMs;
  expect(firstOffAt(MIN_BLINK_MS)).toBe(MIN_BLINK_MS);
  expect(firstOffAt(MIN_BLINK_MS - 1)).toBe(MIN_BLINK_MS);
});

test('a pattern of nothing is all off at once', () => {
  const nothing: Pattern = { lamp: 'red', lampMs: 0, blinkMs: 0, buzzerMs: [], relayMs: 0 };
  expect(timeline(nothing, LIMITS)).toEqual([{ atMs: 0, levels: ALL_OFF }]);
});

test('whatever is asked for, it begins at once, changes at each step, ends all off and keeps the limits', () => {
  const durations = fc.integer({ min: 0, max: 2 * MAX_PATTERN_MS });
  const pattern: fc.Arbitrary<Pattern> = fc.record({
    lamp: fc.constantFrom('green', 'amber', 'red'),
    lampMs: durations,
    blinkMs: fc.integer({ min: 0, max: 2_000 }),
    buzzerMs: fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 8 }),
    relayMs: durations,
  });
  fc.assert(
    fc.property(pattern, (asked) => {
      const steps = timeline(asked, LIMITS);
      expect(steps[0]?.atMs).toBe(0);
      const last = steps.at(-1);
      expect(last !== undefined && isAllOff(last.levels)).toBe(true);
      expect(last?.atMs).toBeLessThanOrEqual(MAX_PATTERN_MS);
      for (const [index, step] of steps.entries()) {
        const before = steps[index - 1];
        if (before !== undefined) {
          expect(step.atMs).toBeGreaterThan(before.atMs);
          expect(sameLevels(step.levels, before.levels)).toBe(false);
        }
        const onLines = LINES.filter((line) => step.levels[line]);
        expect(onLines.filter((line) => line !== 'buzzer' && line !== 'relay' && line !== asked.lamp)).toEqual([]);
        if (step.levels.relay) expect(step.atMs).toBeLessThan(LIMITS.relayMaxOnMs);
      }
    }),
  );
});
