import { describe, expect, it } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../src/base/time.ts';
import { ClockDoubt, DOUBT_EVERY_MS, DOUBT_LASTS_MS, ISSUER_SKEW_MS } from '../../src/kiosk/clock-doubt.ts';
import { jwsSigner } from '../support/jws-signer.ts';
import { KioskRig } from '../support/kiosk-rig.ts';
import { LUNCH, LUNCH_MS, passOf } from '../support/passes.ts';

const LOOK_MS = 10 * SECOND_MS;
const heard = (...fields: readonly Parameters<typeof passOf>[0][]): ClockDoubt => {
  const doubt = new ClockDoubt();
  for (const field of fields) doubt.heard({ ok: true, value: passOf(field) }, LUNCH, 0);
  return doubt;
};
const AHEAD_MS = LUNCH_MS + ISSUER_SKEW_MS + 1;

describe('a genuine pass that is newer than the clock', () => {
  it.each([
    [ISSUER_SKEW_MS, 0],
    [ISSUER_SKEW_MS + 1, 1],
  ])('by %i ms is %i entries', (byMs, entries) => {
    const notes = heard({ issuedAtMs: LUNCH_MS + byMs }).takeNotes();
    expect(notes).toHaveLength(entries);
    for (const note of notes) expect(note).toEqual({ type: 'clock-doubted', byMs, issuers: 1 });
  });

  it.each([
    ['a ticket that begins next week', { kind: 'ticket', validFromMs: AHEAD_MS }, 0],
    ['a ticket that was issued tomorrow', { kind: 'ticket', issuedAtMs: AHEAD_MS }, 1],
    ['a ticket of today that begins next week', { kind: 'ticket', issuedAtMs: LUNCH_MS, validFromMs: AHEAD_MS }, 0],
    ['a certificate that was made tomorrow', { kind: 'vaccination', validFromMs: AHEAD_MS }, 1],
    ['a certificate that does not say', { kind: 'vaccination', validFromMs: null }, 0],
  ] as const)('is heard of rightly: %s', (_, fields, entries) => {
    expect(heard(fields).takeNotes()).toHaveLength(entries);
  });

  it('is no evidence before its signature is known to be good', () => {
    const { format, kind, issuer, kid, validUntilMs } = passOf();
    const finding = { format, kind, issuer, kid, validUntilMs, validFromMs: AHEAD_MS, issuedAtMs: AHEAD_MS };
    const doubt = new ClockDoubt();
    for (const reason of ['bad-signature', 'unknown-key', 'malformed'] as const) {
      doubt.heard({ ok: false, error: { reason, detail: '', finding } }, LUNCH, 0);
    }
    expect(doubt.takeNotes()).toEqual([]);
    doubt.heard({ ok: false, error: { reason: 'not-yet-valid', detail: '', finding } }, LUNCH, 0);
    expect(doubt.takeNotes()).toHaveLength(1);
  });

  it('of one issuer is written down once an hour, of each other one too', () => {
    const doubt = heard({ issuedAtMs: AHEAD_MS }, { issuedAtMs: AHEAD_MS }, { issuedAtMs: AHEAD_MS, issuer: 'other' });
    expect(doubt.takeNotes()).toMatchObject([{ issuers: 1 }, { issuers: 2 }]);
    for (const nowMs of [DOUBT_EVERY_MS - 1, DOUBT_EVERY_MS]) {
      doubt.heard({ ok: true, value: passOf({ issuedAtMs: AHEAD_MS }) }, LUNCH, nowMs);
      expect(doubt.takeNotes()).toHaveLength(nowMs < DOUBT_EVERY_MS ? 0 : 1);
    }
  });

  it('of one issuer outweighs a clock that nobody vouches for, of two any clock, for a day', () => {
    const one = heard({ issuedAtMs: AHEAD_MS }, { issuedAtMs: AHEAD_MS });
    expect([one.isLate(false, 0), one.isLate(true, 0)]).toEqual([true, false]);
    const two = heard({ issuedAtMs: AHEAD_MS }, { issuedAtMs: AHEAD_MS, issuer: 'other' });
    expect(two.isLate(true, DOUBT_LASTS_MS - 1)).toBe(true);
    expect(two.isLate(true, DOUBT_LASTS_MS)).toBe(false);
  });
});

describe('a kiosk whose clock is three hours late', () => {
  const other = jwsSigner();
  const late = async () => {
    const rig = await KioskRig.start({ keys: [other.trusted('other-office', ['entry-pass'])] });
    const iat = (LUNCH_MS + 3 * HOUR_MS) / SECOND_MS;
    const claims = { iss: 'other-office', jti: 'other-pass', iat, exp: iat + 86_400, kind: 'membership' };
    rig.scan(rig.issuer.pass('membership', { iat }));
    rig.scan(other.sign({ alg: 'ES256', typ: 'entry-pass+jwt', kid: other.kid }, claims));
    return rig;
  };

  it('says so on the screen and in the log, and judges as ever', async () => {
    const rig = await late();
    expect(rig.kiosk.state().clock).toEqual({ trusted: true, late: true, handSet: false });
    expect(rig.verdicts).toEqual(['admit: ok', 'admit: ok']);
    rig.time.advance(LOOK_MS);
    expect(rig.entriesOf('clock-doubted')).toMatchObject([
      { byMs: 3 * HOUR_MS, issuers: 1 },
      { byMs: 3 * HOUR_MS, issuers: 2 },
    ]);
  });

  it.each([
    [3 * HOUR_MS, false],
    [-3 * HOUR_MS, true],
  ])('and is set by %i ms is called late after that: %s', async (byMs, isLate) => {
    const rig = await late();
    rig.time.stepWall(byMs);
    rig.time.advance(LOOK_MS);
    expect(rig.kiosk.state().clock.late).toBe(isLate);
  });

  it('is not late any more once somebody vouches for it', async () => {
    const rig = await late();
    rig.time.trust(false);
    rig.time.advance(LOOK_MS);
    expect(rig.kiosk.state().clock.late).toBe(true);
    rig.time.trust(true);
    rig.time.advance(LOOK_MS);
    expect(rig.kiosk.state().clock.late).toBe(false);
  });
});
