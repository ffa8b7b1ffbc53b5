import type { DeviceCondition } from '../base/device.ts';
import { isJsonObject, type Json, parseJsonBytes } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { LAST_INSTANT_MS } from '../base/time.ts';
import { EXPLAINED_FORMATS, KINDS, VERIFIABLE_FORMATS } from '../pass/pass.ts';
import { REASON_CODES } from '../policy/reasons.ts';
import { STAFF_REASONS } from '../policy/staff-reasons.ts';
import type { TrustAge } from '../policy/trust-age.ts';
import type { RevocationKind } from '../trust/revocation-list.ts';
import type { DeviceName, Entry, LastEnd, LogContradiction, Note } from './entry.ts';
import {
  allOf,
  type Check,
  count,
  fits,
  flag,
  ifThere,
  listOf,
  oneOf,
  orNull,
  type Shape,
  text,
  whole,
} from './json-shape.ts';

/** The names of all members that the entries of a type can have. */
type MemberOf<N> = N extends Note ? Exclude<keyof N, 'type'> : never;
type Shapes = { readonly [T in Note['type']]: { readonly [M in MemberOf<Extract<Note, { type: T }>>]: Check } };

const texts = listOf(text);
const device = allOf<DeviceName>({ scanner: true, signal: true, printer: true, voice: true });
const condition = allOf<DeviceCondition>({ ready: true, lost: true, fault: true, absent: true });
const trustAge = allOf<TrustAge>({ current: true, stale: true, expired: true });
const lastEnd = allOf<LastEnd>({ 'first-start': true, stopped: true, killed: true, power: true, unknown: true });
const revocationKind = allOf<RevocationKind>({
  'dcc-uci': true,
  'dcc-country-uci': true,
  'dcc-signature': true,
  'card-rid': true,
  'pretix-revoked': true,
  'pretix-blocked': true,
  'pass-id': true,
});
const contradiction = allOf<LogContradiction>({ fewer: true, forked: true, 'not-in-log': true });
const kind = oneOf(...KINDS);
const ofDevice = { device };
const ofEntry = { of: count };
const ofStaff = { of: count, because: ifThere(oneOf(...STAFF_REASONS)) };
const ofSticker = { sticker: text };

/** The closed union of entries as it is read back; the compiler misses a type that is not here. */
const SHAPES: Shapes = {
  start: { lastEnd, version: text },
  stop: {},
  'log-continued': {
    why: text,
    file: orNull(text),
    origin: orNull(text),
    size: orNull(count),
    root: orNull(text),
    uses: count,
    stickers: count,
    whole: flag,
  },
  scan: {
    verdict: oneOf('admit', 'assist', 'refuse'),
    reason: oneOf(...REASON_CODES),
    rule: orNull(text),
    format: orNull(oneOf(...VERIFIABLE_FORMATS, ...EXPLAINED_FORMATS)),
    kind: orNull(kind),
    issuer: orNull(text),
    policy: text,
    pass: orNull(text),
    facts: orNull(text),
  },
  shown: ofEntry,
  'staff-admitted': ofStaff,
  'staff-refused': ofStaff,
  'staff-missed': { button: oneOf('admit', 'refuse', 'sticker') },
  'counted-out': { count },
  'counted-reset': {},
  unrecorded: { count, fault: text },
  dropped: { count },
  'sticker-issued': { ...ofSticker, of: orNull(count), kind, via: text, exp: whole },
  'sticker-printed': ofSticker,
  'sticker-revoked': ofSticker,
  'sticker-unprinted': { ...ofSticker, fault: text },
  'device-lost': ofDevice,
  'device-fault': ofDevice,
  'device-ready': ofDevice,
  'clock-step': { byMs: whole },
  'clock-trust': { trusted: flag },
  'clock-set': { toMs: whole, byMs: whole },
  'clock-doubted': { byMs: whole, issuers: count },
  'trust-imported': { signed: flag, version: ifThere(count), sha256: text, keys: count },
  'trust-root': { root: text, became: oneOf('pinned', 'handed-over') },
  'trust-fallback': { using: orNull(count) },
  'revocations-imported': { signed: flag, sha256: text, kind: revocationKind, issuer: text, entries: count },
  'disk-low': {},
  'disk-ready': {},
  'settings-changed': { members: texts, sha256: ifThere(text) },
  'settings-fallback': { using: count, sha256: text },
  'policy-changed': { id: text, sha256: text },
  health: {
    scanner: condition,
    signal: condition,
    printer: condition,
    trust: trustAge,
    trustHours: orNull(whole),
    freeMib: orNull(count),
    served: count,
  },
  'log-exported': { from: count, damaged: ifThere(text) },
  'register-sealed': { to: text, visits: count, total: count },
  'register-exported': { fromMs: whole, toMs: whole, visits: count, sha256: text },
  'register-deleted': { visits: count, total: count },
  'register-continued': { why: text, file: orNull(text), visits: count },
  'log-countersigned': { log: text, size: count },
  'log-contradicted': { log: text, why: contradiction, size: count, seen: count },
  'log-witnessed': { by: text, size: count },
  'log-forgotten': { log: text, seen: orNull(count) },
  'owner-entered': {},
  'owner-locked': { wrong: count },
  'owner-pin-set': {},
  'slip-printed': { day: text },
  'slip-unprinted': { day: text, fault: text },
  'use-key-lost': { untilMs: whole },
  'log-audited': { entries: count, problem: orNull(text) },
  deleted: { salts: count, facts: count, uses: count },
};

const STAMP: Shape = {
  v: (value) => value === 1,
  seq: count,
  boot: text,
  monoMs: count,
  wallMs: (value) => count(value) && Number(value) <= LAST_INSTANT_MS,
  clock: oneOf('trusted', 'unsure'),
  writer: ifThere(oneOf('command')),
  type: text,
};
const REMEDY = 'it was written by a newer version of this program, or is damaged: use the version that wrote it';

/** Reads the bytes of an entry back, strictly: one of a type or with a member that is not known is an error sentence. */
export function readEntry(bytes: Uint8Array): Result<Entry, string> {
  const parsed = parseJsonBytes(bytes);
  if (!parsed.ok || !isJsonObject(parsed.value) || !fits(parsed.value, STAMP)) {
    return err(`an entry of this log cannot be read; ${REMEDY}`);
  }
  const members = parsed.value;
  const { seq, type } = members;
  if (!isKnown(type)) return err(`entry ${String(seq)} is of a kind that this version does not know; ${REMEDY}`);
  const shape: Shape = SHAPES[type];
  const isShaped =
    fits(members, shape) &&
    Object.keys(members).every((name) => Object.hasOwn(STAMP, name) || Object.hasOwn(shape, name));
  if (!isShaped) return err(`entry ${String(seq)} has a form that this version does not know; ${REMEDY}`);
  return ok(asEntry(members));
}

const isKnown = (type: Json | undefined): type is Note['type'] =>
  typeof type === 'string' && Object.hasOwn(SHAPES, type);

// What is called an entry has just been held against the shape of its type.
const asEntry = (members: unknown): Entry => members as Entry;
