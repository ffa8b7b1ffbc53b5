import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carryOut } from '../../src/commands/control-client.ts';
import type { ScannedCheckpoint } from '../../src/door/commands.ts';
import { knownWitnesses } from '../../src/journal/known-kiosks.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { checkStored } from '../../src/journal/stored-log.ts';
import { FRESH_EVERY_MS } from '../../src/kiosk/log-keeper.ts';
import { FIRST_WAIT_MS, FREE_TRIES, IDLE_MS, LONGEST_WAIT_MS, SILENT_MS } from '../../src/kiosk/owner-mode.ts';
import { checkNewPin, checkPin, storePin } from '../../src/kiosk/owner-pin.ts';
import { PIN, WiredSite } from '../support/wired-kiosk.ts';

const SECOND_MS = 1_000;
const SEOUL_AHEAD_MS = 9 * 3_600_000;

/** Scans in owner mode as the page does it; what it then shows. */
async function scanned(site: WiredSite, ...lines: readonly string[]): Promise<ScannedCheckpoint | null> {
  const { token } = await site.enter();
  for (const line of lines) site.scan(line);
  const view = site.owner.look(token);
  site.owner.leave(token);
  return view.ok ? view.value.scanned : null;
}

describe('the owner’s PIN', () => {
  it.each(['12345', '1234567890123', '12345a', '', '111111', '123456', '876543', '１２３４５６'])(
    '%j is no PIN',
    (pin) => {
      expect(checkNewPin(pin).ok).toBe(false);
    },
  );

  it.each(['480213', '480213480213'])('%j is one', (pin) => {
    expect(checkNewPin(pin)).toEqual({ ok: true, value: pin });
  });

  it('is nowhere in the folder in clear, and a damaged file lets nobody in', async () => {
    const site = await WiredSite.start();
    const path = site.stores.folder.ownerPin;
    expect(await site.owner.enter(PIN)).toEqual({ ok: false, error: { why: 'no-pin', waitS: null } });
    expect((await storePin(path, PIN)).ok).toBe(true);
    expect(readFileSync(path, 'utf8')).not.toContain(PIN);
    expect([await checkPin(path, PIN), await checkPin(path, '480214')]).toEqual(['right', 'wrong']);
    await storePin(`${path}.other`, PIN);
    for (const damaged of ['', '{}', '{"salt":"","hash":""}', 'null']) {
      writeFileSync(path, damaged);
      expect(await checkPin(path, PIN)).toBe('unset');
    }
  });

  it('cannot be tried out: after five wrong ones each costs a wait that doubles, the right one too', async () => {
    const site = await WiredSite.start();
    await site.setPin();
    const why = async (pin: string): Promise<string> => {
      const entered = await site.owner.enter(pin);
      return entered.ok ? 'in' : entered.error.why;
    };
    for (let at = 1; at < FREE_TRIES; at += 1) expect(await why('000001')).toBe('wrong-pin');
    expect(await site.owner.enter('000001')).toEqual({
      ok: false,
      error: { why: 'locked', waitS: FIRST_WAIT_MS / SECOND_MS },
    });
    expect(await why(PIN)).toBe('locked');
    site.time.advance(FIRST_WAIT_MS);
    expect(await site.owner.enter('000001')).toMatchObject({ error: { waitS: (2 * FIRST_WAIT_MS) / SECOND_MS } });
    for (let at = 0; at < 12; at += 1) {
      site.time.advance(LONGEST_WAIT_MS);
      expect(await why('000001')).toBe('locked');
    }
    expect(await site.owner.enter('000001')).toMatchObject({ error: { waitS: LONGEST_WAIT_MS / SECOND_MS } });
    site.time.advance(LONGEST_WAIT_MS);
    expect(await why(PIN)).toBe('in');
    expect(site.entriesOf('owner-locked').length).toBe(14);
    expect(await why('000001')).toBe('wrong-pin');
  });

  it('is not tried many times side by side before the first one counts', async () => {
    const site = await WiredSite.start();
    await site.setPin();
    const tries = await Promise.all(Array.from({ length: 20 }, () => site.owner.enter('000001')));
    const why = tries.map((entered) => (entered.ok ? 'in' : entered.error.why));
    expect(why.filter((each) => each === 'wrong-pin')).toHaveLength(1);
    expect(why.filter((each) => each === 'busy')).toHaveLength(19);
  });
});

