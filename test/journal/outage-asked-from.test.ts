import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/base/time.ts';
import { checkOutage } from '../../src/journal/check-outage.ts';
import { dayRecord } from '../../src/journal/day-record.ts';
import type { Entry, Note } from '../../src/journal/entry.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import type { OutageCertificate } from '../../src/journal/outage.ts';
import { readOutage, signOutage } from '../../src/journal/outage-file.ts';
import { OutageTimeline } from '../../src/journal/outage-timeline.ts';
import { at, BadDay } from '../support/bad-day.ts';

const told = ({ intervals }: OutageCertificate): readonly string[] =>
  intervals.map(({ cause, reason, from, to, unrecorded }) =>
    [cause, reason ?? '', from.seq, from.at, to?.seq ?? '…', to?.at ?? '', unrecorded].join(' '),
  );

/** More than the hour around a stretch in which decisions are counted. */
const END = at('16:00');
const COMES_BACK: readonly (readonly [string, string, (day: BadDay) => void | Promise<void>])[] = [
  ['a power cut', 'not-running power', (day) => day.powerCutUntil(END)],
  ['a killed process', 'not-running killed', (day) => day.killedUntil(END)],
  ['a kiosk that was switched off', 'not-running stopped', (day) => day.switchedOffUntil(END)],
  ['a process that hung', 'not-recording silent', (day) => day.hangFor(END - day.wallMs)],
  [
    'a full disk',
    'not-recording disk',
    (day) => {
      day.fillDisk(true);
      day.visitorsUntil(END);
      day.fillDisk(false);
    },
  ],
  [
    'an unplugged scanner',
    'scanner ',
    (day) => {
      day.scanner.unplug();
      day.wait(END - day.wallMs);
      day.scanner.plug();
    },
  ],
  [
    'an unsure clock',
    'clock-unsure ',
    (day) => {
      day.distrustClock();
      day.wait(END - day.wallMs);
      day.trustClock();
    },
  ],
  [
    'a clock that was set by hand',
    'clock-hand-set ',
    (day) => {
      day.setClockByHand(1_000);
      day.distrustClock();
      day.wait(END - day.wallMs);
      day.trustClock();
    },
  ],
];

const isBelieved = (certificate: OutageCertificate, day: BadDay): boolean => {
  const signed = readOutage(signOutage(certificate, day.key));
  return signed.ok && checkOutage(sha256, verifyEd25519, signed.value, [day.key.verifier]).ok;
};

describe('a certificate says the same whichever minute it is asked from, though the log was signed just before', () => {
  it.each(COMES_BACK)('%s', async (_, cause, happens) => {
    const day = await BadDay.begin(at('12:00'), at('20:00'));
    day.wait(at('13:00:30') - day.wallMs);
    day.sign();
    await happens(day);
    day.wait(40 * MINUTE_MS);
    const whole = day.certificate(at('12:00'), at('17:00'));
    const stretches = told(whole).filter((line) => line.startsWith(cause));
    expect(stretches).toHaveLength(1);
    expect(isBelieved(whole, day)).toBe(true);
    for (let fromMs = at('12:50'); fromMs < END - MINUTE_MS; fromMs += MINUTE_MS) {
      const later = day.certificate(fromMs, at('17:00'));
      expect([fromMs, told(later)]).toEqual([fromMs, told(whole)]);
      expect(isBelieved(later, day)).toBe(true);
      if (fromMs < at('13:02') || !cause.startsWith('not-')) continue;
      const short = day.certificate(fromMs, fromMs + MINUTE_MS);
      expect([fromMs, told(short)]).toEqual([fromMs, stretches]);
      expect(isBelieved(short, day)).toBe(true);
    }
    for (let fromMs = at('16:02'); fromMs < at('16:30'); fromMs += MINUTE_MS) {
      expect([fromMs, told(day.certificate(fromMs, at('17:00')))]).toEqual([fromMs, []]);
    }
  });

  it('a list that went stale and stays so', async () => {
    const day = await BadDay.begin(at('12:00'), at('13:00:30'));
    day.wait(4 * 60 * MINUTE_MS);
    const whole = told(day.certificate(at('12:00'), at('17:00')));
    expect(whole).toEqual([expect.stringMatching(/^trust-stale {2}\d+ 2021-12-13T04:00:[34]\S+ … /)]);
    for (let fromMs = at('12:50'); fromMs < at('16:00'); fromMs += MINUTE_MS) {
      const later = day.certificate(fromMs, at('17:00'));
      expect([fromMs, told(later)]).toEqual([fromMs, whole]);
      expect(isBelieved(later, day)).toBe(true);
    }
  });

  it('a power cut at any minute between two checkpoints', async () => {
    for (let minute = 0; minute < 6; minute += 1) {
      const day = await BadDay.begin(at('10:00'), at('20:00'));
      day.wait(minute * MINUTE_MS + 30_000 + 30 * MINUTE_MS);
      await day.powerCutUntil(at('13:00'));
      day.wait(5 * MINUTE_MS);
      const whole = told(day.certificate(at('10:00'), at('13:05')));
      expect(whole).toHaveLength(1);
      expect([minute, told(day.certificate(at('12:30'), at('13:05')))]).toEqual([minute, whole]);
    }
  });
});

describe('what is known of a time before the one that is asked about', () => {
  it('a slip counts the minutes of a silence that began on the day before', async () => {
    const day = await BadDay.begin(at('12:00'), at('20:00'));
    day.wait(at('13:00:30') - day.wallMs);
    day.sign();
    day.hangFor(END - day.wallMs);
    day.wait(5 * MINUTE_MS);
    const db = openJournalReader(day.stores.folder.journal);
    if (!db.ok) throw new Error(db.error);
    const { down, off } = dayRecord(db.value, 'Asia/Seoul', at('14:30'), at('17:00'));
    db.value.close();
    expect([down.minutes, off.minutes]).toEqual([90, 0]);
  });

  it('a kiosk that has run for months ran before the power was cut, though its start is read no more', () => {
    const timeline = new OutageTimeline();
    const health = {
      ...({ type: 'health', scanner: 'ready', signal: 'ready', printer: 'absent' } as const),
      ...({ trust: 'current', trustHours: null, freeMib: null, served: 0 } as const),
    };
    const notes: readonly (readonly [string, number, Note])[] = [
      ['one', 0, health],
      ['one', 1, health],
      ['two', 31, { type: 'start', lastEnd: 'power', version: '1' }],
    ];
    for (const [seq, [boot, minute, note]] of notes.entries()) {
      const ms = minute * MINUTE_MS;
      const entry: Entry = { v: 1, seq, boot, monoMs: ms, wallMs: at('12:00') + ms, clock: 'trusted', ...note };
      timeline.entry(entry);
    }
    expect(
      timeline.since(0).map(({ cause, reason, from, to }) => [cause, reason, from.entry.seq, to?.entry.seq]),
    ).toEqual([
      ['not-running', 'power', 1, 2],
      ['scanner', null, 2, undefined],
      ['signal', null, 2, undefined],
    ]);
  });
});
