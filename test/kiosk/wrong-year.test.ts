import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { LEAP_PROVES_ITSELF_HOURS } from '../../src/journal/trusted-time.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const YEAR_MS = 400 * DAY_MS;

async function withUsedTicket(): Promise<{ readonly rig: KioskRig; readonly line: string }> {
  const rig = await KioskRig.start({ policy: 'event-ticket' });
  const exp = Math.floor((rig.time.wall().atMs + 30 * DAY_MS) / 1_000);
  const line = rig.issuer.pass('ticket', { single: true, exp });
  rig.scan(line);
  rig.time.advance(2 * HOUR_MS);
  return { rig, line };
}

it('a time server that is a year ahead for hours forgets no ticket: the used one is refused when it is right again', async () => {
  const { rig, line } = await withUsedTicket();
  rig.time.stepWall(YEAR_MS);
  rig.time.advance(LEAP_PROVES_ITSELF_HOURS * HOUR_MS - MINUTE_MS);
  rig.time.stepWall(-YEAR_MS);
  rig.time.advance(MINUTE_MS);
  rig.scan(line);
  expect(rig.verdicts).toEqual(['admit: ok', 'refuse: already-used']);
  expect(rig.entriesOf('deleted')).toEqual([]);
});

it('a kiosk that was stored away for a year forgets what is over once the log believes its clock', async () => {
  const { rig } = await withUsedTicket();
  rig.time.stepWall(YEAR_MS);
  rig.time.advance((LEAP_PROVES_ITSELF_HOURS + 1) * HOUR_MS);
  expect(rig.entriesOf('deleted')).toMatchObject([{ uses: 1, salts: 1, facts: 1 }]);
});
