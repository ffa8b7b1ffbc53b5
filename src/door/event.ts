import type { Result } from '../base/result.ts';
import type { Pass, Refusal } from '../pass/pass.ts';
import type { Decision } from '../policy/decide.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';
import type { Presentation, ScanId, VitalPart } from './state.ts';

/** A genuine pass, a refusal of the scan, or a line that was never read because it was too long. */
export type Authenticated = Result<Pass, Refusal>;

export type StaffButton = 'admit' | 'refuse' | 'sticker';

export type TimerName = 'showing-over';

export type DoorEvent =
  | { readonly kind: 'part'; readonly part: VitalPart; readonly up: boolean }
  | { readonly kind: 'scanned'; readonly scan: ScanId; readonly presentation: Presentation }
  | { readonly kind: 'authenticated'; readonly scan: ScanId; readonly outcome: Authenticated }
  /** `seq` is null where the journal failed; the decision then says `journal-fault`. */
  | {
      readonly kind: 'judged';
      readonly scan: ScanId;
      readonly seq: number | null;
      readonly decision: Decision;
      readonly stickerFor: Pass | null;
    }
  /** `scan` is the presentation that the press is about; null for a button without a screen, which is about what is shown and cannot say why. */
  | {
      readonly kind: 'staff-button';
      readonly button: StaffButton;
      readonly scan: ScanId | null;
      readonly because?: StaffReason;
    }
  /** Staff counted people out. */
  | { readonly kind: 'people-left'; readonly count: number }
  | {
      readonly kind: 'staff-recorded';
      readonly of: number;
      readonly seq: number;
      readonly choice: 'admitted' | 'refused';
    }
  | { readonly kind: 'staff-unrecorded'; readonly of: number }
  | { readonly kind: 'timer-fired'; readonly timer: TimerName };
