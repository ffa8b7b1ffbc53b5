import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DoorEffect } from '../../src/door/effect.ts';
import type { DoorEvent } from '../../src/door/event.ts';
import { reduce } from '../../src/door/reduce.ts';
import { CLOSED_DOOR, type Door, type Phase, type Shown } from '../../src/door/state.ts';
import type { Decision } from '../../src/policy/decide.ts';
import type { VerdictName } from '../../src/policy/reasons.ts';
import { passOf } from '../support/passes.ts';

const pass = passOf();
const decision = (verdict: VerdictName): Decision => ({
  verdict,
  reason: verdict === 'admit' ? 'ok' : verdict === 'assist' ? 'unknown-issuer' : 'expired',
  rule: null,
  validFromMs: null,
  validUntilMs: null,
  advice: null,
});
const shown = (verdict: VerdictName, more: Partial<Shown> = {}): Shown => ({
  scan: 7,
  seq: 70,
  verdict,
  reason: decision(verdict).reason,
  rule: null,
  advice: null,
  isUnrecorded: false,
  stickerFor: verdict === 'admit' ? pass : null,
  ...more,
});
const serving = (phase: Phase): Door => ({ phase, unheard: [], down: [] });
const code = { kind: 'code', presented: { line: Buffer.from('HC1:X'), parts: 1 } } as const;
const refusal = { ok: false, error: { reason: 'malformed', detail: '', finding: {} as never } } as const;

const STATES = {
  starting: CLOSED_DOOR,
  ready: serving({ kind: 'ready' }),
  checking: serving({ kind: 'checking', scan: 7 }),
  admit: serving({ kind: 'showing', shown: shown('admit') }),
  assist: serving({ kind: 'showing', shown: shown('assist') }),
  refuse: serving({ kind: 'showing', shown: shown('refuse') }),
  unrecorded: serving({ kind: 'showing', shown: shown('assist', { seq: null, reason: 'journal-fault' }) }),
  'no-scanner': { phase: { kind: 'out-of-service' }, unheard: [], down: ['scanner'] },
  'no-signal': { phase: { kind: 'out-of-service' }, unheard: [], down: ['signal'] },
} satisfies Record<string, Door>;

const EVENTS = {
  'scanner up': { kind: 'part', part: 'scanner', up: true },
  'scanner down': { kind: 'part', part: 'scanner', up: false },
  'signal up': { kind: 'part', part: 'signal', up: true },
  'signal down': { kind: 'part', part: 'signal', up: false },
  scanned: { kind: 'scanned', scan: 8, presentation: code },
  authenticated: { kind: 'authenticated', scan: 7, outcome: refusal },
  'late authenticated': { kind: 'authenticated', scan: 6, outcome: refusal },
  judged: { kind: 'judged', scan: 7, seq: 71, decision: decision('admit'), stickerFor: pass },
  'late judged': { kind: 'judged', scan: 6, seq: 71, decision: decision('admit'), stickerFor: pass },
  'staff admit': { kind: 'staff-button', button: 'admit', scan: null },
  'staff refuse': { kind: 'staff-button', button: 'refuse', scan: null },
  'staff sticker': { kind: 'staff-button', button: 'sticker', scan: null },
  'staff recorded': { kind: 'staff-recorded', of: 70, seq: 72, choice: 'admitted' },
  'late staff recorded': { kind: 'staff-recorded', of: 60, seq: 72, choice: 'admitted' },
  'staff unrecorded': { kind: 'staff-unrecorded', of: 70 },
  timer: { kind: 'timer-fired', timer: 'showing-over' },
} satisfies Record<string, DoorEvent>;

/** The complete matrix: `state -> effects`, '.' for nothing at all. One row a state, one column an event. */
const MATRIX: Readonly<Record<keyof typeof STATES, Readonly<Record<keyof typeof EVENTS, string>>>> = {
  starting: row({
    'scanner down': 'out-of-service: stop-timer rest',
    'signal down': 'out-of-service: stop-timer rest',
  }),
  ready: row({
    'scanner down': 'out-of-service: stop-timer rest',
    'signal down': 'out-of-service: stop-timer rest',
    scanned: 'checking 8: authenticate',
  }),
  checking: row({
    'scanner down': 'out-of-service: stop-timer rest',
    'signal down': 'out-of-service: stop-timer rest',
    scanned: 'checking 8: authenticate',
    authenticated: 'checking 7: judge',
    judged: 'showing admit 71: signal admit 71, start-timer 3000',
  }),
  admit: row({
    'signal down': 'out-of-service: stop-timer rest',
    scanned: 'checking 8: stop-timer authenticate',
    'staff sticker': 'showing admit 70: sticker 70',
    // An answer to a button that was pressed a moment before the same scan was admitted some other way cannot exist:
    // it would still only show what is recorded.
    'staff recorded': 'showing admit 72: signal admit 72, start-timer 3000',
    'staff unrecorded': 'showing assist 70: signal assist 70, start-timer 30000',
    timer: 'ready: rest',
  }),
  assist: row({
    'signal down': 'out-of-service: stop-timer rest',
    scanned: 'checking 8: stop-timer authenticate',
    'staff admit': 'showing assist 70: record-staff admitted 70 not-said',
    'staff refuse': 'showing assist 70: record-staff refused 70 not-said',
    'staff recorded': 'showing admit 72: signal admit 72, start-timer 3000',
    'staff unrecorded': 'showing assist 70: signal assist 70, start-timer 30000',
    timer: 'ready: rest',
  }),
  refuse: row({
    'signal down': 'out-of-service: stop-timer rest',
    scanned: 'checking 8: stop-timer authenticate',
    'staff recorded': 'showing admit 72: signal admit 72, start-timer 3000',
    'staff unrecorded': 'showing assist 70: signal assist 70, start-timer 30000',
    timer: 'ready: rest',
  }),
  unrecorded: row({
    'signal down': 'out-of-service: stop-timer rest',
    scanned: 'checking 8: stop-timer authenticate',
    timer: 'ready: rest',
  }),
  'no-scanner': row({ 'scanner up': 'ready: ' }),
  'no-signal': row({ 'signal up': 'ready: ' }),
};

