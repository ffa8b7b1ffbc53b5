import { KINDS, type Kind } from '../../src/pass/pass.ts';
import type { ListDates } from '../../src/pass/trust.ts';
import { trusted } from '../fuzz/keys.ts';
import type { Wallet } from './card.ts';
import type { TrustState } from './day.ts';

export interface TrustChoice {
  /** Which keys of the arena are on the list: one, or both while they change. */
  readonly arena: readonly ('arena' | 'arenaNext')[];
  readonly list: ListDates | null;
  readonly revoked: ReadonlySet<string>;
}

const MEMBERSHIPS: readonly Kind[] = ['membership'];

/** A trust list of the day, for the kiosk and for the one who checks it. */
export function trustStateOf({ keys, certificateKey }: Wallet, { arena, list, revoked }: TrustChoice): TrustState {
  return {
    keys: [
      ...arena.map((name) => trusted(keys[name], 'arena', ['entry-pass'])),
      trusted(keys.club, 'club', ['entry-pass']),
      trusted(keys.narrow, 'narrow', ['entry-pass'], { kinds: MEMBERSHIPS }),
      certificateKey,
    ],
    names: {
      kids: new Map([
        ['arena', new Map(arena.map((name) => [keys[name].kid, KINDS]))],
        ['club', new Map([[keys.club.kid, KINDS]])],
        ['narrow', new Map([[keys.narrow.kid, MEMBERSHIPS]])],
      ]),
      certificateKids: new Set([certificateKey.kid]),
      revoked,
      list,
    },
  };
}
