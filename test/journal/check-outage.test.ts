import { describe, expect, it } from 'vitest';
import { shownOf } from '../../src/journal/outage-evidence.ts';
import { OutageTimeline } from '../../src/journal/outage-timeline.ts';
import { SEED, seededRandom } from '../support/seed.ts';
import { SCAN, WELL, WrittenLog } from '../support/written-log.ts';

const START = { type: 'start', lastEnd: 'power', version: '1' } as const;
const POWER = { cause: 'not-running', reason: 'power' } as const;
const SILENT = { cause: 'not-recording', reason: 'silent' } as const;
const of = <C extends string>(cause: C) => ({ cause, reason: null }) as const;
const health = (more: Partial<typeof WELL> = {}) => ({ type: 'health', ...WELL, ...more }) as const;

/** Signs of life, minute for minute, and somebody at the door half a minute after each. */
function quiet(log: WrittenLog, from: number, to: number, stamp: Parameters<WrittenLog['write']>[2] = {}): void {
  for (let minute = from; minute < to; minute += 1) {
    log.write(minute, health(), stamp);
    log.write(minute + 0.5, SCAN, stamp);
  }
}

describe('an owner who signs what the log does not say, with the key of the kiosk, is found out where', () => {
  it.each(['scanner', 'signal'] as const)('two short losses of the %s are called one of hours', (device) => {
    const log = new WrittenLog();
    quiet(log, 0, 5);
    const lost = log.write(5, { type: 'device-lost', device });
    const ready = log.write(7, { type: 'device-ready', device });
    quiet(log, 8, 90);
    const [lostAgain, readyAgain] = [log.write(90, health({ [device]: 'lost' })), log.write(91, health())];
    const before = log.write(91.5, SCAN);
    expect([log.faultOf(of(device), lost, ready), log.faultOf(of(device), lostAgain, readyAgain)]).toEqual([
      null,
      null,
    ]);
    expect(log.faultOf(of(device), lost, readyAgain)).toBe('contradicts-log');
    expect(log.faultOf(of(device), lost, lostAgain)).toBe('contradicts-log');
    expect(log.faultOf(of(device), lost, before)).toBe('contradicts-log');
    expect(log.faultOf(of(device), lost, null)).toBe('contradicts-log');
    expect(log.faultOf(of(device), ready, readyAgain)).toBe('contradicts-log');
  });

  it('a loss that ended is said to have lasted until the power was cut', () => {
    const log = new WrittenLog();
    const lost = log.write(0, { type: 'device-lost', device: 'scanner' });
    log.write(1, { type: 'device-ready', device: 'scanner' });
    const last = log.write(2, { type: 'owner-entered' });
    log.write(30, START, { boot: 'two' });
    expect(log.faultOf(of('scanner'), lost, last)).toBe('contradicts-log');
  });

  it('a loss before a restart is said to have lasted until after it, or the other way round', () => {
    const log = new WrittenLog();
    const lost = log.write(0, { type: 'device-lost', device: 'scanner' });
    const last = log.write(1, { type: 'owner-entered' });
    const start = log.write(30, START, { boot: 'two' });
    const ready = log.write(30.1, { type: 'device-ready', device: 'scanner' }, { boot: 'two' });
    expect([log.faultOf(of('scanner'), lost, last), log.faultOf(of('scanner'), start, ready)]).toEqual([null, null]);
    expect(log.faultOf(of('scanner'), lost, ready)).toBe('contradicts-log');
    expect(log.faultOf(of('scanner'), lost, start)).toBe('contradicts-log');
  });

  it('a scanner is said to be gone that only waits for the next sign of life', () => {
    const log = new WrittenLog();
    const lost = log.write(0, { type: 'device-lost', device: 'scanner' });
    log.write(0.1, SCAN);
    for (let minute = 1; minute < 30; minute += 0.5) log.write(minute, SCAN);
    const ready = log.write(30, { type: 'device-ready', device: 'scanner' });
    expect(log.faultOf(of('scanner'), lost, ready)).toBe('contradicts-log');
  });

  it.each(['stale', 'expired'] as const)('a list was %s twice for minutes', (trust) => {
    const cause = `trust-${trust}` as const;
    const log = new WrittenLog();
    const [from, to] = [log.write(0, health({ trust })), log.write(1, health())];
    quiet(log, 2, 60);
    const [again, over] = [log.write(60, health({ trust })), log.write(61, health())];
    expect([log.faultOf(of(cause), from, to), log.faultOf(of(cause), again, over)]).toEqual([null, null]);
    expect(log.faultOf(of(cause), from, over)).toBe('contradicts-log');
    expect(log.faultOf(of(cause), from, again)).toBe('contradicts-log');
    expect(log.faultOf(of(cause), from, null)).toBe('contradicts-log');
  });

  it('a clock was unsure twice for minutes', () => {
    const log = new WrittenLog();
    const from = log.write(0, health(), { clock: 'unsure' });
    const to = log.write(1, health());
    quiet(log, 2, 60);
    const again = log.write(60, health(), { clock: 'unsure' });
    const over = log.write(61, health());
    const clock = of('clock-unsure');
    expect([log.faultOf(clock, from, to), log.faultOf(clock, again, over)]).toEqual([null, null]);
    expect(log.faultOf(clock, from, over)).toBe('contradicts-log');
    expect(log.faultOf(clock, from, again)).toBe('contradicts-log');
    expect(log.faultOf(clock, from, null)).toBe('contradicts-log');
  });

  it('a clock that was set by hand is said to be so until an entry that vouches for nothing', () => {
    const log = new WrittenLog();
    const set = log.write(0, { type: 'clock-set', toMs: 1, byMs: 1 }, { clock: 'unsure' });
    const between = log.write(1, health(), { clock: 'unsure' });
    const lost = log.write(2, { type: 'clock-trust', trusted: false }, { clock: 'unsure' });
    const vouched = log.write(3, { type: 'clock-trust', trusted: true });
    expect([set, between, lost].map((to) => log.faultOf(of('clock-hand-set'), set, to))).toEqual(
      Array(3).fill('contradicts-log'),
    );
    expect(log.faultOf(of('clock-hand-set'), between, vouched)).toBe('contradicts-log');
    expect(log.faultOf(of('clock-hand-set'), set, vouched)).toBeNull();
  });

  it('a kiosk that ran is said to have been off since any earlier entry', () => {
    const log = new WrittenLog();
    const first = log.write(0, START);
    quiet(log, 1, 30);
    const last = log.entries.length - 1;
    const start = log.write(60, START, { boot: 'two' });
    quiet(log, 61, 70, { boot: 'two' });
    const again = log.write(80, START, { boot: 'three' });
    expect(log.faultOf(POWER, last, start)).toBeNull();
    for (const earlier of [first, last - 1]) expect(log.faultOf(POWER, earlier, start)).toBe('contradicts-log');
    expect(log.faultOf(POWER, last, again)).toBe('contradicts-log');
    expect(log.faultOf(POWER, last, null)).toBe('contradicts-log');
    // As if the log ended there: nothing says that the kiosk did not run on.
    expect(log.faultOf(POWER, last, null, last + 1)).toBe('contradicts-log');
  });

  it('a kiosk that was switched off or killed is said to have been without power', () => {
    const log = new WrittenLog();
    const killed = log.write(0, health());
    const start = log.write(5, { ...START, lastEnd: 'killed' });
    const stop = log.write(10, { type: 'stop' });
    const startAgain = log.write(20, { ...START, lastEnd: 'stopped' }, { boot: 'two' });
    expect(log.faultOf({ ...POWER, reason: 'killed' }, killed, start)).toBeNull();
    expect(log.faultOf({ ...POWER, reason: 'stopped' }, stop, startAgain)).toBeNull();
    expect(log.faultOf({ ...POWER, reason: 'stopped' }, stop, null, startAgain)).toBeNull();
    for (const reason of ['power', 'unknown', 'silent', null] as const) {
      expect(log.faultOf({ ...POWER, reason }, killed, start)).toBe('contradicts-log');
      expect(log.faultOf({ ...POWER, reason }, stop, startAgain)).toBe('contradicts-log');
    }
  });

  it('commands on a dead kiosk hide that it ran between them', () => {
    const log = new WrittenLog();
    const last = log.write(0, health());
    const command = (minute: number) => log.write(minute, { type: 'log-exported', from: 0 }, { writer: 'command' });
    for (let minute = 10; minute < 30; minute += 1) command(minute);
    const lies = { ...POWER, reason: 'killed' } as const;
    expect(log.faultOf(lies, last, null)).toBeNull();
    const start = log.write(30, { ...START, lastEnd: 'killed' });
    expect(log.faultOf(lies, last, start)).toBeNull();
    expect(log.faultOf(lies, last + 5, start)).toBe('contradicts-log');
    quiet(log, 31, 40);
    command(50);
    const again = log.write(60, { ...START, lastEnd: 'killed' });
    expect(log.faultOf(lies, last, again)).toBe('contradicts-log');
  });

  it('a kiosk is said to have been silent between any two entries, or while it was off', () => {
    const log = new WrittenLog();
    quiet(log, 0, 5);
    const before = log.entries.length - 1;
    const after = log.write(20, health());
    const stop = log.write(20.5, { type: 'stop' });
    const start = log.write(40, START);
    const alive = log.write(40.1, health());
    expect(log.faultOf(SILENT, before, after)).toBeNull();
    for (const [from, to] of [
      [0, after],
      [before - 1, after],
      [before, alive],
      [stop, start],
      [stop, alive],
      [0, 1],
    ] as const) {
      expect([from, to, log.faultOf(SILENT, from, to)]).toEqual([from, to, 'contradicts-log']);
    }
    expect(log.faultOf(SILENT, before, null)).toBe('contradicts-log');
  });

  it('a disk is said to have refused for longer, more, or at all', () => {
    const log = new WrittenLog();
    quiet(log, 0, 5);
    const before = log.entries.length - 1;
    log.write(20, SCAN);
    const told = log.write(20.1, { type: 'unrecorded', count: 3, fault: 'SQLITE_FULL' });
    const disk = { cause: 'not-recording', reason: 'disk', unrecorded: 3 } as const;
    expect(log.faultOf(disk, before, told)).toBeNull();
    for (const more of [{ unrecorded: 4 }, { unrecorded: 0 }, { reason: 'silent' }, { reason: null }] as const) {
      expect(log.faultOf({ ...disk, ...more }, before, told)).toBe('contradicts-log');
    }
    expect(log.faultOf(disk, before - 1, told)).toBe('contradicts-log');
    expect(log.faultOf({ ...disk, unrecorded: 0 }, before, before + 1)).toBe('contradicts-log');
    expect(log.faultOf({ ...of('scanner'), unrecorded: 3 }, before, told)).toBe('contradicts-log');
  });

  it('a log that began anew is said to have been damaged for hours', () => {
    const log = new WrittenLog();
    const lost = { origin: null, size: null, root: null, uses: 0, stickers: 0, whole: true };
    const begun = log.write(0, { type: 'log-continued', why: 'w', file: 'f', ...lost });
    const next = log.write(0.1, health());
    quiet(log, 1, 5);
    expect(log.faultOf(of('log-damaged'), begun, next)).toBeNull();
    expect(log.faultOf(of('log-damaged'), begun, next, next + 1)).toBeNull();
    expect(log.faultOf(of('log-damaged'), begun, null, 1)).toBeNull();
    expect(log.faultOf(of('log-damaged'), begun, next + 3)).toBe('contradicts-log');
    expect(log.faultOf(of('log-damaged'), begun, null)).toBe('contradicts-log');
    expect(log.faultOf(of('log-damaged'), next, next + 1)).toBe('contradicts-log');
  });
});

