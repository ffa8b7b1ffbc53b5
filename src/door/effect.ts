import type { Pass } from '../pass/pass.ts';
import type { VerdictName } from '../policy/reasons.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';
import type { Authenticated, StaffButton, TimerName } from './event.ts';
import type { Presentation, ScanId } from './state.ts';

/** What the kiosk must do now. `authenticate`, `judge` and `record-staff` answer with an event in the same turn. */
export type DoorEffect =
  | { readonly kind: 'authenticate'; readonly scan: ScanId; readonly presentation: Presentation }
  | { readonly kind: 'judge'; readonly scan: ScanId; readonly outcome: Authenticated }
  | {
      readonly kind: 'record-staff';
      readonly of: number;
      readonly choice: 'admitted' | 'refused';
      readonly because: StaffReason;
    }
  /** A press came too late: the journal says so, and nothing is done. */
  | { readonly kind: 'staff-missed'; readonly button: StaffButton }
  | { readonly kind: 'count-out'; readonly count: number }
  /** Lamp, sound and strike of a verdict; `seq` is the entry that was written before, null only after a journal fault. */
  | { readonly kind: 'signal'; readonly verdict: VerdictName; readonly seq: number | null }
  | { readonly kind: 'rest' }
  | { readonly kind: 'sticker'; readonly pass: Pass; readonly of: number }
  | { readonly kind: 'start-timer'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly kind: 'stop-timer'; readonly timer: TimerName };
