/** Why a kiosk could not check, or not as it should. */
export const OUTAGE_CAUSES = [
  /** No kiosk ran. */
  'not-running',
  /** It ran, or hung, and nothing was recorded. */
  'not-recording',
  /** The log before this one was damaged: what it says of the time before is not in this one. */
  'log-damaged',
  'scanner',
  'signal',
  'trust-stale',
  'trust-expired',
  'clock-unsure',
  'clock-hand-set',
] as const;
export type OutageCause = (typeof OUTAGE_CAUSES)[number];

/** How a run ended, or what kept records from being made; null for causes that say all. */
export const OUTAGE_REASONS = ['power', 'killed', 'stopped', 'unknown', 'disk', 'silent'] as const;
export type OutageReason = (typeof OUTAGE_REASONS)[number];

/** What vouched for the clock at an entry: a time server or battery, nobody, or the owner's hand. */
export const CLOCK_MARKS = ['trusted', 'unsure', 'hand-set'] as const;
export type ClockMark = (typeof CLOCK_MARKS)[number];

/** The entry that a stretch begins or ends with. */
export type OutageBound = {
  readonly seq: number;
  /** As the kiosk's clock said: RFC 3339 in UTC. */
  readonly at: string;
  readonly clock: ClockMark;
};

/** What was decided in some stretch. */
export type OutageCounts = {
  readonly admitted: number;
  readonly assisted: number;
  readonly refused: number;
  /** By hand, after an assist or a refusal. */
  readonly staffAdmitted: number;
  readonly staffRefused: number;
  /** Codes that only a server could judge; they are among the assisted and refused. */
  readonly serverBound: number;
};

export type OutageInterval = {
  readonly cause: OutageCause;
  readonly reason: OutageReason | null;
  readonly from: OutageBound;
  /** Null where it goes on past the last entry. */
  readonly to: OutageBound | null;
  /** By the monotonic clock; null over a restart of the machine, where only the wall clock knows. */
  readonly lastedMs: number | null;
  /** Records that the disk did not take, by the kiosk's own count. */
  readonly unrecorded: number;
  /** In the hour before, in the stretch itself, in the hour after. */
  readonly before: OutageCounts;
  readonly during: OutageCounts;
  readonly after: OutageCounts;
};

/** That an entry is in the log: its bytes, and the hashes up to the root of the checkpoint `after`. */
export type ProvenBound = {
  readonly seq: number;
  /** As it was written. */
  readonly entry: string;
  /** Base64. */
  readonly path: readonly string[];
};

/** When one kiosk could not check, with what proves it; times RFC 3339 in UTC. */
export type OutageCertificate = {
  readonly v: 1;
  /** The name of the log, which is that of its key. */
  readonly log: string;
  readonly venue: string;
  /** IANA, for people. */
  readonly zone: string;
  /** What was asked for. */
  readonly from: string;
  readonly to: string;
  readonly madeAt: string;
  /** The first and the last entry that was read; null where there was none. */
  readonly first: OutageBound | null;
  readonly last: OutageBound | null;
  readonly intervals: readonly OutageInterval[];
  /** Stretches that are not listed: the shorter ones, and such as too few entries tell of to prove them. */
  readonly further: number;
  readonly counts: OutageCounts;
  /** Hours in which codes were shown that only a server could judge: the beginning of each. */
  readonly serverBound: readonly { readonly hour: string; readonly count: number }[];
  /** The last signed head before the first entry, null where that is the first of all, and one after the last. */
  readonly before: string | null;
  readonly after: string;
  /** That the second only adds to the first; base64. */
  readonly consistency: readonly string[];
  /** Of all bounds, and of entries between those of a stretch. */
  readonly proofs: readonly ProvenBound[];
};

/** More stretches are counted, not listed. */
export const MAX_INTERVALS = 50;
