import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/base/version.ts';
import { ran } from '../support/command.ts';

const COMMANDS = ['run', 'simulate', 'verify', 'pass', 'trust', 'sticker', 'policy', 'journal', 'settings', 'clock'];

describe('whoever asks for help gets it, and nothing else happens', () => {
  it.each(COMMANDS)('munjigi %s --help', async (command) => {
    const { out, err, code } = await ran([command, '--help']);
    expect(out).toMatch(new RegExp(`^Usage: munjigi ${command}`));
    expect([err, code]).toEqual(['', 0]);
  });

  it('also in the middle of other words', async () => {
    const { out, code } = await ran(['sticker', 'issue', '--kind', 'ticket', '--help']);
    expect([out.startsWith('Usage: munjigi sticker'), code]).toEqual([true, 0]);
  });

  it.each([['--help'], ['help']])('munjigi %s lists every command', async (word) => {
    const { out, code } = await ran([word]);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(code).toBe(0);
  });

  it('munjigi --version', async () => {
    expect(await ran(['--version'])).toMatchObject({ out: `${VERSION}\n`, code: 0 });
  });
});
