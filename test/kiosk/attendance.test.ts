import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/base/time.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { anyGenuine } from '../support/journal-file.ts';
import { KioskRig, type RigOptions } from '../support/kiosk-rig.ts';
import { LUNCH_MS } from '../support/passes.ts';

const LOOK_MS = 10 * SECOND_MS;
const MINUTES = 30;
const TURN_MS = Date.parse('2021-12-14T04:00:00+09:00') - LUNCH_MS;
const noticing: Policy = { ...anyGenuine, reuse: { mode: 'none', minutes: MINUTES, samePerson: 'assist' } };
const KIM = { nam: { fn: '김', gn: '민수', fnt: 'KIM', gnt: 'MINSU' }, dob: '1990-05-05' };

const last = (rig: KioskRig) => rig.entriesOf('scan').at(-1);
/** Somebody else's code each time, so that it is not the one in view. */
const scanNew = (rig: KioskRig, claims: object = {}): void => rig.scan(rig.issuer.pass('membership', claims));

describe('somebody who came in and hands another pass back out', () => {
  it('makes the second pass a matter for staff, inside the window alone', async () => {
    const rig = await KioskRig.start({ policy: noticing });
    scanNew(rig, KIM);
    rig.time.advance(MINUTES * MINUTE_MS - 1);
    scanNew(rig, { ...KIM, nam: { fnt: 'Kim', gnt: 'Min-Su' } });
    expect(last(rig)).toMatchObject({ verdict: 'assist', reason: 'already-used', rule: 'same-person' });
    expect(rig.kiosk.state()).toMatchObject({ door: { rule: 'same-person' }, signal: { relay: false } });
    rig.time.advance(1);
    scanNew(rig, KIM);
    expect(last(rig)).toMatchObject({ verdict: 'admit' });
  });

  it('and the same pass again is none of this', async () => {
    const rig = await KioskRig.start({ policy: noticing });
    const pass = rig.issuer.pass('membership', KIM);
    for (let time = 0; time < 3; time += 1) {
      rig.scan(pass);
      rig.time.advance(MINUTE_MS);
    }
    expect(rig.verdicts).toEqual(['admit: ok', 'admit: ok', 'admit: ok']);
  });

  it.each([
    ['admit', 'assist: already-used'],
    ['refuse', 'admit: ok'],
  ] as const)('after staff decided to %s the first is judged: %s', async (button, second) => {
    const rig = await KioskRig.start({ policy: noticing });
    rig.time.trust(false);
    scanNew(rig, KIM);
    rig.press(button);
    rig.time.trust(true);
    scanNew(rig, KIM);
    expect(rig.verdicts).toEqual(['assist: clock-unsure', second]);
  });

  it('is noticed only where the owner asked for it', async () => {
    const rig = await KioskRig.start();
    scanNew(rig, KIM);
    scanNew(rig, KIM);
    expect(rig.verdicts).toEqual(['admit: ok', 'admit: ok']);
  });

  it('is forgotten at a restart, and at 04:00', async () => {
    const rig = await KioskRig.start({ policy: { ...noticing, reuse: { ...noticing.reuse, minutes: 24 * 60 } } });
    scanNew(rig, KIM);
    rig.time.advance(MINUTE_MS);
    rig.cutPower();
    await rig.boot();
    scanNew(rig, KIM);
    rig.time.advance(TURN_MS - MINUTE_MS - 1);
    scanNew(rig, KIM);
    rig.time.advance(LOOK_MS);
    scanNew(rig, KIM);
    expect(rig.verdicts).toEqual(['admit: ok', 'admit: ok', 'assist: already-used', 'admit: ok']);
    expect(rig.log.all).toContain('people-forgotten');
  });

  it('leaves no trace on the disk', async () => {
    const rig = await KioskRig.start({ policy: noticing });
    scanNew(rig, KIM);
    scanNew(rig, KIM);
    expect(JSON.stringify(rig.entries)).not.toMatch(/KIM|MINSU|1990|김/i);
  });
});

