import { DAY_MS, parseInstant } from '../base/time.ts';
import type { DoorCondition, PublicState } from '../door/public-state.ts';
import type { ReasonCode, VerdictName } from '../policy/reasons.ts';
import { inOrder, type Locale, type Phrase, type Spoken } from './locale.ts';
import {
  ageMark,
  BY_STAFF,
  CLOCK_MARK,
  CONDITION_LINES,
  CONDITION_TITLES,
  CONFIRMED,
  PART_TROUBLE,
  PARTS,
  SILENT,
  TROUBLE_ELSEWHERE,
  VERDICT_TITLES,
} from './phrases.ts';
import { REASON_LINES } from './reason-phrases.ts';
import { STAFF_LINES } from './staff-phrases.ts';

/** Told apart by outline alone, for whoever sees no colour. */
export type Shape = 'hold-up' | 'turning-ring' | 'tick-circle' | 'person-bell' | 'cross-octagon' | 'warning-triangle';
export type Tone = 'calm' | 'busy' | 'admit' | 'assist' | 'refuse' | 'broken';

/** A small mark in the corner: it changes no verdict, it says what the verdict rests on. */
export interface Mark {
  readonly kind: 'data-age' | 'clock-unsure';
  readonly urgent: boolean;
  readonly text: readonly Spoken[];
}

/** What the visitor's page shows. Of each text the first two languages are big, the others small. */
export interface View {
  readonly condition: Exclude<DoorCondition, 'showing'> | VerdictName;
  readonly shape: Shape;
  readonly tone: Tone;
  readonly title: readonly Spoken[];
  readonly line: readonly Spoken[];
  /** For the staff, smaller; empty where they have nothing to do. */
  readonly staff: readonly Spoken[];
  readonly marks: readonly Mark[];
}

type Look = Pick<View, 'shape' | 'tone'>;

const LOOKS: Readonly<Record<View['condition'], Look>> = {
  starting: { shape: 'turning-ring', tone: 'busy' },
  ready: { shape: 'hold-up', tone: 'calm' },
  checking: { shape: 'turning-ring', tone: 'busy' },
  admit: { shape: 'tick-circle', tone: 'admit' },
  assist: { shape: 'person-bell', tone: 'assist' },
  refuse: { shape: 'cross-octagon', tone: 'refuse' },
  'out-of-service': { shape: 'warning-triangle', tone: 'broken' },
};

/** Reasons with which the kiosk itself may admit; with any other one a person did. */
const ADMITTED_BY_KIOSK: ReadonlySet<ReasonCode> = new Set(['ok', 'trust-stale', 'clock-unsure']);

function verdictLine(verdict: VerdictName, reason: ReasonCode): Phrase {
  if (verdict === 'admit') return ADMITTED_BY_KIOSK.has(reason) ? CONFIRMED : BY_STAFF.admit;
  return verdict === 'refuse' && reason === 'ok' ? BY_STAFF.refuse : REASON_LINES[reason];
}

/** Which part keeps the door out of service; the printer and the voice never do. */
function trouble(devices: PublicState['devices']): Phrase {
  for (const part of ['scanner', 'signal'] as const) {
    const condition = devices[part].state;
    if (condition === 'ready') continue;
    const name = PARTS[part];
    const what = PART_TROUBLE[condition];
    const english = `${name.en} ${what.en}`;
    return {
      ko: `${name.ko} ${what.ko}`,
      en: english.charAt(0).toUpperCase() + english.slice(1),
      ja: `${name.ja}${what.ja}`,
      zh: `${name.zh}${what.zh}`,
    };
  }
  return TROUBLE_ELSEWHERE;
}

function marksOf(state: PublicState, nowMs: number, locale: Locale): readonly Mark[] {
  if (!state.clock.trusted) return [{ kind: 'clock-unsure', urgent: true, text: inOrder(CLOCK_MARK, locale) }];
  const issued = state.trust.issuedAt === null ? null : parseInstant(state.trust.issuedAt);
  const stale = state.trust.staleAfter === null ? null : parseInstant(state.trust.staleAfter);
  if (issued === null || !issued.ok) return [];
  const days = Math.max(0, Math.floor((nowMs - issued.value) / DAY_MS));
  const urgent = stale?.ok === true && nowMs >= stale.value;
  return days === 0 && !urgent ? [] : [{ kind: 'data-age', urgent, text: inOrder(ageMark(days), locale) }];
}

/**
 * What the visitor's page shows for a state.
 * @param nowMs the wall clock of the page in milliseconds since the epoch, for the age of the trust list alone
 */
export function view(state: PublicState, nowMs: number, locale: Locale): View {
  const { door } = state;
  const marks = marksOf(state, nowMs, locale);
  if (door.state === 'showing' && door.verdict !== null && door.reason !== null) {
    return {
      condition: door.verdict,
      ...LOOKS[door.verdict],
      title: inOrder(VERDICT_TITLES[door.verdict], locale),
      line: inOrder(verdictLine(door.verdict, door.reason), locale),
      staff: door.verdict === 'admit' ? [] : spokenOrNone(STAFF_LINES[door.reason], locale),
      marks,
    };
  }
  // "Showing" without a verdict cannot be drawn: nothing that looks like an answer may come of it.
  const condition = door.state === 'showing' ? 'checking' : door.state;
  return {
    condition,
    ...LOOKS[condition],
    title: inOrder(CONDITION_TITLES[condition], locale),
    line: inOrder(CONDITION_LINES[condition], locale),
    staff: condition === 'out-of-service' ? inOrder(trouble(state.devices), locale) : [],
    marks,
  };
}

/** What the page shows while it hears nothing from the kiosk: at first that it waits, then that nobody answers. */
export function silentView(isLong: boolean, locale: Locale): View {
  const condition = isLong ? 'out-of-service' : 'starting';
  return {
    condition,
    ...LOOKS[condition],
    title: inOrder(CONDITION_TITLES[condition], locale),
    line: inOrder(CONDITION_LINES[condition], locale),
    staff: isLong ? inOrder(SILENT, locale) : [],
    marks: [],
  };
}

function spokenOrNone(phrase: Phrase, locale: Locale): readonly Spoken[] {
  return inOrder(phrase, locale).filter((spoken) => spoken.text !== '');
}
