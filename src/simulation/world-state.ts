import type { FormatName } from '../pass/pass.ts';
import type { VerdictName } from '../policy/reasons.ts';
import type { Fault, PrintedSticker, WalletPass, World } from './world.ts';

/** A pass of the wallet as the page gets it: without its codes. */
export interface WalletCard {
  readonly id: string;
  readonly title: WalletPass['title'];
  readonly note: WalletPass['note'];
  readonly format: FormatName;
  readonly expect: VerdictName;
}

/** `GET /simulation/state`, and each `event: world` of `GET /simulation/events`. */
export interface WorldState {
  readonly wallet: readonly WalletCard[];
  readonly faults: Readonly<Record<Fault, boolean>>;
  readonly stickers: readonly Pick<PrintedSticker, 'id' | 'printedAt'>[];
}

export function worldState(world: World): WorldState {
  return {
    wallet: world.wallet().map(({ id, title, note, format, expect }) => ({ id, title, note, format, expect })),
    faults: world.faults(),
    stickers: world.stickers().map(({ id, printedAt }) => ({ id, printedAt })),
  };
}
