import { describe, expect, it, onTestFinished } from 'vitest';
import type { Entry } from '../../src/journal/entry.ts';
import type { Kind } from '../../src/pass/pass.ts';
import { entriesIn } from '../support/entries.ts';
import { testIssuer } from '../support/issuer.ts';
import { KioskProcess, munjigi, Site } from '../support/kiosk-process.ts';
import { SEED, seededRandom } from '../support/seed.ts';

const ROUNDS = 30;
/** From the last byte of a code to its lamp the kiosk takes a few milliseconds: a cut falls before, in or after that. */
const LATEST_CUT_MS = 20;

/** A door on standard input whose power can be cut. */
class Door {
  readonly #site = new Site();
  readonly #issuer = testIssuer(this.#site.folder);
  readonly #hardware = this.#site.hardware('{driver: stdin}');
  #kiosk: KioskProcess | null = null;

  constructor() {
    munjigi('trust', 'import', '--unsigned', this.#issuer.trustFile, '--data', this.#site.data);
    onTestFinished(async () => {
      if (this.#kiosk?.child.exitCode === null && this.#kiosk.child.signalCode === null) await this.#kiosk.kill();
      this.#site.remove();
    });
  }

  get entries(): readonly Entry[] {
    return entriesIn(this.#site.data);
  }

  pass(kind: Kind): string {
    return this.#issuer.pass(kind, kind === 'ticket' ? { single: true } : {});
  }

  async start(): Promise<KioskProcess> {
    this.#kiosk = await KioskProcess.start(this.#site, this.#hardware);
    await this.#kiosk.until(({ door }) => door['state'] === 'ready');
    return this.#kiosk;
  }

  async verdictOn(kiosk: KioskProcess, line: string): Promise<Entry | undefined> {
    kiosk.scan(line);
    const { seq } = await kiosk.nextVerdict();
    return this.entries.find((entry) => entry.seq === seq);
  }
}

const ADMITTED = { type: 'scan', verdict: 'admit', reason: 'ok', rule: null };
const DOUBTED = { type: 'scan', verdict: 'assist', reason: 'already-used', rule: 'door-may-not-have-opened' };
const USED = { type: 'scan', verdict: 'refuse', reason: 'already-used', rule: null };

describe('a power cut right after the lamp', () => {
  it('loses no entry, and the bearer of a ticket gets a second look, not a second entry and not a refusal', async () => {
    const door = new Door();
    const ticket = door.pass('ticket');
    const before = await door.start();
    before.scan(ticket);
    const ack = await before.nextVerdict();
    await before.kill();
    expect(ack).toMatchObject({ green: true, relay: true });
    expect(door.entries.find(({ seq }) => seq === ack.seq)).toMatchObject(ADMITTED);
    expect(door.entries.some((entry) => entry.type === 'shown' && entry.of === ack.seq)).toBe(false);

    const after = await door.start();
    expect(door.entries.findLast(({ type }) => type === 'start')).toMatchObject({ lastEnd: 'killed' });
    expect(await door.verdictOn(after, ticket)).toMatchObject(DOUBTED);
    expect(await after.state()).toMatchObject({ door: { verdict: 'assist', reason: 'already-used' } });
    expect(await door.verdictOn(after, door.pass('ticket'))).toMatchObject(ADMITTED);
  });

  it('leaves no doubt about a signal that was noted as given', async () => {
    const door = new Door();
    const ticket = door.pass('ticket');
    const membership = door.pass('membership');
    const before = await door.start();
    const admitted = [await door.verdictOn(before, ticket), await door.verdictOn(before, membership)];
    expect(admitted).toMatchObject([ADMITTED, ADMITTED]);
    // Its commit also carries what was shown before it.
    await door.verdictOn(before, door.pass('other'));
    await before.kill();
    const shown = door.entries.flatMap((entry) => (entry.type === 'shown' ? [entry.of] : []));
    expect(shown).toEqual(admitted.map((entry) => entry?.seq));

    const after = await door.start();
    expect(await door.verdictOn(after, ticket)).toMatchObject(USED);
    expect(await door.verdictOn(after, membership)).toMatchObject(ADMITTED);
  });

  it('leaves no doubt after an orderly stop', async () => {
    const door = new Door();
    const membership = door.pass('membership');
    const before = await door.start();
    expect(await door.verdictOn(before, membership)).toMatchObject(ADMITTED);
    expect(await before.stop()).toBe(0);
    expect(await door.verdictOn(await door.start(), membership)).toMatchObject(ADMITTED);
  });
});

/** Cuts the power of one door again and again, at moments that `random` decides; counts what was stored in time. */
async function cutPower(rounds: number, random: () => number): Promise<number> {
  const door = new Door();
  let ticket = door.pass('ticket');
  let expected: object = ADMITTED;
  let recorded = 0;
  for (let round = 0; round < rounds; round += 1) {
    const kiosk = await door.start();
    // What the cut before this one left behind decides what this ticket may still do.
    expect(await door.verdictOn(kiosk, ticket), `round ${round}`).toMatchObject(expected);

    ticket = door.pass('ticket');
    const before = door.entries.length;
    kiosk.scan(ticket);
    // The first cut comes at once and the second after the lamp, so that both sides of the commit are seen.
    if (round === 1) await kiosk.nextVerdict();
    if (round > 1) await new Promise((resolve) => setTimeout(resolve, random() * LATEST_CUT_MS));
    await kiosk.kill();
    const scan = door.entries.slice(before).find(({ type }) => type === 'scan');
    const untold = [...kiosk.acknowledged()].filter((seq) => seq !== null && seq >= before && seq !== scan?.seq);
    expect(untold, `round ${round}: acknowledged without an entry`).toEqual([]);
    expected = scan === undefined ? ADMITTED : DOUBTED;
    recorded += scan === undefined ? 0 : 1;
  }
  return recorded;
}

it(`never admits a single-use ticket twice over ${ROUNDS} power cuts, and never turns away one that nobody used (seed ${SEED})`, async () => {
  const random = seededRandom(SEED);
  const recorded = await Promise.all([cutPower(ROUNDS / 2, random), cutPower(ROUNDS / 2, seededRandom(SEED + 1))]);
  const total = recorded.reduce((sum, count) => sum + count, 0);
  // Cuts that never fall on either side of the commit would prove nothing.
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThan(ROUNDS);
}, 90_000);