describe('owner mode', () => {
  it('ends when nothing is done, when the page is gone, and when it is left', async () => {
    const site = await WiredSite.start();
    const ended = { ok: false, error: { why: 'ended', waitS: null } };
    const quiet = await site.enter();
    for (let sinceMs = 0; sinceMs <= IDLE_MS; sinceMs += 10_000) {
      expect(site.owner.look(quiet.token).ok).toBe(true);
      site.time.advance(10_000);
    }
    expect(site.owner.look(quiet.token)).toEqual(ended);
    const gone = await site.enter();
    site.time.advance(SILENT_MS);
    expect(site.owner.look(gone.token).ok).toBe(true);
    site.time.advance(SILENT_MS + 1);
    expect(site.owner.look(gone.token)).toEqual(ended);
    const left = await site.enter();
    expect(site.owner.look('AAAA')).toEqual(ended);
    site.owner.leave('AAAA');
    expect(site.owner.look(left.token).ok).toBe(true);
    site.owner.leave(left.token);
    expect(site.owner.look(left.token)).toEqual(ended);
  });

  it('tells the time that the owner’s own watch shows', async () => {
    const site = await WiredSite.start();
    const { view } = await site.enter();
    const inSeoul = new Date(site.time.wall().atMs + SEOUL_AHEAD_MS).toISOString();
    expect(view.log.signedAt).toBe(inSeoul.slice(0, 16).replace('T', ' '));
  });

  it('is not kept open by a code that somebody holds up to a page its owner has left', async () => {
    const [site, other] = [await WiredSite.start(), await WiredSite.start()];
    const code = other.code();
    for (const held of [() => code, (at: number) => `MJC1:${at}`]) {
      const { token } = await site.enter();
      for (let sinceMs = 0; sinceMs <= IDLE_MS; sinceMs += 10_000) {
        site.scan(held(sinceMs));
        expect(site.owner.look(token).ok).toBe(true);
        site.time.advance(10_000);
      }
      expect(site.owner.look(token)).toMatchObject({ error: { why: 'ended' } });
    }
  });

  it('ends with its PIN: whoever saw the old one is out, and the owner whom they had locked out is not', async () => {
    const site = await WiredSite.start();
    const { token } = await site.enter();
    const set = (pin: string) => carryOut(site.folder, { command: 'owner-pin-set', pin });
    expect(await set('111111')).toMatchObject({ ok: false });
    expect(site.owner.look(token).ok).toBe(true);
    for (let at = 0; at < FREE_TRIES; at += 1) await site.owner.enter('000001');
    expect(await site.owner.enter(PIN)).toMatchObject({ error: { why: 'locked' } });
    expect(await set('480214')).toMatchObject({ ok: true });
    expect(site.owner.look(token)).toMatchObject({ error: { why: 'ended' } });
    expect(await site.owner.enter(PIN)).toMatchObject({ error: { why: 'wrong-pin' } });
    expect((await site.owner.enter('480214')).ok).toBe(true);
  });

  it('has no new PIN that the log does not tell of', async () => {
    const site = await WiredSite.start();
    await site.setPin();
    site.disk.setFull(true);
    expect(await carryOut(site.folder, { command: 'owner-pin-set', pin: '480214' })).toMatchObject({ ok: false });
    expect(await checkPin(site.stores.folder.ownerPin, PIN)).toBe('right');
    expect(site.entriesOf('owner-pin-set')).toEqual([]);
  });

  it('judges every other code as ever, and outside of it a checkpoint is a code that the door does not know', async () => {
    const [site, other] = [await WiredSite.start(), await WiredSite.start()];
    const code = other.code();
    const before = site.entriesOf('scan').length;
    site.scan(code);
    const [scan] = site.entriesOf('scan').slice(before);
    expect(scan).toMatchObject({ verdict: 'assist', reason: 'unsupported-format' });
    expect(site.entriesOf('log-countersigned')).toEqual([]);
    const { token } = await site.enter();
    site.scan('HC1:ABC');
    expect(site.wired.kiosk.state().door).toMatchObject({ state: 'showing', reason: 'malformed' });
    site.scan(code);
    expect(site.wired.kiosk.state().door).toMatchObject({ reason: 'malformed' });
    expect(site.owner.look(token)).toMatchObject({ value: { scanned: { outcome: 'countersigned' } } });
    site.owner.leave(token);
    site.time.advance(10_000);
    site.scan(code);
    expect(site.entriesOf('scan')).toHaveLength(before + 3);
  });

  it('a finger that rests on the button does not make the kiosk sign and write without end', async () => {
    const site = await WiredSite.start();
    const { token, view } = await site.enter();
    site.wired.kiosk.dispatch({ kind: 'people-left', count: 1 });
    const again = site.owner.sign(token, 0);
    expect(again.ok && again.value.log.size).toBe(view.log.size);
    site.time.advance(FRESH_EVERY_MS);
    const later = site.owner.sign(token, 0);
    expect(later.ok && later.value.log.size).toBeGreaterThan(view.log.size);
    const size = site.stores.journal.size();
    for (let at = 0; at < 100; at += 1) site.owner.sign(token, at);
    expect(site.stores.journal.size()).toBe(size);
  });

  it('says so when the disk takes nothing, and the door goes on', async () => {
    const [site, other] = [await WiredSite.start(), await WiredSite.start()];
    const { token } = await site.enter();
    site.disk.setFull(true);
    site.scan(other.code());
    expect(site.owner.look(token)).toMatchObject({ value: { scanned: { outcome: 'disk' } } });
    site.time.advance(FRESH_EVERY_MS);
    expect(site.owner.sign(token, 0)).toMatchObject({ error: { why: 'disk' } });
    expect((await site.owner.enter(PIN)).ok).toBe(false);
    site.disk.setFull(false);
    site.scan(other.code());
    expect(site.owner.look(token)).toMatchObject({ value: { scanned: { outcome: 'countersigned' } } });
  });
});

