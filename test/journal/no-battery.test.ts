import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/base/time.ts';
import { checkOutage } from '../../src/journal/check-outage.ts';
import { dayRecord } from '../../src/journal/day-record.ts';
import { makeOutage } from '../../src/journal/make-outage.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import type { OutageCertificate } from '../../src/journal/outage.ts';
import { readOutage, signOutage } from '../../src/journal/outage-file.ts';
import { outageBody } from '../../src/journal/outage-page.ts';
import { newLogKey } from '../support/exported-log.ts';
import { open, read, time, useJournalFile } from '../support/journal-file.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { WELL } from '../support/written-log.ts';

useJournalFile();

const ZONE = 'Asia/Seoul';
const key = newLogKey('7A');

function running(journal: ReturnType<typeof open>, minutes: number, lastEnd: 'first-start' | 'power'): void {
  journal.record({ type: 'start', lastEnd, version: '1' });
  for (const device of ['scanner', 'signal'] as const) journal.record({ type: 'device-ready', device });
  for (let minute = 0; minute < minutes; minute += 1) {
    time.advance(MINUTE_MS);
    journal.record({ type: 'health', ...WELL });
  }
}

/** 25 minutes without power at 11:50 of Seoul, on a board that shows at its start the time at which it was last on. */
function powerCut(): ReturnType<typeof open> {
  const journal = open('boot-1');
  running(journal, 10, 'first-start');
  journal.checkpoint(key);
  journal.close();
  time.advance(25 * MINUTE_MS);
  time.stepWall(-25 * MINUTE_MS);
  time.trust(false);
  const next = open('boot-2');
  running(next, 2, 'power');
  return next;
}

function timeServerReached(journal: ReturnType<typeof open>): void {
  time.stepWall(25 * MINUTE_MS);
  time.trust(true);
  journal.record({ type: 'clock-step', byMs: 25 * MINUTE_MS });
  journal.record({ type: 'clock-trust', trusted: true });
  time.advance(MINUTE_MS);
  journal.record({ type: 'health', ...WELL });
}

function certificateOf(journal: ReturnType<typeof open>, fromMs = LUNCH_MS): OutageCertificate {
  journal.checkpoint(key);
  const question = { fromMs, toMs: LUNCH_MS + DAY_MS, madeAtMs: LUNCH_MS, log: key.origin, venue: 'v', zone: ZONE };
  const made = read((db) => makeOutage(db, question));
  if (!made.ok) throw new Error(made.error);
  const signed = readOutage(signOutage(made.value, key));
  expect(signed.ok && checkOutage(sha256, verifyEd25519, signed.value, [key.verifier]).ok).toBe(true);
  return made.value;
}

const rowsOf = (certificate: OutageCertificate): readonly string[] =>
  (outageBody(certificate).match(/<tr><td class="when">.*?<\/tr>/g) ?? []).map((row) =>
    row
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
const cutIn = (certificate: OutageCertificate): string | undefined =>
  rowsOf(certificate).find((row) => row.includes('not running'));

describe('a power cut of 25 minutes on a board without a battery is not certified as one of none', () => {
  it('but to the minute, once a time server has told the time of that boot', () => {
    const journal = powerCut();
    timeServerReached(journal);
    const certificate = certificateOf(journal);
    expect(cutIn(certificate)).toMatch(/^2021-12-13 11:50 – 12:15 § 25 /);
    expect(outageBody(certificate)).toContain('§ Reckoned from when somebody vouched for the clock.');
    // Asked from a time in it, by what the clock of that boot had not shown.
    expect(cutIn(certificateOf(journal, LUNCH_MS + 20 * MINUTE_MS))).toBe(cutIn(certificate));
  });

  it('but as one of unknown length while nobody knows the time, and it is not among the shorter ones', () => {
    const journal = powerCut();
    for (let times = 0; times < 10; times += 1) {
      time.advance(MINUTE_MS);
      journal.record({ type: 'device-lost', device: 'scanner' });
      time.advance(MINUTE_MS);
      journal.record({ type: 'device-ready', device: 'scanner' });
    }
    expect(cutIn(certificateOf(journal))).toMatch(/^2021-12-13 11:50 – 11:50 † \? /);
  });

  it('and neither is one that a hand has dated', () => {
    const journal = powerCut();
    time.stepWall(-20 * MINUTE_MS);
    journal.record({ type: 'clock-set', toMs: time.wall().atMs, byMs: -20 * MINUTE_MS });
    time.advance(MINUTE_MS);
    journal.record({ type: 'health', ...WELL });
    expect(cutIn(certificateOf(journal))).toMatch(/^2021-12-13 11:50 – 11:50 † \? /);
  });

  it('and the slip of the day counts its minutes', () => {
    const journal = powerCut();
    timeServerReached(journal);
    journal.checkpoint(key);
    const day = read((db) => dayRecord(db, ZONE, LUNCH_MS - 60 * MINUTE_MS, LUNCH_MS + 120 * MINUTE_MS));
    expect(day.off).toEqual({ minutes: 25, isMeasured: true });
  });

  it('and says that it cannot count them while nobody knows the time', () => {
    const journal = powerCut();
    journal.checkpoint(key);
    const day = read((db) => dayRecord(db, ZONE, LUNCH_MS - 60 * MINUTE_MS, LUNCH_MS + 120 * MINUTE_MS));
    expect(day.off.isMeasured).toBe(false);
  });
});

describe('a certificate that somebody prepared', () => {
  it.each([0, Number.MAX_SAFE_INTEGER])('shows some time, and throws nothing, at monotonic time %d', (monoMs) => {
    const journal = powerCut();
    timeServerReached(journal);
    const made = certificateOf(journal);
    const proofs = made.proofs.map((proof) =>
      proof.entry.includes('"trusted"')
        ? { ...proof, entry: proof.entry.replace(/"monoMs":\d+/, `"monoMs":${monoMs}`) }
        : proof,
    );
    expect(cutIn({ ...made, proofs })).toContain('2021-12-13 11:50 – ');
    expect(cutIn({ ...made, proofs: [] })).toMatch(/ – 11:50 † \? /);
  });
});
