import type { Outcome } from './judge.ts';

/** Counts of one row of the table. */
export interface RowTally {
  cases: number;
  admitted: number;
  slowestMs: number;
  /** By reason. */
  readonly refused: Record<string, number>;
}

/** What a process counted; it travels between processes as JSON. */
export interface Tally {
  readonly rows: Record<string, RowTally>;
  compared: number;
  warmHeapBytes: number;
  heapBytes: number;
}

export const emptyTally = (): Tally => ({ rows: {}, compared: 0, warmHeapBytes: 0, heapBytes: 0 });

function rowOf(tally: Tally, name: string): RowTally {
  const row = tally.rows[name] ?? { cases: 0, admitted: 0, slowestMs: 0, refused: {} };
  tally.rows[name] = row;
  return row;
}

export function addCase(tally: Tally, name: string, outcome: Outcome, cpuMs: number): void {
  const row = rowOf(tally, name);
  row.cases += 1;
  row.slowestMs = Math.max(row.slowestMs, cpuMs);
  if (outcome.ok) row.admitted += 1;
  else row.refused[outcome.error.reason] = (row.refused[outcome.error.reason] ?? 0) + 1;
}

/** Several processes as one; of the heaps the one that grew most. */
export function summed(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    sum.compared += tally.compared;
    for (const [name, { cases, admitted, slowestMs, refused }] of Object.entries(tally.rows)) {
      const row = rowOf(sum, name);
      row.cases += cases;
      row.admitted += admitted;
      row.slowestMs = Math.max(row.slowestMs, slowestMs);
      for (const [reason, count] of Object.entries(refused)) row.refused[reason] = (row.refused[reason] ?? 0) + count;
    }
    if (tally.heapBytes - tally.warmHeapBytes >= sum.heapBytes - sum.warmHeapBytes) {
      sum.heapBytes = tally.heapBytes;
      sum.warmHeapBytes = tally.warmHeapBytes;
    }
  }
  return sum;
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** The table for people. */
export function tableOf(tally: Tally): string {
  const lines = Object.entries(tally.rows)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { cases, admitted, slowestMs, refused }]) => {
      const reasons = Object.entries(refused)
        .sort(([, a], [, b]) => b - a)
        .map(([reason, count]) => `${reason} ${count}`);
      const numbers = `${String(cases).padStart(9)} ${String(admitted).padStart(9)} ${slowestMs.toFixed(1).padStart(8)}`;
      return `${name.padEnd(18)}${numbers}  ${reasons.join(', ')}`;
    });
  return [
    `${'format'.padEnd(18)}${'cases'.padStart(9)} ${'genuine'.padStart(9)} ${'max ms'.padStart(8)}  refused by reason`,
    ...lines,
    `compared with jose: ${tally.compared}`,
    `heap after warming up ${megabytes(tally.warmHeapBytes)}, at the end ${megabytes(tally.heapBytes)}`,
  ].join('\n');
}
