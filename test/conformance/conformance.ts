import { parseArgs } from 'node:util';
import { type Measured, measure, tableOf } from './table.ts';

const HELP = `npm run conformance [-- --vectors DIR] [-- --require-all]

Runs every public set of vectors that lies below DIR through this verifier, and prints for each how many vectors it has
something to say about, with how many it agrees, and each listed exception with its reason.

  --vectors DIR   the folder in which the sets lie, in the layout of their own repositories (default: MUNJIGI_VECTORS,
                  else ../shared/vectors beside the project)
  --require-all   an absent set is a failure
  --exceptions    name every excepted vector

exit code 0: agreement but for the listed exceptions; 1: any other disagreement; 2: nothing was measured
`;
const EXIT_DISAGREES = 1;
const EXIT_USAGE = 2;

function complain(sentence: string): number {
  process.stderr.write(`conformance: ${sentence}\n`);
  return EXIT_USAGE;
}

interface Options {
  readonly vectors: string | undefined;
  readonly isAllRequired: boolean;
  readonly areExceptionsNamed: boolean;
}

function optionsIn(args: readonly string[]): Options | 'help' | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        vectors: { type: 'string' },
        'require-all': { type: 'boolean', default: false },
        exceptions: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    return { vectors: values.vectors, isAllRequired: values['require-all'], areExceptionsNamed: values.exceptions };
  } catch {
    return null;
  }
}

/** 0 where everything agrees, else 1. */
function verdictOn(measured: readonly Measured[], isAllRequired: boolean): number {
  const isWrong = ({ report }: Measured): boolean =>
    report === null ? isAllRequired : report.disagreements.length > 0;
  return measured.some(isWrong) ? EXIT_DISAGREES : 0;
}

/**
 * `npm run conformance`.
 * @param usual the folder of the vectors where the arguments name none
 * @returns the exit code
 */
export function conformance(args: readonly string[], usual: string): number {
  const options = optionsIn(args);
  if (options === null) return complain('the options are --vectors DIR, --require-all and --exceptions; see --help');
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const dir = options.vectors ?? usual;
  const measured = measure(dir);
  if (measured === null) return complain(`${dir} is no folder that can be read: name the one that holds the sets`);
  if (measured.every(({ report }) => report === null)) {
    return complain(`${dir} holds no public set that is known here, so that nothing was measured; see --help`);
  }
  process.stdout.write(tableOf(measured, options.areExceptionsNamed));
  return verdictOn(measured, options.isAllRequired);
}