describe('a house that may hold two people', () => {
  const two: RigOptions = { settings: { occupancyLimit: 2 } };
  const inside = (rig: KioskRig) => rig.kiosk.state().occupancy;

  it('asks staff before the third, and lets in the next after somebody left', async () => {
    const rig = await KioskRig.start(two);
    for (let guest = 0; guest < 3; guest += 1) scanNew(rig);
    expect(last(rig)).toMatchObject({ verdict: 'assist', reason: 'rule-failed', rule: 'occupancy-limit' });
    expect(inside(rig)).toEqual({ inside: 2, limit: 2 });
    rig.kiosk.dispatch({ kind: 'people-left', count: 1 });
    expect(inside(rig)).toEqual({ inside: 1, limit: 2 });
    scanNew(rig);
    expect(rig.levels).toMatchObject({ green: true, relay: true });
  });

  it('counts whom staff let in, and nobody whom they sent away', async () => {
    const rig = await KioskRig.start(two);
    for (const button of ['refuse', 'admit'] as const) {
      rig.scan('a bus ticket');
      rig.press(button);
      rig.time.advance(MINUTE_MS);
    }
    expect(inside(rig)).toEqual({ inside: 1, limit: 2 });
  });

  it('counts once whoever stood before a shut door when the power went, and is let in by staff', async () => {
    const rig = await KioskRig.start(two);
    const pass = rig.issuer.pass('membership');
    scanNew(rig);
    rig.time.advance(MINUTE_MS);
    rig.scan(pass);
    rig.cutPower();
    await rig.boot();
    expect(inside(rig)).toEqual({ inside: 1, limit: 2 });
    rig.scan(pass);
    expect(last(rig)).toMatchObject({ verdict: 'assist', rule: 'door-may-not-have-opened' });
    rig.press('admit');
    expect(inside(rig)).toEqual({ inside: 2, limit: 2 });
  });

  it('is empty again at 04:00, once, also if nobody was there to see it', async () => {
    const rig = await KioskRig.start(two);
    scanNew(rig);
    rig.time.advance(TURN_MS - 1);
    expect(inside(rig)).toEqual({ inside: 1, limit: 2 });
    rig.time.advance(LOOK_MS);
    expect(inside(rig)).toEqual({ inside: 0, limit: 2 });
    rig.time.advance(HOUR_MS);
    scanNew(rig);
    rig.time.advance(MINUTE_MS);
    rig.cutPower();
    rig.time.advance(DAY_MS);
    await rig.boot();
    expect(inside(rig)).toEqual({ inside: 0, limit: 2 });
    // The first of them is when counting began.
    expect(rig.entriesOf('counted-reset')).toHaveLength(3);
  });

  it('is not emptied by a clock that nobody vouches for', async () => {
    const rig = await KioskRig.start(two);
    scanNew(rig);
    rig.time.trust(false);
    rig.time.stepWall(3 * DAY_MS);
    rig.time.advance(HOUR_MS);
    expect(inside(rig)).toEqual({ inside: 1, limit: 2 });
    rig.cutPower();
    await rig.boot();
    expect(inside(rig)).toEqual({ inside: 1, limit: 2 });
  });

  it('goes on counting when the disk is full: nobody is counted out whom the log does not know', async () => {
    const rig = await KioskRig.start(two);
    scanNew(rig);
    rig.disk.setFull(true);
    rig.kiosk.dispatch({ kind: 'people-left', count: 1 });
    expect(inside(rig)).toEqual({ inside: 1, limit: 2 });
    expect(rig.kiosk.state().door).toMatchObject({ state: 'showing', verdict: 'admit' });
  });

  it('and where nobody counts, nobody is told a number', async () => {
    const rig = await KioskRig.start();
    for (let guest = 0; guest < 5; guest += 1) scanNew(rig);
    expect(inside(rig)).toBeNull();
    expect(rig.entriesOf('counted-reset')).toEqual([]);
    expect(new Set(rig.verdicts)).toEqual(new Set(['admit: ok']));
  });
});
