import { createHash, createHmac } from 'node:crypto';
import type { DeviceCondition } from '../base/device.ts';
import { canonicalJson } from '../base/json.ts';
import type { FormatName, Kind } from '../pass/pass.ts';
import type { ReasonCode, VerdictName } from '../policy/reasons.ts';
import type { StaffReason } from '../policy/staff-reasons.ts';
import type { TrustAge } from '../policy/trust-age.ts';
import type { RevocationKind } from '../trust/revocation-list.ts';

export type DeviceName = 'scanner' | 'signal' | 'printer' | 'voice';
/** How a head of a log contradicts one that was seen before: fewer entries, others, or others than this log holds. */
export type LogContradiction = 'fewer' | 'forked' | 'not-in-log';
/** `killed`: the program ended without a stop; `power`: the whole machine did, for want of power or by a reset. */
export type LastEnd = 'first-start' | 'stopped' | 'killed' | 'power' | 'unknown';

/** Everything the journal may say. No personal data: a pass appears as a salted digest alone. */
export type Note =
  | { readonly type: 'start'; readonly lastEnd: LastEnd; readonly version: string }
  | { readonly type: 'stop' }
  /**
   * The first entry of a log that was begun because the one before it was damaged. Origin, size and root (standard
   * base64) are of the newest head that was signed of that one, null where none can be read; `file` is its name in the
   * folder `damaged`, null where nothing was left that could be kept.
   */
  | {
      readonly type: 'log-continued';
      readonly why: string;
      readonly file: string | null;
      readonly origin: string | null;
      readonly size: number | null;
      readonly root: string | null;
      /** What is remembered of it, so that a used ticket stays used. */
      readonly uses: number;
      readonly stickers: number;
      /** False if some of that could not be read: a pass that is not remembered may open once more. */
      readonly whole: boolean;
    }
  | {
      readonly type: 'scan';
      readonly verdict: VerdictName;
      readonly reason: ReasonCode;
      readonly rule: string | null;
      readonly format: FormatName | null;
      readonly kind: Kind | null;
      /** Only ever a name that the trust list holds: what an unproven scan says of itself is not stored. */
      readonly issuer: string | null;
      readonly policy: string;
      /** HMAC-SHA-256(salt, pass id), first 16 bytes, base64url; null for a scan without a genuine pass. */
      readonly pass: string | null;
      /** HMAC-SHA-256(salt, facts), base64url; the facts lie in a side table for 28 days. */
      readonly facts: string | null;
    }
  | { readonly type: 'shown'; readonly of: number }
  | { readonly type: 'staff-admitted' | 'staff-refused'; readonly of: number; readonly because: StaffReason }
  /** Staff pressed a button for a scan that another had replaced: nothing was done. */
  | { readonly type: 'staff-missed'; readonly button: 'admit' | 'refuse' | 'sticker' }
  /** People who left, as staff counted them. */
  | { readonly type: 'counted-out'; readonly count: number }
  /** Nobody is inside any more: the day of the site ended, or staff said so. */
  | { readonly type: 'counted-reset' }
  | { readonly type: 'unrecorded'; readonly count: number; readonly fault: string }
  | { readonly type: 'dropped'; readonly count: number }
  | {
      readonly type: 'sticker-issued';
      readonly sticker: string;
      readonly of: number | null;
      readonly kind: Kind;
      readonly via: string;
      /** Seconds since the epoch. */
      readonly exp: number;
    }
  | { readonly type: 'sticker-printed' | 'sticker-revoked'; readonly sticker: string }
  | { readonly type: 'sticker-unprinted'; readonly sticker: string; readonly fault: string }
  | { readonly type: 'device-lost' | 'device-fault' | 'device-ready'; readonly device: DeviceName }
  | { readonly type: 'clock-step'; readonly byMs: number }
  | { readonly type: 'clock-trust'; readonly trusted: boolean }
  /** The owner set the clock by hand, to `toMs` since the epoch, which moved it by `byMs`; holds until the next `clock-trust` or `start`. */
  | { readonly type: 'clock-set'; readonly toMs: number; readonly byMs: number }
  /** Genuine passes are newer than this clock by so much; so many issuers say so at present. */
  | { readonly type: 'clock-doubted'; readonly byMs: number; readonly issuers: number }
  | { readonly type: 'trust-imported'; readonly signed: false; readonly sha256: string; readonly keys: number }
  | {
      readonly type: 'trust-imported';
      readonly signed: true;
      readonly version: number;
      /** Of the signed text, hexadecimal. */
      readonly sha256: string;
      readonly keys: number;
    }
  /** `root` is the RFC 7638 thumbprint of the key that signs trust lists from now on. */
  | { readonly type: 'trust-root'; readonly root: string; readonly became: 'pinned' | 'handed-over' }
  /** A stored list was not what was imported; `using` is the version used in its place, null for none. */
  | { readonly type: 'trust-fallback'; readonly using: number | null }
  | {
      readonly type: 'revocations-imported';
      readonly signed: boolean;
      readonly sha256: string;
      readonly kind: RevocationKind;
      readonly issuer: string;
      readonly entries: number;
    }
  | { readonly type: 'disk-low' | 'disk-ready' }
  /** `sha256` is that of the settings file (of `{}` where there is none), hexadecimal; here and in the next two. */
  | { readonly type: 'settings-changed'; readonly members: readonly string[]; readonly sha256: string }
  /** The settings file could not be used; `using` is the version of its history that was used in its place. */
  | { readonly type: 'settings-fallback'; readonly using: number; readonly sha256: string }
  /** A policy file was imported, or is used from here on: by the settings, or because somebody edited it by hand. */
  | { readonly type: 'policy-changed'; readonly id: string; readonly sha256: string }
  /** Once a minute: what works, so that a minute without it tells something too. */
  | ({ readonly type: 'health' } & Health)
  /** `damaged` names the journal in the folder of damaged ones whose rest was given away in place of this one. */
  | { readonly type: 'log-exported'; readonly from: number; readonly damaged?: string }
  /** Visitors since the last such entry and in all; `to` is the RFC 7638 thumbprint of the authority's key. */
  | { readonly type: 'register-sealed'; readonly to: string; readonly visits: number; readonly total: number }
  | {
      readonly type: 'register-exported';
      readonly fromMs: number;
      readonly toMs: number;
      readonly visits: number;
      /** Of the exported file, hexadecimal. */
      readonly sha256: string;
    }
  | { readonly type: 'register-deleted'; readonly visits: number; readonly total: number }
  /**
   * The register was damaged, or its day keys were: it lies in the folder `damaged` under the name `file` (null where it
   * was gone), and a new one was begun with so many of its visits.
   */
  | {
      readonly type: 'register-continued';
      readonly why: string;
      readonly file: string | null;
      readonly visits: number;
    }
  /** This kiosk has countersigned a head of another log, by that log's name. */
  | { readonly type: 'log-countersigned'; readonly log: string; readonly size: number }
  /** It did not: the head contradicts what it has seen, which had `seen` entries; or its own log lost what it signed. */
  | {
      readonly type: 'log-contradicted';
      readonly log: string;
      readonly why: LogContradiction;
      readonly size: number;
      readonly seen: number;
    }
  /** Another kiosk, by the name of its log, has countersigned the first `size` entries of this one. */
  | { readonly type: 'log-witnessed'; readonly by: string; readonly size: number }
  /** The owner begins anew with another kiosk: what was seen of its log, `seen` entries, is held against it no more. */
  | { readonly type: 'log-forgotten'; readonly log: string; readonly seen: number | null }
  /** The owner has entered their PIN at the screen; or so many wrong ones in a row were. */
  | { readonly type: 'owner-entered' }
  | { readonly type: 'owner-locked'; readonly wrong: number }
  | { readonly type: 'owner-pin-set' }
  /** The paper slip of a day of the site, `YYYY-MM-DD`. */
  | { readonly type: 'slip-printed'; readonly day: string }
  | { readonly type: 'slip-unprinted'; readonly day: string; readonly fault: string }
  /** The key that uses are remembered under is another: of passes used under the one before nothing is known, until then. */
  | { readonly type: 'use-key-lost'; readonly untilMs: number }
  | { readonly type: 'log-audited'; readonly entries: number; readonly problem: string | null }
  | { readonly type: 'deleted'; readonly salts: number; readonly facts: number; readonly uses: number };