function row(cells: Partial<Record<keyof typeof EVENTS, string>>): Record<keyof typeof EVENTS, string> {
  return Object.fromEntries(
    Object.keys(EVENTS).map((name) => [name, cells[name as keyof typeof EVENTS] ?? '.']),
  ) as Record<keyof typeof EVENTS, string>;
}

function effectText(effect: DoorEffect): string {
  switch (effect.kind) {
    case 'signal':
      return `signal ${effect.verdict} ${effect.seq},`;
    case 'start-timer':
      return `start-timer ${effect.afterMs}`;
    case 'record-staff':
      return `record-staff ${effect.choice} ${effect.of} ${effect.because}`;
    case 'sticker':
      return `sticker ${effect.of}`;
    default:
      return effect.kind;
  }
}

function phaseText(phase: Phase): string {
  if (phase.kind === 'showing') return `showing ${phase.shown.verdict} ${phase.shown.seq}`;
  return phase.kind === 'checking' ? `checking ${phase.scan}` : phase.kind;
}

function outcomeOf(door: Door, event: DoorEvent): string {
  const { door: next, effects } = reduce(door, event);
  if (effects.length === 0 && next.phase === door.phase) return '.';
  return `${phaseText(next.phase)}: ${effects.map(effectText).join(' ')}`;
}

describe('the door, in every state, for every event', () => {
  for (const [stateName, door] of Object.entries(STATES) as [keyof typeof STATES, Door][]) {
    for (const [eventName, event] of Object.entries(EVENTS) as [keyof typeof EVENTS, DoorEvent][]) {
      const expected = MATRIX[stateName][eventName];
      it(`${stateName} x ${eventName} -> ${expected}`, () => expect(outcomeOf(door, event)).toBe(expected));
    }
  }
});

describe('starting up', () => {
  it('is ready only when scanner and signal have both reported', () => {
    const one = reduce(CLOSED_DOOR, EVENTS['scanner up']).door;
    expect(one.phase.kind).toBe('starting');
    expect(reduce(one, EVENTS['signal up']).door.phase.kind).toBe('ready');
  });
});

describe('a press of staff for somebody who is not in view any more', () => {
  it.each(['admit', 'refuse', 'sticker'] as const)('%s does nothing but say so', (button) => {
    for (const door of Object.values(STATES)) {
      const { door: next, effects } = reduce(door, { kind: 'staff-button', button, scan: 6 });
      expect({ next, effects }).toEqual({ next: door, effects: [{ kind: 'staff-missed', button }] });
    }
  });

  it('and one for whoever is in view is as good as a button without a screen', () => {
    for (const door of [STATES.admit, STATES.assist, STATES.refuse]) {
      for (const button of ['admit', 'refuse', 'sticker'] as const) {
        expect(reduce(door, { kind: 'staff-button', button, scan: 7 })).toEqual(
          reduce(door, { kind: 'staff-button', button, scan: null }),
        );
      }
    }
  });
});

describe('people who leave', () => {
  it('are counted in every state of the door, which stays as it is', () => {
    for (const door of Object.values(STATES)) {
      expect(reduce(door, { kind: 'people-left', count: 3 })).toEqual({
        door,
        effects: [{ kind: 'count-out', count: 3 }],
      });
    }
  });
});

describe('a scanner that is pulled out while somebody is being admitted', () => {
  it('does not shut the door on them, and is out of service right after', () => {
    const pulled = reduce(STATES.admit, EVENTS['scanner down']);
    expect(pulled).toEqual({ door: { ...STATES.admit, down: ['scanner'] }, effects: [] });
    expect(reduce(pulled.door, EVENTS.timer).door.phase.kind).toBe('out-of-service');
  });
});

describe('any walk through the door', () => {
  const anyEvent = fc.constantFrom(...(Object.values(EVENTS) as DoorEvent[]));

  it('never releases the strike without an entry that came first', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const recorded = new Set<number | null>();
        let door: Door = CLOSED_DOOR;
        for (const event of events) {
          if (event.kind === 'judged' || event.kind === 'staff-recorded') recorded.add(event.seq);
          const next = reduce(door, event);
          door = next.door;
          for (const effect of next.effects) {
            if (effect.kind === 'signal' && effect.verdict === 'admit') expect(recorded).toContain(effect.seq);
          }
        }
      }),
    );
  });

  it('always comes back to ready once its parts are there and the showing is over', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const healing: DoorEvent[] = [
          EVENTS['scanner up'],
          EVENTS['signal up'],
          EVENTS.scanned,
          { kind: 'judged', scan: 8, seq: 80, decision: decision('admit'), stickerFor: null },
          EVENTS.timer,
        ];
        const end = [...events, ...healing].reduce<Door>((door, event) => reduce(door, event).door, CLOSED_DOOR);
        expect(end).toEqual({ phase: { kind: 'ready' }, unheard: [], down: [] });
      }),
    );
  });
});
