import { describe, expect, it } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../src/base/time.ts';
import { checkOutage } from '../../src/journal/check-outage.ts';
import { makeOutage } from '../../src/journal/make-outage.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import type { OutageCertificate } from '../../src/journal/outage.ts';
import { isBorneOut, shownOf } from '../../src/journal/outage-evidence.ts';
import { readOutage, signOutage } from '../../src/journal/outage-file.ts';
import { outageBody } from '../../src/journal/outage-page.ts';
import { newLogKey } from '../support/exported-log.ts';
import { open, read, time, useJournalFile } from '../support/journal-file.ts';
import { SCAN, WELL, WrittenLog } from '../support/written-log.ts';

useJournalFile();

const START = { type: 'start', lastEnd: 'power', version: '1' } as const;
const of = <C extends string>(cause: C) => ({ cause, reason: null }) as const;
const health = (more: Partial<typeof WELL> = {}) => ({ type: 'health', ...WELL, ...more }) as const;
type Cause = 'scanner' | 'signal' | 'trust-stale' | 'trust-expired';
const OUT: Readonly<Record<Cause, Partial<typeof WELL>>> = {
  ...{ scanner: { scanner: 'lost' }, signal: { signal: 'lost' } },
  ...{ 'trust-stale': { trust: 'stale' }, 'trust-expired': { trust: 'expired' } },
};

const shownBy = (log: WrittenLog, cause: Cause, from: number, to: number | null, size = log.entries.length) => {
  const [begin, end] = [log.entries[from], to === null ? null : log.entries[to]];
  if (begin === undefined || end === undefined) throw new Error('there is no such entry');
  return shownOf(cause, begin, end, size, (first, past) => log.entries.slice(first, past));
};

/** One bad minute, and hours in which all is well and so many people a minute come; gives the ends that are believed. */
function believedEnds(cause: Cause, people: (minute: number) => number): readonly number[] {
  const log = new WrittenLog();
  log.write(0, START);
  const from = log.write(1, health(OUT[cause]));
  log.write(1.5, { type: 'shown', of: log.write(1.4, SCAN) });
  const signs: number[] = [];
  for (let minute = 2; minute < 400; minute += 1) {
    signs.push(log.write(minute, health()));
    const count = people(minute);
    for (let person = 0; person < count; person += 1) {
      const at = minute + 0.1 + (person * 0.8) / count;
      log.write(at + 0.01, { type: 'shown', of: log.write(at, SCAN) });
    }
  }
  const [begin, size] = [log.entries[from], log.entries.length];
  if (begin === undefined) throw new Error('there is no such entry');
  // Whoever lies shows everything but what says otherwise.
  const harmless = log.entries.filter(({ seq, type }) => seq <= from || type !== 'health');
  return signs.slice(1).filter((to) => {
    const end = log.entries[to];
    if (end === undefined) throw new Error('there is no such entry');
    const choices = [
      harmless.concat(end),
      shownBy(log, cause, from, to).flatMap((seq) => log.entries[seq] ?? []),
      log.entries,
    ].map((entries) => new Map(entries.map((entry) => [entry.seq, entry])));
    const claim = { ...of(cause), unrecorded: 0 };
    return choices.some((shown) => isBorneOut(claim, begin, end, shown, size));
  });
}

describe('one bad minute is said to have lasted for hours, by an owner who looks for ends that nothing contradicts', () => {
  it.each(['trust-stale', 'trust-expired', 'scanner', 'signal'] as const)('%s at a busy door', (cause) => {
    expect(believedEnds(cause, () => 5)).toEqual([]);
  });

  it.each(['trust-stale', 'trust-expired', 'scanner', 'signal'] as const)('%s at a quiet door', (cause) => {
    expect(believedEnds(cause, (minute) => (minute % 3 === 0 ? 1 : 2))).toEqual([]);
    expect(believedEnds(cause, (minute) => (minute % 7 === 0 ? 1 : 0))).toEqual([]);
  });

  /** A list that is stale for a minute, a crowd in the next, and a quiet time after it. */
  function crowdThenQuiet(scans: number, quietMinutes: number): { log: WrittenLog; from: number } {
    const log = new WrittenLog();
    log.write(0, START);
    const from = log.write(1, health(OUT['trust-stale']));
    log.write(1.5, SCAN);
    log.write(2, health());
    for (let scan = 0; scan < scans; scan += 1) log.write(2.1 + (scan * 0.8) / scans, SCAN);
    for (let minute = 0; minute < quietMinutes; minute += 1) log.write(3 + minute * 1.01, health());
    return { log, from };
  }

  it('and it is no better where all places fall into a crowd, and signs of life are taken for pauses', () => {
    const { log, from } = crowdThenQuiet(1_000, 60);
    const to = log.entries.length - 1;
    const all = log.entries.map(({ seq }) => seq);
    const size = log.entries.length;
    expect(log.faultOf(of('trust-stale'), from, to, size, all)).toBe('contradicts-log');
    const others = all.filter((seq) => seq === to || log.entries[seq]?.type !== 'health');
    expect(log.faultOf(of('trust-stale'), from, to, size, [from, ...others])).toBe('contradicts-log');
    const late = all.filter((seq) => seq !== from + 2);
    expect(log.faultOf(of('trust-stale'), from, to, size, late)).toBe('contradicts-log');
  });

  it('nor where it is said to go on to the end of the log', () => {
    const { log, from } = crowdThenQuiet(1_000, 60);
    const last = log.write(64, SCAN);
    const harmless = log.entries.flatMap(({ seq, type }) => (seq <= from || type !== 'health' ? [seq] : []));
    for (const shown of [harmless, harmless.filter((seq) => seq !== last)]) {
      expect(log.faultOf(of('trust-stale'), from, null, last + 1, shown)).toBe('contradicts-log');
    }
    expect(log.faultOf(of('trust-stale'), from, null, 2, [from])).toBeNull();
  });
});

