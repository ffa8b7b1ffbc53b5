import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../src/base/version.ts';
import { SHOWING_MS, signalFor } from '../src/door/signals.ts';
import { PRESETS } from '../src/policy/presets.ts';
import { REASONS, type VerdictName } from '../src/policy/reasons.ts';
import { settingsSchema } from '../src/settings/schema.ts';

const ROOT = join(import.meta.dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** The cells of the table under a heading, one array a row. */
function tableUnder(heading: string, index = 0): string[][] {
  const section = readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const tables = section
    .split('\n\n')
    .map((block) => block.trim())
    .filter((block) => block.startsWith('|'));
  const rows = tables[index]?.split('\n').slice(2) ?? [];
  return rows.map((row) =>
    row
      .replaceAll('\\|', '/')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('the README', () => {
  it('says of each light what the code does', () => {
    const choices = { assistSoundsLikeAdmit: false, relayMs: 1 };
    for (const [name, lamp, sound, strike] of tableUnder('What the lights mean')) {
      const verdict = name as VerdictName;
      const pattern = signalFor(verdict, choices);
      const light = pattern.blinkMs > 0 ? 'blinking' : 'steady';
      expect(lamp).toBe(`${pattern.lamp}, ${light}, ${SHOWING_MS[verdict] / 1_000} s`);
      const beeps = pattern.buzzerMs.filter((_, index) => index % 2 === 0);
      const length = (beeps[0] ?? 0) > 500 ? 'long' : 'short';
      expect(sound).toBe(`${beeps.length === 1 ? 'one' : 'two'} ${length} beep${beeps.length === 1 ? '' : 's'}`);
      expect(strike).toBe(pattern.relayMs > 0 ? 'released' : 'shut');
    }
    expect(tableUnder('What the lights mean')).toHaveLength(3);
  });

  it('lists every reason with its usual verdict', () => {
    const listed = tableUnder('What the lights mean', 1).flatMap(([codes, verdict]) =>
      (codes ?? '').split(', ').map((code) => [code.replaceAll('`', ''), verdict]),
    );
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(Object.entries(REASONS).map(([code, { verdict }]) => [code, verdict])),
    );
  });

  it('lists every setting with its default and description', () => {
    const rows = Object.entries(settingsSchema.shape).map(([name, schema]) => {
      const { description, unit } = schema.meta() as { description: string; unit?: string };
      const parsed = schema.safeParse(undefined);
      const shown = (data: unknown): string => (typeof data === 'object' ? JSON.stringify(data) : String(data));
      const value = parsed.success ? shown(parsed.data) : 'drawn at first start';
      return [`\`${name}\``, unit === undefined ? value : `${value} ${unit}`, description];
    });
    expect(tableUnder('Settings')).toEqual(rows);
  });

  it('names every preset and gives each runtime dependency its line', () => {
    for (const { id } of PRESETS) expect(readme).toContain(`\`${id}\``);
    const listed = tableUnder('What it is built on').flatMap(([names]) =>
      (names ?? '').replaceAll('`', '').split(', '),
    );
    expect(listed.sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });
});

describe('package.json', () => {
  it('pins exact versions, and its own is the program’s', () => {
    expect(VERSION).toBe(manifest.version);
    for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });
});
