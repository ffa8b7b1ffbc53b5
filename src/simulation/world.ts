import type { FormatName } from '../pass/pass.ts';
import type { VerdictName } from '../policy/reasons.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';

interface Bilingual {
  readonly ko: string;
  readonly en: string;
}

/** A demo pass that a visitor can hold up with a click. */
export interface WalletPass {
  readonly id: string;
  readonly title: Bilingual;
  /** Why this pass is in the wallet: what the door should do with it. */
  readonly note: Bilingual;
  readonly format: FormatName;
  readonly expect: VerdictName;
  /** Lines in the order they are held up; more than one for a card of several codes. Latin-1, no terminator. */
  readonly lines: readonly string[];
}

export const FAULTS = ['scanner-unplugged', 'paper-out', 'disk-full', 'clock-wrong'] as const;
export type Fault = (typeof FAULTS)[number];

export const STAFF_BUTTONS = ['admit', 'refuse', 'sticker'] as const;
export type StaffButton = (typeof STAFF_BUTTONS)[number];

/** A sticker that came out of the simulated printer. */
export interface PrintedSticker {
  readonly id: string;
  /** RFC 3339 UTC. */
  readonly printedAt: string;
  /** What its QR code says: it can be held up like a pass. */
  readonly token: string;
  readonly png: Buffer;
}

/** The simulated surroundings of the kiosk: everything a visitor of the simulator can do to it. */
export interface World {
  wallet(): readonly WalletPass[];
  /** Holds up one code, as bytes. */
  scan(line: Buffer): void;
  /** @param scan the presentation that the button was pressed for, or null for whatever is shown */
  press(button: StaffButton, scan: number | null, because: StaffReason): void;
  /** One person leaves by the counted way out. */
  leave(): void;
  faults(): Readonly<Record<Fault, boolean>>;
  setFault(fault: Fault, on: boolean): void;
  /** Newest first, at most the last 12. */
  stickers(): readonly PrintedSticker[];
  /** Calls `listener` when faults or stickers change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}
