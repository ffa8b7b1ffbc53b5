import { reasonOf } from '../../src/base/assert.ts';
import { type Report, reasonIn } from './report.ts';
import { foldersBelow, foldersOf } from './set-folders.ts';
import { type ConformanceSet, SETS } from './sets.ts';

/** A set with what came of it: no report for one that is not there. */
export interface Measured {
  readonly name: string;
  readonly names: readonly string[];
  readonly report: Report | null;
}

/** A set that breaks the run disagrees: what cannot be read to its end was not measured. */
function reportOf({ run }: ConformanceSet, dirs: readonly string[]): Report | null {
  try {
    const report = run(dirs);
    return report !== null && report.vectors === 0 ? null : report;
  } catch (thrown) {
    return { vectors: 0, agree: 0, exceptions: [], disagreements: [`the run broke off: ${reasonOf(thrown)}`] };
  }
}

/**
 * Runs every set that lies below a folder.
 * @returns null for what is no folder
 */
export function measure(dir: string): readonly Measured[] | null {
  let folders: readonly string[];
  try {
    folders = foldersBelow(dir);
  } catch {
    return null;
  }
  return SETS.map((set) => {
    const dirs = foldersOf(set, folders);
    return { name: set.name, names: set.names, report: dirs.length === 0 ? null : reportOf(set, dirs) };
  });
}

const NAME_WIDTH = 24;
const NUMBER_WIDTH = 11;
const COLUMNS = ['applicable', 'agree', 'exceptions', 'disagree'];
const row = (name: string, cells: readonly (string | number)[]): string =>
  [name.padEnd(NAME_WIDTH), ...cells.map((cell) => String(cell).padStart(NUMBER_WIDTH))].join(' ');

/** Each reason once, with how many vectors it stands for; all of those vectors where they are asked for. */
function exceptionLines({ exceptions }: Report, areNamed: boolean): readonly string[] {
  if (areNamed) return exceptions.map((exception) => `  excepted: ${exception}`);
  const counts = new Map<string, number>();
  for (const exception of exceptions) counts.set(reasonIn(exception), (counts.get(reasonIn(exception)) ?? 0) + 1);
  return [...counts].map(([why, count]) => `  excepted ${count}: ${why}`);
}

function linesOf({ name, names, report }: Measured, areNamed: boolean): readonly string[] {
  if (report === null)
    return [`${name.padEnd(NAME_WIDTH)} absent: no folder named ${names.join(' or ')} with its files`];
  const { vectors, agree, exceptions, disagreements } = report;
  return [
    row(name, [vectors, agree, exceptions.length, disagreements.length]),
    ...exceptionLines(report, areNamed),
    ...disagreements.map((sentence) => `  DISAGREES: ${sentence}`),
  ];
}

/** The table, and under each set its exceptions by reason and every disagreement. */
export function tableOf(measured: readonly Measured[], areNamed: boolean): string {
  const reports = measured.flatMap(({ report }) => report ?? []);
  const sum = (count: (report: Report) => number): number => reports.reduce((total, each) => total + count(each), 0);
  const total = row('all', [
    sum(({ vectors }) => vectors),
    sum(({ agree }) => agree),
    sum(({ exceptions }) => exceptions.length),
    sum(({ disagreements }) => disagreements.length),
  ]);
  const lines = [row('set', COLUMNS), ...measured.flatMap((each) => linesOf(each, areNamed)), total];
  return `${lines.join('\n')}\n`;
}
