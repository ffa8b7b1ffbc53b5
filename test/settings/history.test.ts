import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, MAX_VERSIONS, SettingsHistory } from '../../src/settings/history.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-history-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const versionOf = (text: string) => ({
  atMs: 5,
  clock: 'trusted' as const,
  by: 'shell' as const,
  members: ['relayMs'],
  sha256: digestOf(text),
  policy: { id: 'any-genuine', sha256: null },
  text,
});

describe('earlier settings', () => {
  it('are there from the newest on, for their owner alone', () => {
    const history = new SettingsHistory(join(folder, 'settings-history'));
    expect([history.newest(), history.versions(), history.find(1)]).toEqual([null, [], null]);
    expect([history.add(versionOf('{}')), history.add(versionOf('{"relayMs":700}'))]).toEqual([1, 2]);
    expect(history.versions().map(({ version, text }) => [version, text])).toEqual([
      [2, '{"relayMs":700}'],
      [1, '{}'],
    ]);
    expect(history.find(1)).toEqual({ version: 1, ...versionOf('{}') });
    expect(statSync(join(folder, 'settings-history', '000001.json')).mode & 0o777).toBe(0o600);
  });

  it('do not fill the disk: the oldest goes when there are too many', () => {
    const history = new SettingsHistory(folder);
    for (let at = 1; at <= MAX_VERSIONS; at += 1) history.add(versionOf('{}'));
    expect(readdirSync(folder)).toHaveLength(MAX_VERSIONS);
    expect(history.find(1)?.version).toBe(1);
    history.add(versionOf('{}'));
    expect(readdirSync(folder)).toHaveLength(MAX_VERSIONS);
    expect([history.find(1), history.newest()?.version]).toEqual([null, MAX_VERSIONS + 1]);
  });

  it.each([
    ['cut short', (text: string) => text.slice(0, -9)],
    ['changed by one digit', (text: string) => text.replace('700', '900')],
    ['of another number', (text: string) => text.replace('"version":2', '"version":3')],
    ['empty', () => ''],
  ])('that are %s on the disk are passed over, never used', (_, damage) => {
    const history = new SettingsHistory(folder);
    history.add(versionOf('{}'));
    const text = JSON.stringify({ version: 2, ...versionOf('{"relayMs":700}') });
    const path = join(folder, '000002.json');
    writeFileSync(path, text);
    expect(history.newest()?.version).toBe(2);
    writeFileSync(path, damage(text));
    expect(history.newest()?.version).toBe(1);
    expect(history.add(versionOf('{"relayMs":800}'))).toBe(3);
  });
});
