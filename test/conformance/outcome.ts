import type { WallTime } from '../../src/base/time.ts';
import { authenticate } from '../../src/pass/authenticate.ts';
import type { FormatName, PassReason } from '../../src/pass/pass.ts';
import type { Trust } from '../../src/pass/trust.ts';
import type { Report } from './report.ts';

export interface Outcome {
  readonly reason: PassReason | 'ok';
  readonly format: FormatName | null;
}

/** What `authenticate` says to one scanned line, given as Latin-1. */
export function outcomeOf(line: string, trust: Trust, now: WallTime): Outcome {
  const result = authenticate({ line: Buffer.from(line, 'latin1'), parts: 1 }, trust, now);
  if (result.ok) return { reason: 'ok', format: result.value.format };
  return { reason: result.error.reason, format: result.error.finding.format };
}

/** One vector set against upstream's verdicts. */
export interface Run extends Report {
  readonly genuine: number;
  readonly refused: number;
  /** Files that no row of the set's table speaks of. */
  readonly unlisted: readonly string[];
}

/** Counts the vectors of a set as they are looked at. */
export class Tally implements Run {
  vectors = 0;
  agree = 0;
  genuine = 0;
  refused = 0;
  readonly unlisted: string[] = [];
  readonly exceptions: string[] = [];
  readonly disagreements: string[] = [];

  note(name: string, outcome: Outcome, expected: string): void {
    this.vectors += 1;
    if (outcome.reason === 'ok') this.genuine += 1;
    else this.refused += 1;
    const seen = `${outcome.format}: ${outcome.reason}`;
    if (seen === expected) this.agree += 1;
    else this.disagreements.push(`${name}: ${seen}, not ${expected}`);
  }

  /** A vector that no row of the set's table speaks of: nobody says that it is good, so that it must not open a door. */
  noteUnlisted(name: string, outcome: Outcome): void {
    this.unlisted.push(name);
    if (outcome.reason === 'ok') this.disagreements.push(`${name}: accepted, and no row of the table says why`);
  }
}
