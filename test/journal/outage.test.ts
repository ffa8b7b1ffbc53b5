import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { checkOutage, type OutageFault } from '../../src/journal/check-outage.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { MAX_INTERVALS, type OutageCertificate } from '../../src/journal/outage.ts';
import { MAX_OUTAGE_LENGTH, MAX_PROOFS, outageIn, readOutage, signOutage } from '../../src/journal/outage-file.ts';
import { outageBody } from '../../src/journal/outage-page.ts';
import { at, BadDay } from '../support/bad-day.ts';
import { newLogKey } from '../support/exported-log.ts';

/** Cause, reason and the minutes since ten o'clock at which it began and ended. */
const told = ({ intervals }: OutageCertificate): readonly string[] =>
  intervals.map(({ cause, reason, from, to }) => {
    const minutes = [from, to].map((bound) =>
      bound === null ? '…' : ((Date.parse(bound.at) - at('10:00')) / MINUTE_MS).toFixed(1),
    );
    return [cause, ...(reason === null ? [] : [reason]), minutes.join('-')].join(' ');
  });

const begin = (): Promise<BadDay> => BadDay.begin(at('10:00'), at('20:00'));

describe('what nobody could check is told by its cause:', () => {
  it('a process that was killed is no power cut', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    await day.killedUntil(at('10:15'));
    day.wait(5 * MINUTE_MS);
    const certificate = day.certificate(at('10:00'), at('11:00'));
    expect(told(certificate)).toEqual(['not-running killed 10.0-15.0']);
    expect(certificate.intervals[0]?.lastedMs).toBe(5 * MINUTE_MS);
  });

  it('a kiosk that was switched off was not cut off, and nobody knows how long by its own clock', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS + 30_000);
    await day.switchedOffUntil(at('10:20'));
    const certificate = day.certificate(at('10:00'), at('11:00'));
    expect(told(certificate)).toEqual(['not-running stopped 10.5-20.0']);
    expect(certificate.intervals[0]?.lastedMs).toBeNull();
  });

  it('a power cut begins less than a minute before it really did, never after', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS + 59_000);
    await day.powerCutUntil(at('10:20'));
    expect(told(day.certificate(at('10:00'), at('11:00')))).toEqual(['not-running power 10.0-20.0']);
  });

  it('a command that writes while no kiosk runs is no sign of life', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    await day.unplugWhile(at('10:12'), (journal) => journal.record({ type: 'log-exported', from: 0 }));
    await day.powerCutUntil(at('10:20'));
    expect(told(day.certificate(at('10:00'), at('11:00')))).toEqual(['not-running power 10.0-20.0']);
  });

  it('a certificate that is made while the kiosk lies killed ends nothing, and says killed', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS + 30_000);
    day.kill();
    const asked = (at_: string) =>
      day.commandAt(at(at_), (journal) => {
        journal.record({ type: 'log-exported', from: 0 });
        return day.certificate(at('10:00'), at('11:00'));
      });
    const [early, late] = [await asked('10:11'), await asked('10:16')];
    expect([told(early), told(late)]).toEqual([['not-running killed 10.0-…'], ['not-running killed 10.0-…']]);
    expect([outageBody(early), outageBody(late)]).toEqual([
      expect.stringMatching(/10:11 .*still so/),
      expect.stringMatching(/10:16 .*still so/),
    ]);
    await day.startAgain(at('10:20'));
    day.wait(5 * MINUTE_MS);
    expect(told(day.certificate(at('10:00'), at('11:00')))).toEqual(['not-running killed 10.0-20.0']);
  });

  it('a kiosk that was killed before the power went was killed', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    day.kill();
    await day.commandAt(at('10:16'), (journal) => journal.record({ type: 'owner-pin-set' }));
    await day.powerCutUntil(at('10:20'));
    expect(told(day.certificate(at('10:00'), at('11:00')))).toEqual(['not-running killed 10.0-20.0']);
  });

  it('a command that the kiosk carries out when it has come to itself again is a sign of life', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS + 30_000);
    day.hangFor(5 * MINUTE_MS);
    day.stores.journal.record({ type: 'log-exported', from: 0 });
    day.wait(2 * MINUTE_MS);
    const [hung, ...more] = told(day.certificate(at('10:00'), at('11:00')));
    expect([hung, more]).toEqual([expect.stringMatching(/^not-recording silent 10\.0-15\.[56]$/), []]);
  });

  it('a disk that took nothing, with the number of records that are missing', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    day.fillDisk(true);
    day.visitorsUntil(at('10:17:30'));
    day.fillDisk(false);
    day.wait(MINUTE_MS);
    const certificate = day.certificate(at('10:00'), at('11:00'));
    expect(told(certificate)).toEqual([expect.stringMatching(/^not-recording disk 10\.0-17\.[567]$/)]);
    expect(certificate.intervals[0]?.unrecorded).toBeGreaterThan(0);
  });

  it('a disk that took nothing is the cause, though the first visitor after it was recorded before that was told', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS + 4_000);
    day.fillDisk(true);
    day.visitorsUntil(at('10:17:04'));
    day.fillDisk(false);
    day.visitor();
    day.wait(MINUTE_MS);
    const [stretch, ...more] = told(day.certificate(at('10:00'), at('11:00')));
    expect([stretch, more]).toEqual([expect.stringMatching(/^not-recording disk 10\.0-17\.[123]$/), []]);
  });

  it('a process that hung', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    day.hangFor(5 * MINUTE_MS);
    day.wait(MINUTE_MS);
    const [stretch, ...more] = told(day.certificate(at('10:00'), at('11:00')));
    expect([stretch, more]).toEqual([expect.stringMatching(/^not-recording silent 10\.0-15\.\d$/), []]);
  });

  it('a log that the disk had damaged, and the same kiosk is heard of in the next', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    day.stores.journal.distrust('entry 3 was changed or damaged');
    day.wait(10 * MINUTE_MS);
    day.hangFor(5 * MINUTE_MS);
    day.wait(MINUTE_MS);
    const certificate = day.certificate(at('10:00'), at('11:00'));
    const [damaged, hung, ...more] = told(certificate);
    expect(damaged).toMatch(/^log-damaged 1[01]\.\d-1[01]\.\d$/);
    expect([hung, more]).toEqual([expect.stringMatching(/^not-recording silent 2[01]\.\d-2[56]\.\d$/), []]);
    const signed = readOutage(signOutage(certificate, day.key));
    const check = (file: typeof signed) =>
      file.ok && checkOutage(sha256, verifyEd25519, file.value, [day.key.verifier]);
    expect(check(signed)).toEqual({ ok: true, value: undefined });
    const [first, second] = certificate.intervals;
    if (first === undefined || second === undefined) throw new Error('a stretch is missing');
    const invented = { ...certificate, intervals: [first, { ...second, cause: 'log-damaged', reason: null } as const] };
    expect(check(readOutage(signOutage(invented, day.key)))).toEqual({ ok: false, error: 'contradicts-log' });
  });

  it('a log that was found damaged at a start is no outage of a kiosk that was not running', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    await day.damagedUntil(at('10:20'));
    day.wait(10 * MINUTE_MS);
    const [damaged, ...more] = told(day.certificate(at('10:00'), at('11:00')));
    expect([damaged, more]).toEqual([expect.stringMatching(/^log-damaged 20\.0-20\.\d$/), []]);
  });

  it('a clock that nobody vouched for', async () => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    day.distrustClock();
    day.wait(5 * MINUTE_MS);
    day.trustClock();
    day.wait(MINUTE_MS);
    const certificate = day.certificate(at('10:00'), at('11:00'));
    expect(told(certificate)).toEqual([expect.stringMatching(/^clock-unsure 10\.[0-2]-15\.[0-2]$/)]);
    expect(certificate.intervals[0]?.from.clock).toBe('unsure');
  });

  it('a scanner that was out before the time that is asked about', async () => {
    const day = await begin();
    day.scanner.unplug();
    day.wait(3 * HOUR_MS);
    expect(told(day.certificate(at('12:00'), at('12:30')))).toEqual(['scanner 0.0-…']);
  });

  it('and an ordinary day has none, however often the kiosk was asked', async () => {
    const day = await begin();
    day.visitorsUntil(at('11:00'));
    const certificate = day.certificate(at('10:00'), at('11:00'));
    expect(told(certificate)).toEqual([]);
    expect(outageBody(certificate)).toContain('There was no outage in this time.');
    expect(day.certificate(at('07:00'), at('08:00'))).toMatchObject({ first: null, last: null, intervals: [] });
  });

  it('a time of which the log holds nothing is no time without outage, and nobody was counted in it', async () => {
    const day = await begin();
    day.visitorsUntil(at('10:30'));
    const body = outageBody(day.certificate(at('07:00'), at('08:00')));
    expect(body).toContain('cannot tell whether there was an outage');
    expect(body).not.toMatch(/There was no outage|admitted 0|No code was shown/);
  });

  it('what a damaged log held is said to be in no number', async () => {
    const day = await begin();
    day.visitorsUntil(at('10:10'));
    await day.damagedUntil(at('10:20'));
    day.wait(10 * MINUTE_MS);
    expect(outageBody(day.certificate(at('10:00'), at('11:00')))).toMatch(
      /This log begins at \S+ 10:20: it says nothing/,
    );
    expect(outageBody(day.certificate(at('10:25'), at('11:00')))).not.toContain('This log begins');
  });

  it('a clock that is trusted because the owner has just set it is set by hand, until something else vouches', async () => {
    const day = await begin();
    day.distrustClock();
    day.wait(10 * MINUTE_MS);
    day.setClockByHand(30_000);
    day.trustClock();
    day.wait(30 * MINUTE_MS);
    day.distrustClock();
    day.wait(MINUTE_MS);
    day.trustClock();
    day.wait(10 * MINUTE_MS);
    expect(told(day.certificate(at('10:00'), at('11:00')))).toEqual([
      expect.stringMatching(/^clock-unsure 0\.\d-10\.[5-9]$/),
      expect.stringMatching(/^clock-hand-set 10\.0-41\.[5-9]$/),
      expect.stringMatching(/^clock-unsure 40\.[5-9]-41\.[5-9]$/),
    ]);
  });

  it('a clock that ran years ahead for an hour leaves the days before and after as they were', async () => {
    const day = await begin();
    day.visitorsUntil(at('11:00'));
    day.setClockByHand(365 * 24 * HOUR_MS);
    day.wait(HOUR_MS);
    day.setClockByHand(-365 * 24 * HOUR_MS);
    day.trustClock();
    day.wait(HOUR_MS);
    day.scanner.unplug();
    day.wait(5 * MINUTE_MS);
    day.scanner.plug();
    const certificate = day.certificate(at('10:00'), at('14:00'));
    expect(told(certificate)).toEqual([
      'clock-hand-set 60.0-…',
      // By that clock the list had expired, and the door went by that clock.
      expect.stringMatching(/^trust-expired 525660\.\d-120\.\d$/),
      'scanner 180.0-185.0',
    ]);
    expect(certificate.counts).toEqual(day.truth(at('10:00'), at('14:00')));
  });
});

