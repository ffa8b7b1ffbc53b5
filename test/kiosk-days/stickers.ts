import type { Card } from './card.ts';
import type { Day } from './day.ts';
import { count } from './tally.ts';
import { press } from './visits.ts';

interface Claims {
  readonly iat: number;
  readonly exp: number;
  readonly kind: Card['kind'];
  readonly iss: string;
}

const SECOND_MS = 1_000;

/**
 * Staff ask for a sticker for whoever was just admitted.
 * @returns the card that came of it, null for none, and whether the kiosk lives
 */
export async function askForSticker(day: Day, seen: number): Promise<{ card: Card | null; isAlive: boolean }> {
  const before = day.stickers.length;
  let isAlive = press(day, 'sticker', seen);
  await day.house.settled();
  isAlive = day.survived(() => {}) && isAlive;
  day.diskRefused();
  day.takeEntries(null);
  const sticker = day.stickers[before];
  if (sticker === undefined) return { card: null, isAlive };
  const recorded = day.entries.find((entry) => entry.type === 'sticker-issued' && entry.sticker === sticker.id);
  day.require(recorded !== undefined, 'a sticker is printed that is in no entry');
  const { of } = sticker;
  day.require(of !== null && day.memory.isAdmission(of), 'a sticker follows no admission');
  const behind = of === null ? undefined : day.cardBehind(of);
  day.require(behind !== undefined, 'a sticker stands for no genuine pass');
  if (behind === undefined) return { card: null, isAlive };
  const payload = Buffer.from(sticker.token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const { iat, exp, kind } = JSON.parse(payload) as Claims;
  day.require(exp * SECOND_MS <= behind.untilMs, 'a sticker outlives its pass');
  count(day.tally, 'staff', 'sticker issued');
  const card: Card = {
    ...behind,
    name: `sticker-${before}`,
    lines: [sticker.token],
    format: 'sticker',
    issuer: 'venue/7A',
    kid: day.around.ownKid,
    kind,
    fromMs: iat * SECOND_MS,
    untilMs: exp * SECOND_MS,
    single: false,
  };
  return { card, isAlive };
}
