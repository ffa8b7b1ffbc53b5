import { unreachable } from '../base/assert.ts';
import type { DoorEffect } from './effect.ts';
import type { DoorEvent } from './event.ts';
import { SHOWING_MS } from './signals.ts';
import type { Door, Phase, Shown, VitalPart } from './state.ts';

export interface Reduced {
  readonly door: Door;
  readonly effects: readonly DoorEffect[];
}

const stay = (door: Door): Reduced => ({ door, effects: [] });
const move = (door: Door, phase: Phase, ...effects: DoorEffect[]): Reduced => ({ door: { ...door, phase }, effects });

const STOP_SHOWING: DoorEffect = { kind: 'stop-timer', timer: 'showing-over' };
const REST: DoorEffect = { kind: 'rest' };

/** What the door does next. Pure: the same door and event give the same answer, and time is only an event. */
export function reduce(door: Door, event: DoorEvent): Reduced {
  switch (event.kind) {
    case 'part':
      return heardFrom(door, event.part, event.up);
    case 'scanned':
      return scanned(door, event);
    case 'authenticated':
      if (door.phase.kind !== 'checking' || door.phase.scan !== event.scan) return stay(door);
      return { door, effects: [{ kind: 'judge', scan: event.scan, outcome: event.outcome }] };
    case 'judged':
      if (door.phase.kind !== 'checking' || door.phase.scan !== event.scan) return stay(door);
      return show(door, {
        scan: event.scan,
        seq: event.seq,
        verdict: event.decision.verdict,
        reason: event.decision.reason,
        rule: event.decision.rule,
        advice: event.decision.advice,
        isUnrecorded: false,
        stickerFor: event.stickerFor,
      });
    case 'staff-button':
      return staffPressed(door, event);
    case 'people-left':
      return { door, effects: [{ kind: 'count-out', count: event.count }] };
    case 'staff-recorded':
    case 'staff-unrecorded':
      return staffEnded(door, event);
    case 'timer-fired':
      return showingOver(door);
    default:
      return unreachable(event);
  }
}

function heardFrom(door: Door, part: VitalPart, up: boolean): Reduced {
  const unheard = door.unheard.filter((other) => other !== part);
  const others = door.down.filter((other) => other !== part);
  const next: Door = { ...door, unheard, down: up ? others : [...others, part] };
  if (next.down.length > 0) {
    // Whoever was just admitted keeps the open door although the reader is gone; without lines there is no door.
    const mayFinish = door.phase.kind === 'showing' && !next.down.includes('signal');
    if (mayFinish || door.phase.kind === 'out-of-service') return stay(next);
    return move(next, { kind: 'out-of-service' }, STOP_SHOWING, REST);
  }
  const waits = door.phase.kind === 'starting' || door.phase.kind === 'out-of-service';
  return waits && unheard.length === 0 ? move(next, { kind: 'ready' }) : stay(next);
}

function showingOver(door: Door): Reduced {
  if (door.phase.kind !== 'showing') return stay(door);
  return move(door, door.down.length > 0 ? { kind: 'out-of-service' } : { kind: 'ready' }, REST);
}

function scanned(door: Door, event: Extract<DoorEvent, { kind: 'scanned' }>): Reduced {
  const { scan, presentation } = event;
  switch (door.phase.kind) {
    case 'ready':
    case 'checking':
      return move(door, { kind: 'checking', scan }, { kind: 'authenticate', scan, presentation });
    case 'showing':
      // The next person need not wait for the lamp; the old signal runs on until the new one replaces it.
      return move(door, { kind: 'checking', scan }, STOP_SHOWING, { kind: 'authenticate', scan, presentation });
    case 'starting':
    case 'out-of-service':
      return stay(door);
    default:
      return unreachable(door.phase);
  }
}

function show(door: Door, shown: Shown): Reduced {
  return move(
    door,
    { kind: 'showing', shown },
    { kind: 'signal', verdict: shown.verdict, seq: shown.seq },
    { kind: 'start-timer', timer: 'showing-over', afterMs: SHOWING_MS[shown.verdict] },
  );
}

function staffPressed(door: Door, event: Extract<DoorEvent, { kind: 'staff-button' }>): Reduced {
  const { button, scan, because = 'not-said' } = event;
  const inView = door.phase.kind === 'showing' ? door.phase.shown.scan : null;
  // The next person came up between the look and the press: nobody may be let in on somebody else's assist.
  if (scan !== null && scan !== inView) return { door, effects: [{ kind: 'staff-missed', button }] };
  if (door.phase.kind !== 'showing') return stay(door);
  const { shown } = door.phase;
  if (shown.seq === null) return stay(door);
  if (button === 'sticker') {
    if (shown.verdict !== 'admit' || shown.stickerFor === null) return stay(door);
    const once: Shown = { ...shown, stickerFor: null };
    return move(door, { kind: 'showing', shown: once }, { kind: 'sticker', pass: shown.stickerFor, of: shown.seq });
  }
  if (shown.verdict !== 'assist') return stay(door);
  const choice = button === 'admit' ? 'admitted' : 'refused';
  return { door, effects: [{ kind: 'record-staff', of: shown.seq, choice, because }] };
}

function staffEnded(door: Door, event: Extract<DoorEvent, { kind: 'staff-recorded' | 'staff-unrecorded' }>): Reduced {
  if (door.phase.kind !== 'showing' || door.phase.shown.seq !== event.of) return stay(door);
  const { shown } = door.phase;
  if (event.kind === 'staff-unrecorded') {
    return show(door, { ...shown, verdict: 'assist', isUnrecorded: true });
  }
  const verdict = event.choice === 'admitted' ? 'admit' : 'refuse';
  return show(door, { ...shown, seq: event.seq, verdict, isUnrecorded: false });
}