/** A day of a kiosk to which everything happens at random: what it writes, and commands while it does not run. */
function anyDay(random: () => number): WrittenLog {
  const log = new WrittenLog();
  const is = (share: number): boolean => random() < share;
  const any = <T>(...all: readonly [T, ...T[]]): T => all[Math.floor(random() * all.length)] ?? all[0];
  let minute = 0;
  let boots = 0;
  let runs = false;
  let [isTrusted, isStopped] = [true, false];
  let toldAt = 0;
  let well = { ...WELL };
  const write = (note: Parameters<WrittenLog['write']>[1], writer?: 'command') => {
    minute += is(0.5) ? 0.01 : 0;
    const clock = isTrusted ? 'trusted' : 'unsure';
    log.write(minute, note, { boot: `boot-${boots}`, clock, ...(writer === undefined ? {} : { writer }) });
  };
  if (is(0.3)) {
    const lost = { origin: null, size: null, root: null, uses: 0, stickers: 0, whole: true };
    write({ type: 'log-continued', why: 'w', file: 'f', ...lost }, is(0.5) ? 'command' : undefined);
  }
  while (log.entries.length < 150) {
    minute += random() * 1.5;
    if (!runs) {
      if (is(0.3)) boots += 1;
      if (is(0.3)) write({ type: 'clock-set', toMs: 1, byMs: 1 }, 'command');
      if (is(0.5)) write({ type: 'owner-pin-set' }, 'command');
      if (is(0.5)) minute += random() * 20;
      if (is(0.4)) continue;
      const lastEnd = isStopped ? 'stopped' : any('power', 'killed', 'unknown');
      write({ type: 'start', lastEnd, version: '1' });
      [runs, isStopped, well] = [true, false, { ...WELL, scanner: 'lost', signal: 'lost' }];
      toldAt = minute;
    } else if (minute - toldAt >= 1 || is(0.5)) {
      toldAt = minute;
      if (is(0.05)) well = { ...well, trust: any('current', 'stale', 'expired') };
      write({ type: 'health', ...well });
      if (well.scanner === 'ready' && well.signal === 'ready' && is(0.5)) write(SCAN);
    } else if (is(0.6)) {
      const device = any('scanner', 'signal');
      const isOut = is(0.3);
      well = { ...well, [device]: isOut ? 'lost' : 'ready' };
      write({ type: isOut ? 'device-lost' : 'device-ready', device });
    } else if (is(0.2)) {
      isTrusted = !isTrusted;
      if (is(0.5)) write({ type: 'clock-trust', trusted: isTrusted });
    } else if (is(0.1)) {
      write({ type: 'clock-set', toMs: 1, byMs: 1 });
    } else if (is(0.25)) {
      minute += random() * 10;
    } else if (is(0.3)) {
      minute += random() * 10;
      for (let burst = is(0.5) ? 3 : 0; burst > 0; burst -= 1) write({ type: 'owner-entered' });
      write({ type: 'unrecorded', count: 3, fault: 'SQLITE_FULL' });
    } else if (is(0.35)) {
      isStopped = is(0.5);
      if (isStopped) write({ type: 'stop' });
      runs = false;
    }
  }
  return log;
}

