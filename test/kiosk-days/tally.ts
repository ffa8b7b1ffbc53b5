/** Counts by group and name; travels between processes as JSON. */
export type Tally = Record<string, Record<string, number>>;

export function count(tally: Tally, group: string, name: string, by = 1): void {
  const row = tally[group] ?? {};
  tally[group] = row;
  row[name] = (row[name] ?? 0) + by;
}

export function summed(tallies: readonly Tally[]): Tally {
  const sum: Tally = {};
  for (const tally of tallies) {
    for (const [group, row] of Object.entries(tally)) {
      for (const [name, number] of Object.entries(row)) count(sum, group, name, number);
    }
  }
  return sum;
}

/** The distribution for people, and of a mean day. */
export function tableOf(tally: Tally, days: number): string {
  return Object.entries(tally)
    .flatMap(([group, row]) => {
      const total = Object.values(row).reduce((sum, number) => sum + number, 0);
      const names = Object.entries(row).sort(([, one], [, other]) => other - one);
      const head = `${group.padEnd(24)} ${String(total).padStart(9)} ${(total / Math.max(1, days)).toFixed(1).padStart(8)} a day`;
      return [head, ...names.map(([name, number]) => `  ${name.padEnd(34)} ${String(number).padStart(9)}`)];
    })
    .join('\n');
}
