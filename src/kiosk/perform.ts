import type { Clock } from '../base/time.ts';
import type { Signal } from '../devices/signal/signal.ts';
import type { DoorEffect } from '../door/effect.ts';
import type { Authenticated, DoorEvent, TimerName } from '../door/event.ts';
import { signalFor } from '../door/signals.ts';
import type { Presentation } from '../door/state.ts';
import type { Note } from '../journal/entry.ts';
import { type Journal, JournalFault } from '../journal/journal.ts';
import { authenticate } from '../pass/authenticate.ts';
import { NO_FINDING, type Pass } from '../pass/pass.ts';
import type { Trust } from '../pass/trust.ts';
import { type Decision, decide, decideRefusal, verdictFor } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import { reuseModeFor } from '../policy/presets.ts';
import { trustAgeAt } from '../policy/trust-age.ts';
import type { Settings } from '../settings/schema.ts';
import type { Attendance } from './attendance.ts';
import type { ClockWatch } from './clock-watch.ts';
import { subjectOf } from './subject.ts';
import type { NamedTimers } from './timers.ts';

/** What the performers work on. Functions where the thing itself can be swapped while the kiosk runs. */
export interface Surroundings {
  readonly clock: Clock;
  readonly timers: NamedTimers<TimerName>;
  readonly signal: Signal;
  readonly journal: Journal;
  readonly trust: () => Trust;
  readonly policy: () => Policy;
  readonly settings: () => Settings;
  readonly attendance: Attendance;
  readonly clockWatch: ClockWatch;
  /** Begins to make a sticker; the door does not wait for it. */
  readonly makeSticker: (pass: Pass, of: number) => void;
  readonly dispatch: (event: DoorEvent) => void;
  readonly journalFaulted: (fault: JournalFault) => void;
}

type Performers = {
  readonly [K in DoorEffect['kind']]: (effect: Extract<DoorEffect, { kind: K }>) => DoorEvent | null;
};

/**
 * One performer for each effect; the ones that answer do so in the same turn, so that nothing can come between a
 * verdict's commit and its signal.
 */
export function performers(around: Surroundings): (effect: DoorEffect) => DoorEvent | null {
  const note = (entry: Note): null => {
    try {
      around.journal.record(entry);
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      around.journalFaulted(thrown);
    }
    return null;
  };
  const table: Performers = {
    authenticate: ({ scan, presentation }) => ({
      kind: 'authenticated',
      scan,
      outcome: authenticatePresentation(presentation, around.trust(), around.clock),
    }),
    judge: ({ scan, outcome }) => ({ kind: 'judged', scan, ...judge(outcome, around) }),
    'record-staff': ({ of, choice, because }) => {
      try {
        const seq = around.journal.recordStaff(of, choice, because);
        if (choice === 'admitted') around.attendance.letIn(of);
        return { kind: 'staff-recorded', of, choice, seq };
      } catch (thrown) {
        if (!(thrown instanceof JournalFault)) throw thrown;
        around.journalFaulted(thrown);
        return { kind: 'staff-unrecorded', of };
      }
    },
    'staff-missed': ({ button }) => note({ type: 'staff-missed', button }),
    'count-out': ({ count }) => note({ type: 'counted-out', count }),
    signal: ({ verdict, seq }) => {
      around.signal.show(signalFor(verdict, around.settings()), seq);
      if (verdict === 'admit' && seq !== null) around.journal.shown(seq);
      return null;
    },
    rest: () => {
      around.signal.rest();
      return null;
    },
    sticker: ({ pass, of }) => {
      around.makeSticker(pass, of);
      return null;
    },
    'start-timer': ({ timer, afterMs }) => {
      around.timers.start(timer, afterMs, () => around.dispatch({ kind: 'timer-fired', timer }));
      return null;
    },
    'stop-timer': ({ timer }) => {
      around.timers.stop(timer);
      return null;
    },
  };
  const perform = <K extends DoorEffect['kind']>(effect: Extract<DoorEffect, { kind: K }>): DoorEvent | null =>
    (table[effect.kind as K] as (effect: Extract<DoorEffect, { kind: K }>) => DoorEvent | null)(effect);
  return perform;
}

function authenticatePresentation(presentation: Presentation, trust: Trust, clock: Clock): Authenticated {
  if (presentation.kind === 'code') return authenticate(presentation.presented, trust, clock.wall());
  const detail = 'the line from the scanner is longer than any pass';
  return { ok: false, error: { reason: 'too-long', detail, finding: NO_FINDING } };
}

function judge(
  outcome: Authenticated,
  around: Surroundings,
): { seq: number | null; decision: Decision; stickerFor: Pass | null } {
  const policy = around.policy();
  const settings = around.settings();
  const now = around.clock.wall();
  const { zone, venueKind } = settings;
  const circumstances = { now, zone, venueKind, trustAge: trustAgeAt(around.trust().list, now.atMs) };
  around.clockWatch.heard(outcome);
  const subject = subjectOf(outcome, policy, settings.zone, now.atMs);
  try {
    const { seq, decision } = around.journal.judge(subject, (history) =>
      outcome.ok
        ? decide(outcome.value, policy, around.attendance.historyOf(outcome.value, history), circumstances)
        : decideRefusal(outcome.error, policy),
    );
    if (outcome.ok) around.attendance.judged(outcome.value, seq, decision.verdict === 'admit');
    return { seq, decision, stickerFor: stickerCandidate(outcome, policy, settings) };
  } catch (thrown) {
    if (!(thrown instanceof JournalFault)) throw thrown;
    around.journalFaulted(thrown);
    const verdict = verdictFor('journal-fault', policy);
    const reason = 'journal-fault';
    const decision: Decision = { verdict, reason, rule: null, advice: null, validFromMs: null, validUntilMs: null };
    return { seq: null, decision, stickerFor: null };
  }
}

function stickerCandidate(outcome: Authenticated, policy: Policy, settings: Settings): Pass | null {
  if (!outcome.ok || settings.stickerOffer === 'off' || outcome.value.format === 'sticker') return null;
  const { kind, single } = outcome.value;
  // A pass that opens once has just done so: a sticker for it would never open anything.
  if (reuseModeFor(policy, kind, single) === 'single') return null;
  return policy.sticker.kinds.includes(kind) ? outcome.value : null;
}
