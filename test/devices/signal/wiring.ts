import type { SignalWiring } from '../../../src/devices/signal/signal-wiring.ts';
import { RIG_RELAY_MAX_ON_MS } from '../../contracts/signal.contract.ts';

/** A Pi 4 on a 6.12 kernel: its chip begins at 512; the buzzer and the relay are on at low level. */
export const CHIP = { label: 'pinctrl-bcm2711', base: 512, lineCount: 58, exported: [529, 534, 535, 536, 537] };

export function wiring(changes: { chip?: string; greenGpio?: number; relayMaxOnMs?: number } = {}): SignalWiring {
  const { chip = CHIP.label, greenGpio = 17, relayMaxOnMs = RIG_RELAY_MAX_ON_MS } = changes;
  return {
    chip,
    lines: {
      green: { gpio: greenGpio, activeLow: false },
      amber: { gpio: 22, activeLow: false },
      red: { gpio: 23, activeLow: false },
      buzzer: { gpio: 24, activeLow: true },
      relay: { gpio: 25, activeLow: true, maxOnMs: relayMaxOnMs },
    },
  };
}
