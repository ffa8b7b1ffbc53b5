import type { DeviceStatus } from '../base/device.ts';
import type { Levels } from '../base/signal.ts';
import { type Clock, formatInstant } from '../base/time.ts';
import type { PublicState } from '../door/public-state.ts';
import type { Phase } from '../door/state.ts';
import type { DeviceName } from '../journal/entry.ts';
import type { Journal } from '../journal/journal.ts';
import type { ListDates } from '../pass/trust.ts';

/** The kiosk as a screen may know it: no personal data, nothing of the pass. */
export function reportOf(
  phase: Phase,
  levels: Levels,
  devices: Readonly<Record<DeviceName, DeviceStatus>>,
  journal: Journal,
  clock: Clock,
  list: ListDates | null,
  house: Pick<PublicState, 'occupancy' | 'register'> & { readonly isClockLate: boolean },
): PublicState {
  const shown = phase.kind === 'showing' ? phase.shown : null;
  const lastAtMs = journal.lastAtMs();
  const continuedAtMs = journal.continuedAtMs();
  const forgottenUntilMs = journal.forgottenUntilMs();
  const { atMs: nowMs, trusted, handSet = false } = clock.wall();
  const isForgetful = forgottenUntilMs !== null && nowMs < forgottenUntilMs;
  return {
    door: {
      state: phase.kind,
      verdict: shown?.verdict ?? null,
      reason: shown === null ? null : shown.isUnrecorded ? 'journal-fault' : shown.reason,
      scan: phase.kind === 'checking' ? phase.scan : (shown?.scan ?? null),
      rule: shown === null || shown.isUnrecorded ? null : shown.rule,
      advice: shown === null || shown.isUnrecorded ? null : shown.advice,
    },
    signal: levels,
    devices: { ...devices },
    journal: {
      size: journal.size(),
      lastAt: lastAtMs === null ? null : formatInstant(lastAtMs),
      low: journal.reserve?.isLow ?? false,
      continued: continuedAtMs === null ? null : formatInstant(continuedAtMs),
      forgotten: isForgetful ? formatInstant(forgottenUntilMs) : null,
    },
    trust: {
      version: list?.version ?? 0,
      issuedAt: list === null ? null : formatInstant(list.issuedAtMs),
      staleAfter: list === null ? null : formatInstant(list.staleAfterMs),
    },
    clock: { trusted, late: house.isClockLate, handSet },
    occupancy: house.occupancy,
    register: house.register,
  };
}
