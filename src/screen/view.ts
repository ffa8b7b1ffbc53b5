import { DAY_MS, parseInstant } from '../base/time.ts';
import type { DoorCondition, PublicState } from '../door/public-state.ts';
import { REASONS, type ReasonCode, type VerdictName } from '../policy/reasons.ts';
import { inOrder, type Locale, type Phrase, type Spoken } from './locale.ts';
import {
  ageMark,
  CHECKED_BY_STAFF,
  CLOCK_MARK,
  CONDITION_LINES,
  CONDITION_TITLES,
  CONTINUED_MARK,
  DISK_MARK,
  FORGOTTEN_MARK,
  insideMark,
  LATE_CLOCK_MARK,
  NEXT_CODE,
  NOT_NOW,
  PART_TROUBLE,
  PARTS,
  PRINTER_MARK,
  REGISTER_SHUT_MARK,
  registerKeyMark,
  registerMark,
  SILENT,
  TROUBLE_ELSEWHERE,
  VERDICT_TITLES,
} from './phrases.ts';
import { REASON_LINES } from './reason-phrases.ts';
import { RULE_WORDS } from './rule-phrases.ts';
import { STAFF_LINES } from './staff-phrases.ts';

/** Told apart by outline alone, for whoever sees no colour. */
export type Shape = 'hold-up' | 'turning-ring' | 'tick-circle' | 'person-bell' | 'cross-octagon' | 'warning-triangle';
export type Tone = 'calm' | 'busy' | 'admit' | 'assist' | 'refuse' | 'broken';

/** A small mark in the corner: it changes no verdict, it says what somebody should look after. */
export interface Mark {
  readonly kind:
    | 'data-age'
    | 'clock-unsure'
    | 'clock-late'
    | 'damage'
    | 'forgotten'
    | 'disk'
    | 'printer'
    | 'inside'
    | 'register'
    | 'register-key';
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
  /** For the staff, smaller; empty where they have nothing to do, and in one language alone where it is long. */
  readonly staff: readonly Spoken[];
  readonly marks: readonly Mark[];
}

/** So long the mark stays: as long as what was damaged is kept whole. */
export const DAMAGE_MARK_DAYS = 28;

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

interface Answer {
  readonly shape: Shape;
  readonly title: Phrase;
  readonly line: Phrase;
  readonly staff: Phrase | null;
}

function answerOf({ rule, advice }: PublicState['door'], verdict: VerdictName, reason: ReasonCode): Answer {
  const { shape } = LOOKS[verdict];
  const title = VERDICT_TITLES[verdict];
  const ruled = rule !== null && Object.hasOwn(RULE_WORDS, rule) ? RULE_WORDS[rule] : undefined;
  const line = ruled?.line ?? REASON_LINES[reason];
  if (verdict === 'admit') {
    // With a reason that lets nobody in by itself, a person did.
    const isByKiosk = REASONS[reason].choices.includes('admit');
    return { shape, title, line: isByKiosk ? REASON_LINES.ok : CHECKED_BY_STAFF, staff: null };
  }
  if (verdict === 'refuse' && REASONS[reason].verdict !== 'refuse') {
    // The staff or the policy said no where the kiosk would have asked: the code may be good, and nobody looks again.
    return { shape, title: NOT_NOW, line, staff: null };
  }
  // The rule knows better than the reason what to look at.
  const staff = advice ?? ruled?.staff ?? (reason === 'ok' ? null : STAFF_LINES[reason]);
  // Until the last code of several was read the visitor goes on by themselves.
  return reason === 'incomplete' ? { shape: 'hold-up', title: NEXT_CODE, line, staff } : { shape, title, line, staff };
}

/** In widths of a Latin letter: what is longer leaves no room for a second language. */
const LONG_STAFF_LINE = 130;
const WIDE_LETTER = /[\u1100-\uffdc]/g;