const CAUSES = [
  ...['clock-hand-set', 'clock-unsure', 'log-damaged'],
  ...['disk', 'silent'].map((reason) => `not-recording ${reason}`),
  ...['killed', 'power', 'stopped'].map((reason) => `not-running ${reason}`),
  ...['scanner', 'signal', 'trust-expired', 'trust-stale'],
];

describe('an owner who signs what the log says is believed', () => {
  it(`whatever happened on a day, with the entries alone that must be shown (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const causes = new Set<string>();
    for (let day = 0; day < 12 || (causes.size < CAUSES.length && day < 200); day += 1) {
      const log = anyDay(random);
      const timeline = new OutageTimeline();
      for (const entry of log.entries) timeline.entry(entry);
      const size = log.entries.length;
      for (const { cause, reason, from, to, unrecorded } of timeline.since(0)) {
        const entries = (first: number, end: number) => log.entries.slice(first, end);
        const shown = shownOf(cause, from.entry, to?.entry ?? null, size, entries);
        const [begin, end] = [from.entry.seq, to?.entry.seq ?? null];
        const fault = log.faultOf({ cause, reason, unrecorded }, begin, end, size, shown);
        expect([day, cause, reason, begin, end, fault]).toEqual([day, cause, reason, begin, end, null]);
        causes.add(`${cause} ${reason ?? ''}`.trim());
      }
    }
    expect([...causes].sort()).toEqual(CAUSES);
  });
});
