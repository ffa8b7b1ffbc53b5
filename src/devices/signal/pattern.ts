import { ALL_OFF, type Levels, LINES, type Pattern } from '../../base/signal.ts';

/** No pattern lasts longer, whatever was asked for. */
export const MAX_PATTERN_MS = 60_000;
/** A lamp that is asked to blink faster blinks at this half period; it also bounds the steps of a pattern. */
export const MIN_BLINK_MS = 50;

export interface SignalLimits {
  /** The longest time that one pattern may release the strike. */
  readonly relayMaxOnMs: number;
}

/** The levels from `atMs` after the pattern's begin on. */
export interface Step {
  readonly atMs: number;
  readonly levels: Levels;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * A pattern as the levels of its lines over time, in milliseconds. The first step is at 0, each step differs from the
 * one before, the last one is all off.
 */
export function timeline(pattern: Pattern, limits: SignalLimits): readonly Step[] {
  const lamp = lampSpans(pattern).map(cut);
  const buzzer = buzzerSpans(pattern.buzzerMs).map(cut);
  const relay = [cut({ fromMs: 0, toMs: Math.min(pattern.relayMs, limits.relayMaxOnMs) })];
  const edges = new Set([0, ...[...lamp, ...buzzer, ...relay].flatMap(({ fromMs, toMs }) => [fromMs, toMs])]);

  const steps: Step[] = [];
  let before: Levels | null = null;
  for (const atMs of [...edges].sort((a, b) => a - b)) {
    const lit = isWithin(lamp, atMs);
    const levels: Levels = {
      green: lit && pattern.lamp === 'green',
      amber: lit && pattern.lamp === 'amber',
      red: lit && pattern.lamp === 'red',
      buzzer: isWithin(buzzer, atMs),
      relay: isWithin(relay, atMs),
    };
    if (before === null || !sameLevels(before, levels)) steps.push({ atMs, levels });
    before = levels;
  }
  return steps;
}

export function sameLevels(a: Levels, b: Levels): boolean {
  return LINES.every((line) => a[line] === b[line]);
}

export const isAllOff = (levels: Levels): boolean => sameLevels(levels, ALL_OFF);

function lampSpans({ lampMs, blinkMs }: Pattern): readonly Span[] {
  if (blinkMs <= 0) return [{ fromMs: 0, toMs: lampMs }];
  const halfMs = Math.max(blinkMs, MIN_BLINK_MS);
  const spans: Span[] = [];
  for (let fromMs = 0; fromMs < Math.min(lampMs, MAX_PATTERN_MS); fromMs += 2 * halfMs) {
    spans.push({ fromMs, toMs: Math.min(fromMs + halfMs, lampMs) });
  }
  return spans;
}

function buzzerSpans(buzzerMs: readonly number[]): readonly Span[] {
  const spans: Span[] = [];
  let fromMs = 0;
  for (const [index, ms] of buzzerMs.entries()) {
    if (index % 2 === 0) spans.push({ fromMs, toMs: fromMs + ms });
    fromMs += ms;
  }
  return spans;
}

function cut({ fromMs, toMs }: Span): Span {
  return { fromMs: Math.min(fromMs, MAX_PATTERN_MS), toMs: Math.min(toMs, MAX_PATTERN_MS) };
}

function isWithin(spans: readonly Span[], atMs: number): boolean {
  return spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
}
