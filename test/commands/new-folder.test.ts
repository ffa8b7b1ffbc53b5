import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clock } from '../../src/commands/clock.ts';
import type { Command } from '../../src/commands/command.ts';
import { door } from '../../src/commands/door.ts';
import { journal } from '../../src/commands/journal.ts';
import { settings } from '../../src/commands/settings.ts';
import { sticker } from '../../src/commands/sticker.ts';
import { trust } from '../../src/commands/trust.ts';
import { complaintOf, ran } from '../support/command.ts';
import { refusedBy } from '../support/in-process.ts';
import { policyText } from '../support/rules.ts';

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-new-folder-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a typing error in --data', () => {
  it.each<[Command, readonly string[]]>([
    [journal, ['checkpoint']],
    [journal, ['checkpoint', '--code']],
    [journal, ['slip']],
    [journal, ['slip', '--out', 'slip.png']],
    [journal, ['known', '--forget', 'munjigi/a/b']],
    [journal, ['prove', '0']],
    [door, ['count-out']],
    [door, ['count-reset']],
    [clock, ['set', '2026-11-23T09:00:00+09:00']],
    [settings, ['restore', '1']],
    [sticker, ['revoke', 'AB123456']],
  ])('makes no second kiosk: %#', async (command, args) => {
    expect(await refusedBy(command, [...args, '--data', data])).toMatch(
      /^the data folder \S+ cannot be read: .*; name the kiosk's folder with --data DIR$/,
    );
    expect(existsSync(data)).toBe(false);
  });

  it('is one sentence of the shell, exit code 2, and signs nothing', async () => {
    const { code, says } = complaintOf(await ran(['journal', 'checkpoint', '--data', data]));
    expect([code, says]).toEqual([2, expect.stringContaining(`the data folder ${data} cannot be read`)]);
    expect(existsSync(data)).toBe(false);
  });

  it('leaves nothing behind where a revocation list is refused', async () => {
    const list = join(folder, 'revoked.json');
    writeFileSync(list, '{"iss": "box-office", "version": 1, "revokedIds": ["abcdefgh"]}');
    expect(await refusedBy(trust, ['import', list, '--data', data])).toMatch(/say --unsigned/);
    expect(existsSync(data)).toBe(false);
  });
});

describe('a kiosk that is prepared before its first start', () => {
  const policy = () => {
    const path = join(folder, 'house.json');
    writeFileSync(path, policyText({ id: 'house' }));
    return path;
  };
  it.each<[string, () => readonly string[], string]>([
    ['settings', () => ['settings', 'set', 'relayMs=1200'], ''],
    ['policy', () => ['policy', 'import', policy()], ''],
    ['PIN', () => ['owner', 'pin'], '483920\n'],
  ])('gets its %s, and its owner is told that the folder is new, once', async (_, args, input) => {
    const first = await ran([...args(), '--data', data], { input });
    expect([first.code, first.err]).toEqual([0, expect.stringContaining(`\nmade the new data folder ${data}\n`)]);
    const second = await ran([...args(), '--data', data], { input });
    expect([second.code, second.err]).toEqual([0, expect.not.stringContaining('made the new data folder')]);
  });
});
