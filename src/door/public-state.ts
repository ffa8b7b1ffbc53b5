import type { DeviceStatus } from '../base/device.ts';
import type { Levels } from '../base/signal.ts';
import type { Policy } from '../policy/policy.ts';
import type { ReasonCode, VerdictName } from '../policy/reasons.ts';

export type DoorCondition = 'starting' | 'ready' | 'checking' | 'showing' | 'out-of-service';

/** `GET /api/state`: the whole kiosk without personal data. Times are RFC 3339 UTC with milliseconds. */
export interface PublicState {
  readonly door: {
    readonly state: DoorCondition;
    readonly verdict: VerdictName | null;
    readonly reason: ReasonCode | null;
    /** Counts presentations since start; null unless checking or showing. */
    readonly scan: number | null;
    /** The rule behind the reason, and what it says in the languages of the door; null unless showing. */
    readonly rule: string | null;
    readonly advice: Policy['title'] | null;
  };
  readonly signal: Levels;
  readonly devices: {
    readonly scanner: DeviceStatus;
    readonly signal: DeviceStatus;
    readonly printer: DeviceStatus;
    readonly voice: DeviceStatus;
  };
  readonly journal: {
    readonly size: number;
    readonly lastAt: string | null;
    /** The disk is nearly full, and the journal lives on its reserve. */
    readonly low: boolean;
    /** When a new log took the place of a damaged one; null where it did not. */
    readonly continued: string | null;
    /** Until when used passes may be shown of which nothing is known any more; null where all is remembered. */
    readonly forgotten: string | null;
  };
  readonly trust: { readonly version: number; readonly issuedAt: string | null; readonly staleAfter: string | null };
  readonly clock: {
    readonly trusted: boolean;
    /** Genuine passes are newer than this clock. */
    readonly late: boolean;
    /** The owner set it by hand. */
    readonly handSet: boolean;
  };
  /** To whom visits are sealed, with the RFC 7638 thumbprint of the key; nulls while nobody can register, null where it is off. */
  readonly register: { readonly authority: string | null; readonly fingerprint: string | null } | null;
  /** Null where nobody counts. */
  readonly occupancy: { readonly inside: number; readonly limit: number } | null;
}