/** A rule may have much to say; staff then read it in the first language of the door. */
function staffLine(phrase: Phrase, locale: Locale): readonly Spoken[] {
  const spoken = inOrder(phrase, locale);
  const isLong = spoken
    .slice(0, 2)
    .some(({ text }) => text.length + (text.match(WIDE_LETTER)?.length ?? 0) > LONG_STAFF_LINE);
  return isLong ? spoken.slice(0, 1) : spoken;
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
  // An unsure clock claims no age; a late one is the more telling of the two.
  const age = state.clock.trusted ? ageOf(state.trust, nowMs, locale) : null;
  const clock = clockMark(state.clock, locale);
  const condition = state.devices.printer.state;
  const isPrinterWell = condition === 'ready' || condition === 'absent';
  const printer = isPrinterWell
    ? null
    : ({ kind: 'printer', urgent: true, text: inOrder(PRINTER_MARK, locale) } as const);
  const disk = state.journal.low ? ({ kind: 'disk', urgent: true, text: inOrder(DISK_MARK, locale) } as const) : null;
  const damage = damageMark(state.journal.continued, nowMs, locale);
  const forgotten = forgottenMark(state.journal.forgotten, nowMs, locale);
  const { occupancy } = state;
  const inside: Mark | null =
    occupancy === null
      ? null
      : {
          kind: 'inside',
          urgent: occupancy.inside >= occupancy.limit,
          text: inOrder(insideMark(occupancy.inside, occupancy.limit), locale),
        };
  return [damage, forgotten, disk, printer, clock, age, inside, ...registerMarks(state, locale)].filter(
    (mark) => mark !== null,
  );
}

/**
 * Whoever registers can compare the key with the one that the authority has published. An answer needs the room for
 * itself, and nobody registers while it is shown.
 */
function registerMarks({ door, register }: PublicState, locale: Locale): readonly Mark[] {
  if (register === null || door.state === 'showing') return [];
  const { authority, fingerprint } = register;
  if (authority === null || fingerprint === null) {
    return [{ kind: 'register', urgent: true, text: inOrder(REGISTER_SHUT_MARK, locale) }];
  }
  return [
    { kind: 'register', urgent: false, text: inOrder(registerMark(authority), locale) },
    { kind: 'register-key', urgent: false, text: inOrder(registerKeyMark(fingerprint), locale).slice(0, 1) },
  ];
}

/** Staff decide about passes that may have been used: they should know why so many ask for them. */
function forgottenMark(until: string | null, nowMs: number, locale: Locale): Mark | null {
  const at = until === null ? null : parseInstant(until);
  const isSo = at?.ok === true && nowMs < at.value;
  return isSo ? { kind: 'forgotten', urgent: true, text: inOrder(FORGOTTEN_MARK, locale) } : null;
}

/** A disk that has damaged one log is not to be trusted with the next: somebody must change it. */
function damageMark(continued: string | null, nowMs: number, locale: Locale): Mark | null {
  const at = continued === null ? null : parseInstant(continued);
  const isRecent = at?.ok === true && Math.abs(nowMs - at.value) < DAMAGE_MARK_DAYS * DAY_MS;
  return isRecent ? { kind: 'damage', urgent: true, text: inOrder(CONTINUED_MARK, locale) } : null;
}

function clockMark({ trusted, late }: PublicState['clock'], locale: Locale): Mark | null {
  if (late) return { kind: 'clock-late', urgent: true, text: inOrder(LATE_CLOCK_MARK, locale) };
  return trusted ? null : { kind: 'clock-unsure', urgent: true, text: inOrder(CLOCK_MARK, locale) };
}

/** The age of the trust list, once it is a day or stale; loose keys have none. */
function ageOf(trust: PublicState['trust'], nowMs: number, locale: Locale): Mark | null {
  const issued = trust.issuedAt === null ? null : parseInstant(trust.issuedAt);
  const stale = trust.staleAfter === null ? null : parseInstant(trust.staleAfter);
  if (issued === null || !issued.ok) return null;
  const days = Math.max(0, Math.floor((nowMs - issued.value) / DAY_MS));
  const urgent = stale?.ok === true && nowMs >= stale.value;
  return days === 0 && !urgent ? null : { kind: 'data-age', urgent, text: inOrder(ageMark(days), locale) };
}

/**
 * What the visitor's page shows for a state.
 * @param nowMs the wall clock of the page in milliseconds since the epoch, for the age of the trust list alone
 */
export function view(state: PublicState, nowMs: number, locale: Locale): View {
  const { door } = state;
  const marks = marksOf(state, nowMs, locale);
  if (door.state === 'showing' && door.verdict !== null && door.reason !== null) {
    const { shape, title, line, staff } = answerOf(door, door.verdict, door.reason);
    return {
      condition: door.verdict,
      shape,
      tone: LOOKS[door.verdict].tone,
      title: inOrder(title, locale),
      line: inOrder(line, locale),
      staff: staff === null ? [] : staffLine(staff, locale),
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
