import type { Pattern } from '../base/signal.ts';
import { SECOND_MS } from '../base/time.ts';
import type { VerdictName } from '../policy/reasons.ts';

/**
 * How long a verdict stands when nobody comes: long enough to be seen, and for an assist to be walked to. The next
 * person need not wait for it.
 */
export const SHOWING_MS: Readonly<Record<VerdictName, number>> = {
  admit: 3 * SECOND_MS,
  assist: 30 * SECOND_MS,
  refuse: 5 * SECOND_MS,
};

const SHORT_BEEP_MS = 120;
const LONG_BEEP_MS = 900;
const BEEP_GAP_MS = 120;
/** One flash a second: far below the three that can harm. */
const BLINK_MS = 500;

const BUZZER_MS: Readonly<Record<VerdictName, readonly number[]>> = {
  admit: [SHORT_BEEP_MS],
  assist: [SHORT_BEEP_MS, BEEP_GAP_MS, SHORT_BEEP_MS],
  refuse: [LONG_BEEP_MS],
};

export interface SignalChoices {
  /** The owner spares people who need help the sound that tells everyone so. */
  readonly assistSoundsLikeAdmit: boolean;
  readonly relayMs: number;
}

/** The signal of a verdict: told apart by the lamp's place, by steady or blinking light and by rhythm. */
export function signalFor(verdict: VerdictName, choices: SignalChoices): Pattern {
  const sound = verdict === 'assist' && choices.assistSoundsLikeAdmit ? 'admit' : verdict;
  return {
    lamp: verdict === 'admit' ? 'green' : verdict === 'assist' ? 'amber' : 'red',
    lampMs: SHOWING_MS[verdict],
    blinkMs: verdict === 'assist' ? BLINK_MS : 0,
    buzzerMs: BUZZER_MS[sound],
    relayMs: verdict === 'admit' ? choices.relayMs : 0,
  };
}