describe('a true stretch is believed', () => {
  /** A list that is stale from minute 1 to minute 60, and people all the while. */
  function staleHour(hang: { readonly from: number; readonly to: number }): { log: WrittenLog; to: number } {
    const log = new WrittenLog();
    log.write(0, START);
    log.write(1, health({ trust: 'stale' }));
    for (let minute = 1.02; minute < 60; minute += 0.02) {
      if (minute > hang.from && minute < hang.to) continue;
      const isDue = Math.floor(minute + 0.001) > Math.floor(minute - 0.019);
      log.write(minute, isDue ? health({ trust: 'stale' }) : SCAN);
    }
    return { log, to: log.write(60, health()) };
  }

  it('with few entries of a busy hour, and with none fewer', () => {
    const { log, to } = staleHour({ from: 0, to: 0 });
    const shown = shownBy(log, 'trust-stale', 1, to);
    expect([log.entries.length > 2_900, shown.length <= 35]).toEqual([true, true]);
    const size = log.entries.length;
    expect(log.faultOf(of('trust-stale'), 1, to, size, shown)).toBeNull();
    const signs = shown.filter((seq) => seq !== 1 && log.entries[seq]?.type === 'health');
    expect(signs.length).toBeGreaterThan(5);
    for (const sign of signs) {
      const others = shown.filter((seq) => seq !== sign);
      expect([sign, log.faultOf(of('trust-stale'), 1, to, size, others)]).toEqual([sign, 'contradicts-log']);
    }
  });

  it('whatever else the same certificate shows of that time', () => {
    const { log, to } = staleHour({ from: 0, to: 0 });
    const others = log.entries.flatMap(({ seq, type }) => (type === 'scan' && seq % 97 === 5 ? [seq] : []));
    const shown = [...shownBy(log, 'trust-stale', 1, to), ...others];
    expect(log.faultOf(of('trust-stale'), 1, to, log.entries.length, shown)).toBeNull();
  });

  it('though the kiosk hung in it, and a place falls between its return and the next sign of life', () => {
    // Many come at once then, so that some of them stand at a place.
    const { log, to } = staleHour({ from: 30.5, to: 36.04 });
    const shown = shownBy(log, 'trust-stale', 1, to);
    const size = log.entries.length;
    expect(log.faultOf(of('trust-stale'), 1, to, size, shown)).toBeNull();
  });

  it('and where a disk took too few signs of life for that, it is counted and no line of the certificate is false', () => {
    const key = newLogKey('7A');
    const from = time.wall().atMs;
    const journal = open();
    journal.record({ ...START, lastEnd: 'first-start' });
    for (const device of ['scanner', 'signal'] as const) journal.record({ type: 'device-ready', device });
    journal.record(health({ trust: 'stale' }));
    for (let scan = 0; scan < 30; scan += 1) {
      time.advance(30 * SECOND_MS);
      journal.record(SCAN);
    }
    journal.record(health());
    const lost = journal.record({ type: 'device-lost', device: 'scanner' });
    time.advance(MINUTE_MS);
    journal.record({ type: 'device-ready', device: 'scanner' });
    journal.checkpoint(key);
    const question = { fromMs: from, toMs: time.wall().atMs, madeAtMs: from, log: key.origin, venue: 'v', zone: 'UTC' };
    const made = read((db) => makeOutage(db, question));
    if (!made.ok) throw new Error(made.error);
    const certificate: OutageCertificate = made.value;
    expect(certificate.intervals.map(({ cause, from: { seq } }) => [cause, seq])).toEqual([['scanner', lost]]);
    expect(certificate.further).toBe(1);
    expect(outageBody(certificate)).toContain('Others, not listed here: 1.');
    const signed = readOutage(signOutage(certificate, key));
    expect(signed.ok && checkOutage(sha256, verifyEd25519, signed.value, [key.verifier]).ok).toBe(true);
  });
});