describe('an owner who signs what did not happen', () => {
  const madeBy = async (change: (certificate: OutageCertificate) => OutageCertificate): Promise<OutageFault | null> => {
    const day = await begin();
    day.wait(10 * MINUTE_MS);
    await day.powerCutUntil(at('10:20'));
    day.wait(10 * MINUTE_MS);
    day.scanner.unplug();
    day.wait(10 * MINUTE_MS);
    day.scanner.plug();
    const signed = readOutage(signOutage(change(day.certificate(at('10:05'), at('11:00'))), day.key));
    if (!signed.ok) throw new Error(signed.error);
    const checked = checkOutage(sha256, verifyEd25519, signed.value, [day.key.verifier]);
    return checked.ok ? null : checked.error;
  };
  const withFirst = (more: object) => (certificate: OutageCertificate) => ({
    ...certificate,
    intervals: certificate.intervals.map((each, index) => (index === 0 ? { ...each, ...more } : each)),
  });

  it('is believed where it did', async () => {
    expect(await madeBy((certificate) => certificate)).toBeNull();
  });

  it.each([
    [
      'another end',
      ({ to }: OutageCertificate['intervals'][number]) => ({ to: { ...to, at: '2021-12-13T02:00:00.000Z' } }),
    ],
    ['another cause', () => ({ cause: 'scanner', reason: null })],
    ['another length', () => ({ lastedMs: 1 })],
    ['a clock that was not set by hand', () => ({ cause: 'clock-hand-set', reason: null })],
    ['a stale list', () => ({ cause: 'trust-stale', reason: null })],
    ['an unsure clock', ({ from }: OutageCertificate['intervals'][number]) => ({ from: { ...from, clock: 'unsure' } })],
    ['an entry without proof', ({ from }: OutageCertificate['intervals'][number]) => ({ from: { ...from, seq: 0 } })],
  ])('is found by %s', async (_, change) => {
    expect(
      await madeBy((certificate) => {
        const [first] = certificate.intervals;
        if (first === undefined) throw new Error('a stretch is missing');
        return withFirst(change(first))(certificate);
      }),
    ).toBe('contradicts-log');
  });

  it('is found by an entry that was never in the log', async () => {
    const fault = await madeBy((certificate) => ({
      ...certificate,
      proofs: certificate.proofs.map((proof) => ({ ...proof, entry: proof.entry.replace('"monoMs":', '"monoMs":1') })),
    }));
    expect(fault).toBe('not-in-log');
  });

  it('is found by checkpoints that are not those of this log', async () => {
    expect(await madeBy((certificate) => ({ ...certificate, before: certificate.after }))).toBe('checkpoint-false');
    expect(await madeBy((certificate) => ({ ...certificate, after: 'nothing' }))).toBe('checkpoint-false');
    const path = (certificate: OutageCertificate) => certificate.consistency.map((hash) => `A${hash.slice(1)}`);
    expect(await madeBy((certificate) => ({ ...certificate, consistency: path(certificate) }))).toBe(
      'checkpoint-false',
    );
  });

  it.each([0, 31, 33, 40, 65])('is answered, not crashed into, by a hash of %i bytes', async (length) => {
    const hash = Buffer.alloc(length).toString('base64');
    const path = ({ before, consistency }: OutageCertificate) => {
      expect([before === null, consistency.length > 1]).toEqual([false, true]);
      return consistency.map(() => hash);
    };
    expect(await madeBy((certificate) => ({ ...certificate, consistency: path(certificate) }))).toBe(
      'checkpoint-false',
    );
  });
});