/** What works, in few bytes. Whether the clock is trusted is in every stamp. */
export type Health = {
  readonly scanner: DeviceCondition;
  readonly signal: DeviceCondition;
  readonly printer: DeviceCondition;
  /** How old the trust data is by its own dates, and whole hours since its issue; null for loose keys, which have none. */
  readonly trust: TrustAge;
  readonly trustHours: number | null;
  /** Whole MiB on the disk of the journal; null where nobody can say. */
  readonly freeMib: number | null;
  /** Lines judged since the last one. */
  readonly served: number;
};

/** When an entry was made: order is `seq` alone, durations are `monoMs` within one `boot`. */
export interface Stamp {
  readonly seq: number;
  readonly boot: string;
  readonly monoMs: number;
  readonly wallMs: number;
  readonly clock: 'trusted' | 'unsure';
  /** Written on a folder that no kiosk held. What a kiosk does for a command while it runs is its own entry. */
  readonly writer?: 'command';
}

export type Entry = { readonly v: 1 } & Stamp & Note;

/** The bytes that are stored and hashed: RFC 8785 canonical JSON in UTF-8. */
export function entryBytes(stamp: Stamp, note: Note): Buffer {
  return Buffer.from(canonicalJson({ v: 1, ...stamp, ...note }), 'utf8');
}

/** Merkle leaf hash, RFC 6962 section 2.1: SHA-256(0x00 || entry bytes). */
export function leafHash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF_PREFIX).update(bytes).digest();
}

/** Is an entry what was hashed? On a damaged page a column holds anything, whatever its type. */
export const isUnchanged = ({ bytes, leaf }: { readonly bytes: unknown; readonly leaf: unknown }): boolean =>
  Buffer.isBuffer(bytes) && Buffer.isBuffer(leaf) && leafHash(bytes).equals(leaf);

const LEAF_PREFIX = Buffer.of(0);
const PASS_TAG_BYTES = 16;

/** What a scan entry remembers a pass by: without the salt it says nothing, not even for a guessable id. */
export function passTag(salt: Uint8Array, passId: Uint8Array): string {
  return createHmac('sha256', salt).update(passId).digest().subarray(0, PASS_TAG_BYTES).toString('base64url');
}

/** Commits an entry to facts that are kept elsewhere and deleted earlier. */
export function factsTag(salt: Uint8Array, factsJson: string): string {
  return createHmac('sha256', salt).update(factsJson, 'utf8').digest('base64url');
}
