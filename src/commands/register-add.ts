import { chooseDataPath } from '../kiosk/data-folder.ts';
import { EXIT_OK, orUsage, parseCommandLine, print, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { readStandardInput } from './standard-input.ts';

const LINES = 'give two lines on standard input: the telephone number, then the district';

/** `register add`: one visitor, from standard input. */
export async function add(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    phone: { type: 'string' },
    district: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (values.phone !== undefined || values.district !== undefined || positionals.length > 0) {
    // The sentence must not repeat it either.
    throw new UsageError(`what stands on the command line can be seen by every user of this machine: ${LINES}`);
  }
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  if (process.stdin.isTTY) tell('telephone number, then district, a line each; end with Ctrl-D');
  const text = (await readStandardInput()).toString('utf8');
  const [phone = '', district = '', ...more] = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (district === '' || more.length > 0) throw new UsageError(LINES);
  const receipt = orUsage(await carryOut(dataPath, { command: 'register-add', phone, district }));
  if (values.json) print(JSON.stringify(receipt));
  else
    print(
      `stored, sealed to ${String(receipt['authority'])} (key ${String(receipt['fingerprint'])}), deleted ${String(receipt['deletedAt'])}`,
    );
  return EXIT_OK;
}
