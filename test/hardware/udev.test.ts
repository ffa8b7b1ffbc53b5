import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const RULES = readFileSync(join(import.meta.dirname, '../../hardware/99-munjigi.rules'), 'utf8');
const lines = RULES.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** udev(7): the match and assignment keys, each with the operators that make sense for it. */
const MATCH = /^(?:ACTION|KERNEL|SUBSYSTEMS?|DRIVERS|ATTRS?\{[\w]+\}|ENV\{\w+\})(?:==|!=)"[^"]*"$/;
const ASSIGNMENT = /^(?:SYMLINK\+=|RUN\+=|GROUP=|MODE=|GOTO=|LABEL=|ENV\{\w+\}=)"[^"]*"$/;

describe('99-munjigi.rules, line by line', () => {
  test('is made of matches, then assignments, joined by commas', () => {
    for (const line of lines) {
      const parts = line.match(/(?:[^,"]|"[^"]*")+/g)?.map((part) => part.trim()) ?? [];
      const firstAssignment = parts.findIndex((part) => ASSIGNMENT.test(part));
      expect(firstAssignment, line).toBeGreaterThanOrEqual(0);
      for (const part of parts.slice(0, firstAssignment)) expect(part).toMatch(MATCH);
      for (const part of parts.slice(firstAssignment)) expect(part).toMatch(ASSIGNMENT);
    }
  });

  test('an unguarded rule would change every device: each names the subsystem that it is about', () => {
    for (const line of lines.filter((text) => !/GOTO|LABEL/.test(text))) expect(line).toMatch(/^SUBSYSTEM=="\w+", /);
  });

  test('the names are those of the files for the boards', () => {
    for (const name of ['munjigi-scanner', 'munjigi-printer']) expect(RULES).toContain(`SYMLINK+="${name}"`);
  });
});

/** What udevadm says about `rules` when a device is added; in a namespace of its own, so that nothing of it stays. */
function udevadm(rules: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'munjigi-udev-'));
  try {
    writeFileSync(join(folder, '99-munjigi.rules'), rules);
    const script = [
      'mount --bind "$0" /etc/udev/rules.d',
      'mkdir -p /run/udev && mount -t tmpfs tmpfs /run/udev',
      'udevadm test --action=add /sys/class/mem/null 2>&1',
    ].join(' && ');
    return spawnSync('unshare', ['--mount', 'sh', '-c', script, folder], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const reason = ((): string | null => {
  if (process.getuid?.() !== 0) return 'needs root';
  if (spawnSync('udevadm', ['--version']).status !== 0) return 'needs udevadm: install the package udev';
  return udevadm('').includes('Reading rules file') ? null : 'needs a private mount namespace';
})();

describe.skipIf(reason !== null)(`udev itself${reason === null ? '' : ` (${reason})`}`, () => {
  const complaints = (output: string): string[] =>
    output.split('\n').filter((line) => /99-munjigi\.rules:\d+ (?!RUN|GROUP|MODE|Unknown group)/.test(line));

  test('finds nothing wrong with the rules', () => {
    const output = udevadm(RULES);
    expect(output).toContain('99-munjigi.rules');
    expect(complaints(output)).toEqual([]);
  });

  test('finds a misspelt key, so that the check above can fail', () => {
    expect(complaints(udevadm(RULES.replace('SUBSYSTEM=="usbmisc"', 'SUBSISTEM=="usbmisc"')))).not.toEqual([]);
  });

  test('hands the files of a line to the group gpio with a command that the shell understands', () => {
    const onNull = RULES.replaceAll(/SUBSYSTEM=="gpio", KERNEL=="\w+\[0-9\]\*"/g, 'SUBSYSTEM=="mem", KERNEL=="null"');
    const commands = [...udevadm(onNull).matchAll(/^run: '\/bin\/sh -c '(.*)''$/gm)].map(([, command = '']) => command);
    expect(commands.length).toBe(2);
    expect(commands[1]).toMatch(/^cd \/sys\/devices\/virtual\/mem\/null && for file in .*chgrp gpio \$file/);
    for (const command of commands) expect(spawnSync('sh', ['-n', '-c', command]).status).toBe(0);
  });
});