describe('two kiosks that scan each other', () => {
  it('the first then says up to where it is witnessed, and by whom', async () => {
    const [first, other] = [await WiredSite.start(), await WiredSite.start()];
    const shown = await scanned(other, first.code());
    expect(shown).toMatchObject({ outcome: 'countersigned', other: { name: first.stores.logKey.origin } });
    expect(shown?.other?.words).toMatch(/^([a-z]{5} ){5}[a-z]{5}$/);
    expect(shown?.code?.modules).toBeLessThan(100);
    const back = other.countersigned(first);
    const kept = await scanned(first, back, back, back);
    expect(kept).toMatchObject({ outcome: 'witnessed', size: shown?.size, code: null });
    expect(first.entriesOf('log-witnessed')).toMatchObject([{ by: other.stores.logKey.origin, size: shown?.size }]);
    const { view } = await first.enter();
    expect(view).toMatchObject({ log: { witnessedSize: shown?.size }, since: shown?.size });

    const db = openJournalReader(join(first.folder, 'journal.db'));
    if (!db.ok) throw new Error(db.error);
    const vouchers = { keys: [first.stores.logKey.verifier], witnesses: [], witnessKeys: knownWitnesses(db.value) };
    const report = checkStored(db.value, { from: 0, to: null }, vouchers);
    db.value.close();
    expect(report).toMatchObject({
      ok: true,
      value: { problems: [], witnessedSize: shown?.size, witnessedBy: [other.stores.logKey.origin] },
    });
  });

  it('a log that has grown is countersigned with the proof since then, and without it what is missing is said', async () => {
    const [first, other] = [await WiredSite.start(), await WiredSite.start()];
    const seen = (await scanned(other, first.code()))?.size ?? -1;
    first.scan('HC1:ABC');
    expect(await scanned(other, first.code())).toMatchObject({ outcome: 'unproven', seen, code: null });
    expect(await scanned(other, first.code(seen))).toMatchObject({ outcome: 'countersigned' });
    expect(other.entriesOf('log-countersigned')).toHaveLength(2);
  });

  it('an older copy that was put back is refused, kept as evidence, and told in the log', async () => {
    const [first, other] = [await WiredSite.start(), await WiredSite.start()];
    const older = first.code();
    first.scan('HC1:ABC');
    const seen = (await scanned(other, first.code()))?.size ?? -1;
    expect(await scanned(other, older)).toMatchObject({ outcome: 'fewer', seen });
    expect(other.entriesOf('log-contradicted')).toMatchObject([{ why: 'fewer', seen }]);
    const name = first.stores.logKey.origin.replaceAll('/', '-');
    expect(existsSync(join(other.folder, 'witnessed', `${name}.contradiction.txt`))).toBe(true);
  });

  it('a code of its own, a damaged one and one under a doubtful clock are refused', async () => {
    const [first, other] = [await WiredSite.start(), await WiredSite.start()];
    const code = first.code();
    expect(await scanned(first, code)).toMatchObject({ outcome: 'own-log' });
    expect(await scanned(other, `${code.slice(0, -3)}AAA`)).toMatchObject({ outcome: 'damaged' });
    expect(await scanned(other, code.slice(0, 60))).toMatchObject({ outcome: 'damaged', other: null });
    other.time.trust(false);
    expect(await scanned(other, code)).toMatchObject({ outcome: 'clock' });
    other.time.trust(true);
    other.time.advance(3_000);
    expect(await scanned(other, code)).toMatchObject({ outcome: 'countersigned' });
  });
});
