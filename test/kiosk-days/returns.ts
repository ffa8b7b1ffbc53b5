import type { Card } from './card.ts';
import type { Stage } from './faults.ts';
import { HOUSE_RULES } from './house-rules.ts';
import { expectationsOf, present } from './visits.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const MOST_RETURNS = 3;

/**
 * Sees to it that a pass is counted when the clock is about to go wrong: what nobody was let in for, no clock can
 * forget. Every second owner chooses a policy with a passback first.
 */
export function letIn(stage: Stage): void {
  const { day, cut } = stage;
  const { random, house } = day;
  if (house.kiosk === null) return;
  if (house.policy.reuse.mode !== 'passback' && random.chance(0.5)) {
    day.choosePolicy(HOUSE_RULES.filter(({ reuse }) => reuse.mode === 'passback'));
  }
  if (house.policy.reuse.mode !== 'passback' || day.memory.runningPassbacks().length > 0) return;
  const card = goodCard(stage);
  if (!present(day, card, card.lines[0] ?? '')) cut();
}

/**
 * People who were let in before the clock went wrong come back just inside their window and just past it, at moments
 * at which the wrong clock says the opposite.
 * @param wrongByMs how far the wall clock is ahead
 * @returns when the last of them comes, in milliseconds since the day began
 */
export function comeBack({ day, agenda, cut }: Stage, wrongByMs: number): number {
  const { random, memory, nowMs } = day;
  let lastMs = nowMs;
  for (const { card, sinceMs, windowMs } of memory.runningPassbacks().slice(-MOST_RETURNS)) {
    const besideMs = Math.min(Math.abs(wrongByMs), windowMs) * (0.2 + random.below(60) / 100);
    for (const atMs of [sinceMs + windowMs - besideMs, sinceMs + windowMs + besideMs]) {
      const comesMs = Math.floor(Math.max(atMs, nowMs + SECOND_MS + random.below(20 * SECOND_MS)));
      lastMs = Math.max(lastMs, comesMs);
      agenda.at(comesMs, () => {
        if (!present(day, card, random.pick(card.lines))) cut();
      });
    }
  }
  return lastMs;
}

/** Whoever was not judged, because it was dark or the door was out of service, comes back until the door does its work. */
export function comeUntilJudged(stage: Stage, card: Card, line: string | null): void {
  const { day, agenda, cut } = stage;
  const before = day.count.scans;
  const isInView = line !== null && day.house.kiosk !== null && day.door.isHeldUp(line, day.nowMs);
  if (!present(day, card, line)) cut();
  if (day.count.scans > before || isInView) return;
  agenda.at(day.nowMs + MINUTE_MS + day.random.below(8 * MINUTE_MS), () => comeUntilJudged(stage, card, line));
}

/** Whether the door will open for that card at this moment, as far as can be told. */
export function willBeLetIn({ day }: Stage, card: Card): boolean {
  const state = day.door.stateAt(day.nowMs);
  if (day.house.kiosk === null || state === 'out-of-service') return false;
  return expectationsOf(day, card).every(({ verdict }) => verdict === 'admit');
}

/** A fresh pass of a kind that the policy admits. */
export function goodCard({ day, people }: Stage): Card {
  return people.good(day.house.policy.admits.includes('ticket') ? 'ticket' : 'membership');
}
