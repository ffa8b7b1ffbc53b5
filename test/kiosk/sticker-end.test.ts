import { describe, expect, it, vi } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../src/base/time.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const COVID = '840539006';
const NEGATIVE_PCR = { tg: COVID, tt: 'LP6464-4', tr: '260415000' };

/** When the sticker ends that follows on this pass at lunch on 13 December 2021, in Seoul. */
async function stickerEndAfter(kind: 'test' | 'vaccination', claims: object): Promise<string> {
  const rig = await KioskRig.start({ policy: 'kr-2021-12-13', settings: { stickerHours: 24 } });
  rig.scan(rig.issuer.pass(kind, claims));
  if (rig.kiosk.state().door.verdict === 'assist') rig.press('admit');
  rig.press('sticker');
  await vi.waitFor(() => expect(rig.entriesOf('sticker-issued')).toHaveLength(1));
  const [issued] = rig.entriesOf('sticker-issued');
  if (issued?.type !== 'sticker-issued') throw new Error('no sticker was issued');
  return new Date(issued.exp * SECOND_MS + 9 * HOUR_MS).toISOString().slice(0, 16);
}

describe('a sticker, which no rule looks at again', () => {
  it('does not carry a test into the day after its last', async () => {
    const t = { ...NEGATIVE_PCR, sc: '2021-12-11T10:00:00+09:00' };
    expect(await stickerEndAfter('test', { t })).toBe('2021-12-14T00:00');
  });

  it('has its whole time where the pass stays enough', async () => {
    const v = { tg: COVID, dn: 2, sd: 2, dt: '2021-07-10' };
    expect(await stickerEndAfter('vaccination', { v })).toBe('2021-12-14T11:40');
  });

  it('has its whole time where staff let somebody in on other papers', async () => {
    const v = { tg: COVID, dn: 2, sd: 2, dt: '2021-12-12' };
    expect(await stickerEndAfter('vaccination', { v })).toBe('2021-12-14T11:40');
  });
});
