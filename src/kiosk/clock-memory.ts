import { existsSync, readFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { isJsonObject, parseJsonBytes } from '../base/json.ts';
import { isTime } from '../journal/trusted-time.ts';
import type { Log } from './log.ts';

/** What a kiosk remembers of its clock over a restart. */
export interface ClockMemory {
  /** The newest time that somebody answered for, a vouched clock or a hand; milliseconds since the epoch, null for none. */
  readonly knownMs: number | null;
  /** When that was known, in monotonic milliseconds of this boot; null in an earlier one. */
  readonly knownAtMs: number | null;
  /** For how much longer the clock must be left alone before anything is deleted by it. */
  readonly graceMs: number;
  /** What was known at the end of an earlier boot, where the hand that began this wait goes on from there; else null. */
  readonly earlierMs: number | null;
  /** For how much longer it must be left alone before anything is deleted by that. */
  readonly earlierGraceMs: number;
  /** Whether the last time by hand that did not fit went back. */
  readonly hasGoneBack: boolean;
}

export interface ClockMemoryFile {
  /** Null where there is none that can be used: then every time by hand is wild. */
  load(): ClockMemory | null;
  /** What the disk refuses is told to the log and nobody else: to forget it deletes later, never earlier. */
  keep(memory: ClockMemory): void;
}

/** @param bootId the boot of the machine: monotonic times of another one say nothing */
export function clockMemoryFile(path: string, bootId: string, log: Log): ClockMemoryFile {
  return {
    load() {
      try {
        if (!existsSync(path)) return null;
        const stored = parseJsonBytes(readFileSync(path));
        if (!stored.ok || !isJsonObject(stored.value)) return null;
        const { boot, knownMs, knownAtMs, graceMs, earlierMs, earlierGraceMs, hasGoneBack } = stored.value;
        if (knownMs !== null && !isTime(knownMs)) return null;
        if (earlierMs !== null && !isTime(earlierMs)) return null;
        if (!isTime(graceMs) || !isTime(earlierGraceMs) || typeof hasGoneBack !== 'boolean') return null;
        const isOfThisBoot = boot === bootId && typeof knownAtMs === 'number';
        return { knownMs, knownAtMs: isOfThisBoot ? knownAtMs : null, graceMs, earlierMs, earlierGraceMs, hasGoneBack };
      } catch {
        return null;
      }
    },
    keep({ knownMs, graceMs, earlierMs, earlierGraceMs, ...rest }) {
      const times = { knownMs: wholeOrNull(knownMs), earlierMs: wholeOrNull(earlierMs) };
      const waits = { graceMs: Math.ceil(graceMs), earlierGraceMs: Math.ceil(earlierGraceMs) };
      try {
        replaceFile(path, JSON.stringify({ boot: bootId, ...times, ...waits, ...rest }));
      } catch (thrown) {
        log('clock-memory', { fault: reasonOf(thrown) });
      }
    },
  };
}

const wholeOrNull = (atMs: number | null): number | null => (atMs === null ? null : Math.floor(atMs));
