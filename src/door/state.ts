import type { Presented } from '../pass/format.ts';
import type { Pass } from '../pass/pass.ts';
import type { Decision } from '../policy/decide.ts';
import type { ReasonCode, VerdictName } from '../policy/reasons.ts';

/** The parts without which no scan can open this door. */
export const VITAL_PARTS = ['scanner', 'signal'] as const;
export type VitalPart = (typeof VITAL_PARTS)[number];

/** One presentation of a code at the reader, counted since start. */
export type ScanId = number;

/** What was held up: a code, or one that ran past the length limit. */
export type Presentation = { readonly kind: 'code'; readonly presented: Presented } | { readonly kind: 'overlong' };

/** A verdict as it stands in the journal; `seq` is null only where the journal could not take it. */
export interface Shown {
  readonly scan: ScanId;
  readonly seq: number | null;
  readonly verdict: VerdictName;
  readonly reason: ReasonCode;
  readonly rule: string | null;
  readonly advice: Decision['advice'];
  /** The journal could not take what staff decided: shown in place of the reason, which is kept. */
  readonly isUnrecorded: boolean;
  /** The genuine pass behind an admission that a sticker may be printed for; forgotten when the showing ends. */
  readonly stickerFor: Pass | null;
}

export type Phase =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'checking'; readonly scan: ScanId }
  | { readonly kind: 'showing'; readonly shown: Shown }
  | { readonly kind: 'out-of-service' };

/** The whole door. `unheard` are vital parts that have not reported yet, `down` those that cannot serve. */
export interface Door {
  readonly phase: Phase;
  readonly unheard: readonly VitalPart[];
  readonly down: readonly VitalPart[];
}

export const CLOSED_DOOR: Door = { phase: { kind: 'starting' }, unheard: VITAL_PARTS, down: [] };
