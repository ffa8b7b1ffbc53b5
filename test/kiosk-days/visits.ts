import type { Entry } from '../../src/journal/entry.ts';
import type { Card } from './card.ts';
import type { Day } from './day.ts';
import { type Expected, expectedOf, isGenuine, type Remembered, verdictOf } from './expectation.ts';
import { count } from './tally.ts';

const LAMP = { admit: 'green', assist: 'amber', refuse: 'red' } as const;

type Button = 'admit' | 'refuse' | 'sticker';

const said = ({ verdict, reason }: { readonly verdict: string; readonly reason: string }): string =>
  `${verdict}: ${reason}`;

function remembered(day: Day, card: Card): readonly Remembered[] {
  const doubt = day.memory.doubtOf(card.use);
  const isFull = day.occupancyLimit > 0 && day.memory.present >= day.occupancyLimit;
  const agoMs = day.memory.agoOf(card.use);
  const choices = doubt === 'either' ? [true, false] : [doubt === 'yes'];
  return choices.map((inDoubt) => ({ inDoubt, agoMs, isFull }));
}

/** What the door may say to a card now, if it judges it; one of it. */
export const expectationsOf = (day: Day, card: Card): readonly Expected[] =>
  remembered(day, card).map((known) => expectedOf(card, known, day.around));

/**
 * Somebody holds up a code.
 * @param line null for a line that is longer than any code
 * @returns false if the kiosk was killed over it
 */
export function present(day: Day, card: Card, line: string | null): boolean {
  const { house, door, memory, nowMs } = day;
  if (house.kiosk === null) {
    count(day.tally, 'not judged', 'before a dark kiosk');
    day.did(`${card.name} is held before a dark kiosk`);
    return true;
  }
  const state = door.stateAt(nowMs);
  const isJudged = house.isScannerPlugged && (state === 'ready' || state === 'showing');
  const isRepeat = isJudged && line !== null && door.isInView(line, nowMs);
  day.applyReopening();
  const genuine = isGenuine(card, day.around);
  const expected = expectationsOf(day, card);
  const isAlive = day.survived(() => (line === null ? house.overlong() : house.scan(line)));
  const refused = day.diskRefused();
  const fresh = day.takeEntries(card);
  const scans = fresh.filter((entry): entry is Extract<Entry, { type: 'scan' }> => entry.type === 'scan');
  const given = day.takeGiven();
  if (!isAlive) {
    count(day.tally, 'not judged', 'the kiosk was killed over it');
    day.did(`${card.name}: killed, ${scans.map(said).join() || 'not recorded'}`);
    return false;
  }
  if (!isJudged || isRepeat) {
    day.did(`${card.name}: ${isRepeat ? 'still in view' : 'not judged'}`);
    day.require(scans.length === 0 && given.length === 0, `${card.name} was judged and must not be`);
    count(day.tally, 'not judged', isRepeat ? 'still in view' : 'out of service');
    return true;
  }
  const scan = door.arrived(line, nowMs);
  const [entry] = scans;
  const outcome = refused
    ? ({ verdict: verdictOf('journal-fault', house.policy), reason: 'journal-fault' } as const)
    : entry;
  day.did(`${card.name}: ${outcome === undefined ? 'nothing' : said(outcome)} (${entry?.seq ?? '-'})`);
  day.require(outcome !== undefined, `${card.name} was not judged; expected ${expected.map(said).join(' or ')}`);
  if (outcome === undefined) return true;
  day.count.scan(card.name.replace(/-.*/, ''));
  count(day.tally, 'verdicts', said(outcome));
  day.require(scans.length <= 1, `${card.name} was recorded ${scans.length} times`);
  for (const recorded of scans) {
    day.require(
      expected.some(({ verdict, reason }) => verdict === recorded.verdict && reason === recorded.reason),
      `${card.name} is judged ${said(recorded)}; expected ${expected.map(said).join(' or ')}`,
    );
    day.require((recorded.pass !== null) === genuine, `${card.name} ${genuine ? 'leaves no' : 'leaves a'} digest`);
  }
  const [shown] = given;
  day.require(given.length === 1 && shown !== undefined, `${card.name} got ${given.length} signals`);
  const seq = refused ? null : (entry?.seq ?? null);
  day.require(shown?.seq === seq, `the signal is for entry ${shown?.seq}, the verdict is entry ${seq}`);
  day.require(shown?.pattern.lamp === LAMP[outcome.verdict], `${said(outcome)} shows ${shown?.pattern.lamp}`);
  door.show({ scan, seq, ...saidAs(outcome), isUnrecorded: false, card, sinceMs: nowMs });
  if (seq !== null && outcome.verdict === 'admit') day.require(memory.isAdmission(seq), 'an admission is remembered');
  return true;
}

const saidAs = <T extends { readonly verdict: unknown; readonly reason: unknown }>({
  verdict,
  reason,
}: T): Pick<T, 'verdict' | 'reason'> => ({ verdict, reason });

/**
 * Staff press a button for the presentation that they saw.
 * @returns false if the kiosk was killed over it
 */
export function press(day: Day, button: Button, seen: number): boolean {
  const { house, door, memory, nowMs } = day;
  if (house.kiosk === null) return true;
  day.applyReopening();
  const showing = door.showingAt(nowMs);
  const isAlive = day.survived(() => house.press(button, seen));
  const refused = day.diskRefused();
  const fresh = day.takeEntries(null);
  const given = day.takeGiven();
  const staff = fresh.flatMap((entry) =>
    entry.type === 'staff-admitted' || entry.type === 'staff-refused' ? [entry] : [],
  );
  day.did(`staff press ${button} for scan ${seen}${isAlive ? '' : ': killed'}${refused ? ': the disk refuses' : ''}`);
  count(day.tally, 'staff', button);
  if (!isAlive) return false;
  if (showing === null || showing.scan !== seen) {
    const isNoted = fresh.some(({ type }) => type === 'staff-missed');
    day.require(isNoted || refused, 'a press that came too late is not recorded');
    day.require(given.length === 0 && staff.length === 0, 'a press that came too late did something');
    return true;
  }
  if (button === 'sticker' || showing.verdict !== 'assist' || showing.seq === null) {
    day.require(given.length === 0 && staff.length === 0, `${button} does something to a ${showing.verdict}`);
    return true;
  }
  const [shown] = given;
  day.require(given.length === 1, `a press got ${given.length} signals`);
  if (refused) {
    day.require(shown?.pattern.lamp === 'amber', 'a decision that was not recorded opens or shuts the door');
    door.show({ ...showing, isUnrecorded: true, sinceMs: nowMs });
    return true;
  }
  const [entry] = staff;
  const verdict = button === 'admit' ? 'admit' : 'refuse';
  day.require(staff.length === 1 && entry?.of === showing.seq, 'a decision of staff is not recorded once');
  day.require(
    entry?.type === (button === 'admit' ? 'staff-admitted' : 'staff-refused'),
    'the wrong decision is recorded',
  );
  day.require(
    shown?.seq === entry?.seq && shown?.pattern.lamp === LAMP[verdict],
    `a press shows ${shown?.pattern.lamp}`,
  );
  const decided = memory.cardOf(showing.seq);
  if (decided !== undefined) memory.decided(decided.use);
  door.show({ ...showing, seq: entry?.seq ?? null, verdict, isUnrecorded: false, sinceMs: nowMs });
  count(day.tally, 'staff', `${button} recorded`);
  return true;
}
