import { seededRandom } from '../support/seed.ts';
import { hasStrace } from '../support/strace.ts';
import { Lane, NOT_REACHED, TEMPLATES, type Template } from './fault-lane.ts';
import { buildOf } from './mutants.ts';
import { optionsOf } from './options.ts';
import { print, Report } from './report.ts';
import { type Fault, MODES } from './strace-log.ts';

const HARNESS = {
  name: 'faults',
  does: 'Makes each write, sync, rename, unlink and truncate of a kiosk at work fail or kill it, once each.',
  round: 'at most so many faults, 0 for all of them',
  rounds: 0,
  // A lane waits most of its time, for a code to go out of view.
  lanes: 6,
  breaks: {
    'missing-directory-sync': /^unsynced: the folder/,
    'synchronous-normal': /^unsynced: an entry/,
    'thrown-away-journal': /^0 damaged journals are kept/,
  },
};

/** A few pages are written in some runs alone; were it more, the rest would prove little. */
const MOST_NOT_REACHED = 0.05;

/** The seed decides which faults a short run takes. */
function inAnyOrder<T>(items: readonly T[]): readonly T[] {
  const random = seededRandom(options.seed);
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

const options = optionsOf(HARNESS);
if (!hasStrace) {
  print('faults: skipped, the package strace is not installed or may not look into a process here');
  process.exit(0);
}
const build = buildOf(options.broken);
const report = new Report(HARNESS.name, options);
const lanes = Array.from({ length: options.lanes }, () => new Lane(build));
await Promise.all(lanes.map((lane) => lane.prepare()));
const cases: { readonly template: Template; readonly fault: Fault }[] = [];
const table = new Map<string, number>();
let round = 0;
let notReached = 0;
for (const template of TEMPLATES) {
  const counted = await lanes[0]?.count(template);
  const { counts, phases, problems } = counted ?? { counts: new Map(), phases: new Map(), problems: [] };
  const before = cases.length;
  round += 1;
  report.round(round, problems);
  for (const [call, count] of counts) {
    for (let occurrence = 1; occurrence <= count; occurrence += 1) {
      for (const mode of MODES) cases.push({ template, fault: { call, occurrence, mode } });
    }
  }
  const calls = [...phases].map(([phase, count]) => `${phase} ${count}`).join(', ');
  print(`  ${template}: ${cases.length - before} faults; calls about ${calls}`);
}
print(`  ${cases.length} faults were found by counting`);
const chosen = options.rounds === 0 ? cases : inAnyOrder(cases).slice(0, options.rounds);
const queue = [...chosen];
if (options.broken === null) {
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { template, fault } = next;
        const { outcome, problems } = await lane.fault(template, fault);
        const name = `${template}: ${fault.call} ${fault.occurrence} ${fault.mode}`;
        round += 1;
        report.round(
          round,
          problems.map((problem) => `${name}: ${problem}`),
        );
        const row = `${template.padEnd(14)} ${fault.call.padEnd(10)} ${fault.mode.padEnd(7)} ${outcome}`;
        table.set(row, (table.get(row) ?? 0) + 1);
        if (outcome === NOT_REACHED) notReached += 1;
      }
    }),
  );
}
for (const lane of lanes) lane.close();
build.remove();
if (notReached > chosen.length * MOST_NOT_REACHED)
  report.also([`${notReached} of ${chosen.length} faults never fired`]);
report.end([
  ...[...table].sort(([a], [b]) => a.localeCompare(b)),
  ['faults that fired', options.broken === null ? chosen.length - notReached : 0],
  ['never reached again, however often tried', notReached],
]);
