#!/usr/bin/env node
import { reasonOf } from './base/assert.ts';
import { VERSION } from './base/version.ts';
import { type Command, EXIT_NOT_ALL, EXIT_USAGE, print, tell, UsageError } from './commands/command.ts';

interface Listed {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Loaded one at a time: `verify` needs no serial port, and a broken printer library must not break the journal. */
const COMMANDS: ReadonlyMap<string, Listed> = new Map([
  ['run', { summary: 'the kiosk', load: async () => (await import('./commands/run.ts')).run }],
  [
    'simulate',
    { summary: 'the kiosk on simulated devices', load: async () => (await import('./commands/simulate.ts')).simulate },
  ],
  [
    'verify',
    { summary: 'one pass a line, one verdict a line', load: async () => (await import('./commands/verify.ts')).verify },
  ],
  ['pass', { summary: 'keygen, issue or inspect a pass', load: async () => (await import('./commands/pass.ts')).pass }],
  [
    'trust',
    {
      summary: 'import or list the keys this kiosk trusts',
      load: async () => (await import('./commands/trust.ts')).trust,
    },
  ],
  [
    'sticker',
    { summary: 'issue, revoke or render a sticker', load: async () => (await import('./commands/sticker.ts')).sticker },
  ],
  [
    'policy',
    {
      summary: 'list, show, try or import the rules of the house',
      load: async () => (await import('./commands/policy.ts')).policy,
    },
  ],
  [
    'settings',
    {
      summary: 'read or change the owner’s settings',
      load: async () => (await import('./commands/settings.ts')).settings,
    },
  ],
  ['clock', { summary: 'set the clock by hand', load: async () => (await import('./commands/clock.ts')).clock }],
  [
    'owner',
    { summary: 'set the PIN of the owner’s page', load: async () => (await import('./commands/owner.ts')).owner },
  ],
  ['door', { summary: 'count people out', load: async () => (await import('./commands/door.ts')).door }],
  [
    'register',
    {
      summary: 'add to or export the sealed visitor register',
      load: async () => (await import('./commands/register.ts')).register,
    },
  ],
  [
    'journal',
    {
      summary: 'read, prove, verify or export the log',
      load: async () => (await import('./commands/journal.ts')).journal,
    },
  ],
]);

function help(): string {
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length));
  const rows = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `munjigi ${VERSION}: verifies entry passes at the door without any server\n\nUsage: munjigi COMMAND [--help]\n\n${rows.join('\n')}`;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    print(help());
    return 0;
  }
  if (name === '--version') {
    print(VERSION);
    return 0;
  }
  const listed = name === undefined ? undefined : COMMANDS.get(name);
  if (listed === undefined) {
    throw new UsageError(
      name === undefined ? 'name a command; see munjigi --help' : `there is no command '${name}'; see munjigi --help`,
    );
  }
  const command = await listed.load();
  if (rest.includes('--help') || rest.includes('-h')) {
    print(command.help);
    return 0;
  }
  return command.run(rest);
}

// Whoever read the output has left, as in `munjigi journal tail | head`: nothing more can be told to anyone.
process.stdout.on('error', () => process.exit(EXIT_NOT_ALL));
// A door must not close because nobody reads its log any more.
process.stderr.on('error', () => {});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  if (!(thrown instanceof UsageError)) {
    // A bug: one line, then an end that no hanging thread can delay; the supervisor starts us again.
    tell(`bug: ${reasonOf(thrown)} ${thrown instanceof Error ? (thrown.stack?.split('\n')[1]?.trim() ?? '') : ''}`);
    process.abort();
  }
  tell(`munjigi: ${thrown.message}`);
  process.exitCode = EXIT_USAGE;
}
