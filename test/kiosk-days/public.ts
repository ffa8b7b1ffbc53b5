import type { Kind } from '../../src/pass/pass.ts';
import { type Card, entryPass, noPass } from './card.ts';
import type { Day } from './day.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Who comes, out of a hundred. */
const MIX: readonly (readonly [what: string, weight: number])[] = [
  ['ticket', 20],
  ['member', 14],
  ['single', 7],
  ['again', 20],
  ['dcc', 9],
  ['sticker', 8],
  ['expired', 3],
  ['early', 3],
  ['ending', 3],
  ['forged', 4],
  ['stranger', 2],
  ['oldkey', 3],
  ['narrow', 2],
  ['malformed', 1],
  ['url', 1],
  ['phone', 1],
  ['overlong', 1],
];
const TOTAL = MIX.reduce((sum, [, weight]) => sum + weight, 0);
const REMEMBERED = 24;

const floorSecond = (atMs: number): number => Math.floor(atMs / SECOND_MS) * SECOND_MS;

/** The people of a day, and what they hold in their hands. */
export class Public {
  readonly #day: Day;
  readonly #recent: Card[] = [];
  readonly #stickers: Card[] = [];
  #count = 0;

  constructor(day: Day) {
    this.#day = day;
  }

  gotSticker(card: Card): void {
    this.#stickers.push(card);
  }

  /** Names of passes that somebody may take back. */
  names(most: number): readonly string[] {
    return this.#recent.slice(-most).map(({ name }) => name);
  }

  /** Somebody comes to the door. */
  next(): Card {
    const { random, wallet } = this.#day;
    let drawn = random.below(TOTAL);
    const what = MIX.find(([, weight]) => {
      drawn -= weight;
      return drawn < 0;
    })?.[0];
    switch (what) {
      case 'again':
        return this.#recent.length === 0 ? this.good() : random.pick(this.#recent);
      case 'dcc':
        return this.#kept(random.pick(wallet.certificates));
      case 'sticker':
        return this.#stickers.length === 0 ? this.good() : random.pick(this.#stickers);
      case 'malformed':
        return noPass('malformed', `${this.good().lines[0]}=`, 'malformed');
      case 'url':
        return noPass('url', `https://tickets.example/${random.next()}`, 'needs-server');
      case 'phone':
        return noPass('phone', '010-1234-5678', 'unsupported-format');
      case 'overlong':
        return noPass('overlong', '', 'too-long');
      default:
        return this.#kept(this.#pass(what ?? 'ticket'));
    }
  }

  /** A fresh pass that is good for the rest of the day, whatever key the arena uses. */
  good(kind: Kind = 'ticket'): Card {
    return this.#pass(kind === 'ticket' ? 'ticket' : 'member');
  }

  #pass(what: string): Card {
    const { random, wallet, time, trustState } = this.#day;
    const { keys } = wallet;
    this.#count += 1;
    const now = floorSecond(time.rightMs);
    const arena = trustState.names.kids.get('arena')?.has(keys.arena.kid) === true ? keys.arena : keys.arenaNext;
    const plain = {
      name: `${what}-${String(this.#count).padStart(5, '0')}`,
      issuer: 'arena',
      key: arena,
      kind: 'ticket',
      fromMs: null,
      untilMs: now + 2 * DAY_MS,
    } as const;
    switch (what) {
      case 'member':
        return entryPass({ ...plain, issuer: 'club', key: keys.club, kind: 'membership' });
      case 'single':
        return entryPass({ ...plain, single: true });
      case 'expired':
        return entryPass({ ...plain, untilMs: now - random.below(DAY_MS / SECOND_MS) * SECOND_MS });
      case 'early':
        return entryPass({ ...plain, fromMs: now + SECOND_MS + random.below(3_600) * SECOND_MS });
      case 'ending':
        return entryPass({ ...plain, untilMs: now + random.below(1_800) * SECOND_MS });
      case 'forged':
        return entryPass({ ...plain, isForged: true });
      case 'stranger':
        return entryPass({ ...plain, issuer: 'stranger', key: keys.stranger });
      case 'oldkey':
        return entryPass({ ...plain, key: arena === keys.arena ? keys.arenaNext : keys.arena });
      case 'narrow':
        return entryPass({ ...plain, issuer: 'narrow', key: keys.narrow });
      default:
        return entryPass(plain);
    }
  }

  #kept(card: Card): Card {
    this.#recent.push(card);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    return card;
  }
}
