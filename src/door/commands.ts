import type { Result } from '../base/result.ts';
import type { Receipt } from '../register/register.ts';
import type { PublicState } from './public-state.ts';

/** All that a screen may ask of the kiosk. */
export interface Commands {
  state(): PublicState;
  /** Calls `listener` with the whole state at every change, until the returned function is called. */
  subscribe(listener: (state: PublicState) => void): () => void;
  /**
   * Seals what a visitor typed and stores it; the visitor may be told once this resolves, and not before.
   * @returns to whom it was sealed and when it is deleted, or one sentence that quotes nothing of it
   */
  registerVisitor(phone: string, district: string): Promise<Result<Receipt, string>>;
}

/** A QR code without its quiet zone: modules a side, and an SVG path over the dark ones, a unit each. */
export interface CodePicture {
  readonly modules: number;
  readonly path: string;
}

/** What became of a checkpoint that was scanned in owner mode; the words are the page's. */
export const SCANNED_OUTCOMES = [
  'countersigned',
  'witnessed',
  'damaged',
  'own-log',
  'other-key',
  'fewer',
  'forked',
  'unproven',
  'not-in-log',
  'clock',
  'clocks-differ',
  'disk',
] as const;

export interface ScannedCheckpoint {
  readonly outcome: (typeof SCANNED_OUTCOMES)[number];
  /** The other kiosk: the name of its log, and its key as six words; null where the code does not tell. */
  readonly other: { readonly name: string; readonly words: string } | null;
  /** Entries that the checkpoint covers, and that were seen before; null where not known. */
  readonly size: number | null;
  readonly seen: number | null;
  /** To be carried back: the countersigned checkpoint. */
  readonly code: CodePicture | null;
}

/** What the owner's page shows. */
export interface OwnerView {
  readonly log: {
    readonly name: string;
    /** The log's public key as six words that can be read aloud. */
    readonly words: string;
    readonly size: number;
    /** `YYYY-MM-DD HH:MM` in the zone of the site; null where the checkpoint does not tell. */
    readonly signedAt: string | null;
    readonly clockTrusted: boolean;
    /** How many entries another kiosk is known to vouch for. */
    readonly witnessedSize: number;
  };
  /** The checkpoint for a telephone or another kiosk, with the proof since `since` entries; null where none fits. */
  readonly code: CodePicture | null;
  readonly since: number;
  readonly scanned: ScannedCheckpoint | null;
  /** Days whose slip did not come out, as `YYYY-MM-DD`, and whether a printer is there for them. */
  readonly missedSlips: readonly string[];
  readonly canPrint: boolean;
}

export interface OwnerRefusal {
  /** `ended`: this session is over. `busy`: try again at once. */
  readonly why: 'no-pin' | 'wrong-pin' | 'locked' | 'busy' | 'ended' | 'disk';
  /** Seconds until the next try counts; null where it is not about waiting. */
  readonly waitS: number | null;
}

/** The owner's part of a screen: whoever knows the PIN gets a token, and everything else asks for that. */
export interface OwnerCommands {
  enter(pin: string): Promise<Result<{ readonly token: string; readonly view: OwnerView }, OwnerRefusal>>;
  look(token: string): Result<OwnerView, OwnerRefusal>;
  /** Signs the log as it is, with the proof that it only adds to its first `since` entries. */
  sign(token: string, since: number): Result<OwnerView, OwnerRefusal>;
  /** Prints the slip of a day that was missed; `look` tells when it is no longer missing. */
  printSlip(token: string, day: string): Result<OwnerView, OwnerRefusal>;
  leave(token: string): void;
}
