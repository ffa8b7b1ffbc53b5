import { ALL_OFF, type Levels } from '../../src/base/signal.ts';
import type { Commands } from '../../src/door/commands.ts';
import type { PublicState } from '../../src/door/public-state.ts';
import type { ReasonCode, VerdictName } from '../../src/policy/reasons.ts';

const READY = { state: 'ready', detail: '' } as const;

/** A kiosk at rest, everything well. */
export const AT_REST: PublicState = {
  door: { state: 'ready', verdict: null, reason: null, scan: null, rule: null, advice: null },
  signal: ALL_OFF,
  devices: { scanner: READY, signal: READY, printer: READY, voice: { state: 'absent', detail: '' } },
  journal: { size: 0, lastAt: null, low: false, continued: null, forgotten: null },
  trust: { version: 1, issuedAt: '2021-12-13T00:00:00.000Z', staleAfter: '2021-12-20T00:00:00.000Z' },
  clock: { trusted: true, late: false, handSet: false },
  register: null,
  occupancy: null,
};

const LEVELS: Readonly<Record<VerdictName, Levels>> = {
  admit: { ...ALL_OFF, green: true, relay: true },
  assist: { ...ALL_OFF, amber: true },
  refuse: { ...ALL_OFF, red: true },
};

/** The same kiosk while it shows a verdict. */
export function showing(
  verdict: VerdictName,
  reason: ReasonCode,
  scan = 1,
  { rule = null, advice = null }: Partial<Pick<PublicState['door'], 'rule' | 'advice'>> = {},
): PublicState {
  return { ...AT_REST, door: { state: 'showing', verdict, reason, scan, rule, advice }, signal: LEVELS[verdict] };
}

export interface FakeKiosk {
  readonly commands: Commands;
  show(state: PublicState): void;
}

/** Commands whose state a test sets. */
export function fakeKiosk(first: PublicState = AT_REST): FakeKiosk {
  let state = first;
  const listeners = new Set<(state: PublicState) => void>();
  return {
    commands: {
      registerVisitor: () => Promise.resolve({ ok: false, error: 'there is no register here' }),
      state: () => state,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    show(next) {
      state = next;
      for (const listener of listeners) listener(next);
    },
  };
}
