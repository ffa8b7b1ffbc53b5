import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const WEB = join(import.meta.dirname, '..', '..', 'src');

function colours(path: string, block: RegExp = /:root \{([^}]*)\}/): ReadonlyMap<string, string> {
  const body = block.exec(readFileSync(join(WEB, path), 'utf8'))?.[1] ?? '';
  return new Map(
    [...body.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return Number.NaN;
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

it('the formula gives what WCAG gives for black on white and for grey #767676', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

describe('the visitor’s screen', () => {
  const palette = colours('screen/web/palette.css');
  it.each(['calm', 'admit', 'assist', 'refuse', 'broken'])('%s can be read with weak sight', (tone) => {
    expect(contrast(palette.get(`${tone}-ground`), palette.get(`${tone}-ink`))).toBeGreaterThanOrEqual(7);
    expect(contrast(palette.get(`${tone}-ground`), palette.get(`${tone}-quiet`))).toBeGreaterThanOrEqual(7);
  });

  it('admit, assist and refuse differ in brightness from one neighbour, so that no eye depends on hue alone', () => {
    expect(contrast(palette.get('admit-ground'), palette.get('assist-ground'))).toBeGreaterThanOrEqual(3);
    expect(contrast(palette.get('refuse-ground'), palette.get('assist-ground'))).toBeGreaterThanOrEqual(3);
  });
});

describe('the simulator', () => {
  const light = colours('simulation/web/simulator.css');
  const dark = colours('simulation/web/simulator.css', /prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/);
  it.each([
    ['light', light],
    ['dark', dark],
  ])('can be read in the %s', (_, palette) => {
    expect(palette.size).toBeGreaterThanOrEqual(11);
    for (const ground of ['page', 'card', 'well']) {
      for (const ink of ['ink', 'quiet', 'admit-mark', 'assist-mark', 'refuse-mark']) {
        expect(contrast(palette.get(ground), palette.get(ink)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(palette.get('accent'), palette.get('on-accent'))).toBeGreaterThanOrEqual(4.5);
  });
});