describe('a file that somebody prepared', () => {
  const certificate: OutageCertificate = {
    v: 1,
    log: 'munjigi/venue/7A/00000000',
    venue: '<img src=x onerror=alert(1)>',
    zone: 'Asia/Seoul',
    from: '2021-12-13T00:00:00.000Z',
    to: '2021-12-13T01:00:00.000Z',
    madeAt: '2021-12-13T01:00:00.000Z',
    first: null,
    last: null,
    intervals: [],
    further: 0,
    counts: { admitted: 0, assisted: 0, refused: 0, staffAdmitted: 0, staffRefused: 0, serverBound: 0 },
    serverBound: [],
    before: null,
    after: '',
    consistency: [],
    proofs: [],
  };
  const key: LogKey = newLogKey('7A');
  const read = (more: object) => readOutage(signOutage({ ...certificate, ...more }, key)).ok;

  it('is read though it is the longest that a log of ten million entries makes', () => {
    const bound = { seq: 9_999_999, at: certificate.from, clock: 'hand-set' };
    const interval = {
      ...{ cause: 'not-recording', reason: 'silent', from: bound, to: bound, lastedMs: 99_999_999, unrecorded: 99_999 },
      ...{ before: certificate.counts, during: certificate.counts, after: certificate.counts },
    };
    const path = Array(24).fill(Buffer.alloc(32, 255).toString('base64'));
    const proof = { seq: 9_999_999, entry: '"member":"value",'.repeat(30), path };
    const hour = { hour: certificate.from, count: 99_999 };
    const most = { intervals: Array(MAX_INTERVALS).fill(interval), serverBound: Array(24 * 32).fill(hour) };
    const proofs = (count: number) => ({ ...most, proofs: Array(count).fill(proof) });
    expect(read(proofs(MAX_PROOFS))).toBe(true);
    expect(read(proofs(MAX_PROOFS + 1))).toBe(false);
    expect(read({ ...most, intervals: Array(MAX_INTERVALS + 1).fill(interval) })).toBe(false);
  });

  it.each(['Asia/Seoul', 'America/Argentina/Buenos_Aires', 'Etc/GMT+9', 'UTC'])('is read in the zone %s', (zone) => {
    expect(read({ zone })).toBe(true);
    expect(outageBody({ ...certificate, zone })).toContain(`(${zone})`);
  });

  it('is read and shown in UTC by a browser that does not know the zone yet', () => {
    const zone = 'Asia/New_Zone';
    expect(read({ zone })).toBe(true);
    expect(outageBody({ ...certificate, zone })).toContain('2021-12-13 00:00 – 2021-12-13 01:00 (UTC)');
  });

  it('cannot put a tag into the page', () => {
    expect(outageBody(certificate)).not.toContain('<img');
  });

  it.each([
    ['an unknown member', { more: 1 }],
    ['a zone that is none', { zone: '"><script>' }],
    ['a zone that is longer than any', { zone: 'A'.repeat(65) }],
    ['a time that is none', { from: 'yesterday' }],
    ['a count that is none', { further: -1 }],
    ['too many stretches', { intervals: Array(101).fill({}) }],
  ])('is unreadable with %s', (_, more) => {
    expect([read({}), read(more)]).toEqual([true, false]);
  });

  it('is unreadable where it is too long, cut off or no JSON', () => {
    const file = signOutage(certificate, key);
    expect(readOutage(file.slice(0, -1)).ok).toBe(false);
    expect(readOutage('').ok).toBe(false);
    expect(readOutage(file.padEnd(MAX_OUTAGE_LENGTH, ' ')).ok).toBe(true);
    expect(readOutage(file.padEnd(MAX_OUTAGE_LENGTH + 1, ' ')).ok).toBe(false);
    expect(outageIn('{"v":1}')).toBeNull();
  });
});
