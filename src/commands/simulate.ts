import { spawn } from 'node:child_process';
import { simulateKiosk } from '../simulate.ts';
import { type Command, EXIT_OK, orUsage, parseCommandLine, tell, UsageError } from './command.ts';
import { endOfProcess } from './end-of-process.ts';
import { portFrom } from './run.ts';

const DEFAULT_DATA = 'data';

export const simulate: Command = {
  help: `Usage: munjigi simulate [--port N] [--scanner PATH] [--no-open] [--data DIR]

Runs the kiosk on simulated devices, with a wallet of demo passes to hold up.
  --scanner PATH   also reads a real serial scanner or a pty
  --no-open        opens no browser
  --data DIR       where it writes, and it writes nowhere else (default ./${DEFAULT_DATA})`,

  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      port: { type: 'string' },
      scanner: { type: 'string' },
      'no-open': { type: 'boolean' },
      data: { type: 'string' },
    });
    if (positionals.length > 0) throw new UsageError(`'${positionals[0]}' is not expected; see --help`);
    const dataPath = values.data ?? DEFAULT_DATA;
    tell(`data folder: ${dataPath}`);
    const ended = endOfProcess();
    const running = orUsage(
      await simulateKiosk({ dataPath, port: portFrom(values.port), scannerPath: values.scanner ?? null }),
    );
    const address = `http://127.0.0.1:${running.port}`;
    tell(`\n  Munjigi is running. Open  ${address}/simulator\n  (the customer's screen alone: ${address}/)\n`);
    if (values['no-open'] !== true) openBrowser(`${address}/simulator`);
    await ended;
    await running.stop();
    return EXIT_OK;
  },
};

/** Opens the visitor's browser where the desktop can; where it cannot, the address above is enough. */
function openBrowser(address: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
