import { chooseDataPath } from '../kiosk/data-folder.ts';
import { runKiosk } from '../main.ts';
import { type Command, EXIT_OK, orUsage, parseCommandLine, required, tell, UsageError } from './command.ts';
import { endOfProcess } from './end-of-process.ts';

export const DEFAULT_PORT = 8_787;
const LAST_PORT = 65_535;

export const run: Command = {
  help: `Usage: munjigi run --hardware FILE [--data DIR] [--port N]

Runs the kiosk on the devices that FILE names (hardware.yaml; see hardware/README.md).
The screen is at http://127.0.0.1:N/, N is ${DEFAULT_PORT} if not given.`,

  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      hardware: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string' },
    });
    if (positionals.length > 0) throw new UsageError(`'${positionals[0]}' is not expected; see --help`);
    const hardwarePath = required(values.hardware, '--hardware FILE');
    const dataPath = chooseDataPath(values.data);
    tell(`data folder: ${dataPath}`);
    const ended = endOfProcess();
    const running = orUsage(await runKiosk({ hardwarePath, dataPath, port: portFrom(values.port) }));
    tell(`screen: http://127.0.0.1:${running.port}/`);
    await ended;
    await running.stop();
    return EXIT_OK;
  },
};

/** A port number; 0 lets the system choose one. */
export function portFrom(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= LAST_PORT) return port;
  throw new UsageError(`--port must be a number from 0 to ${LAST_PORT}, not '${text}'`);
}
