import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LINES } from '../../src/base/signal.ts';
import { parseHardware } from '../../src/settings/hardware.ts';

const FOLDER = join(import.meta.dirname, '../../hardware');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const README = readFileSync(join(FOLDER, 'README.md'), 'utf8');

/** The 40-pin header of every Raspberry Pi since the B+: pin to BCM number, as Raspberry Pi prints it. */
const HEADER: Readonly<Record<number, number>> = {
  3: 2,
  5: 3,
  7: 4,
  8: 14,
  10: 15,
  11: 17,
  12: 18,
  13: 27,
  15: 22,
  16: 23,
  18: 24,
  19: 10,
  21: 9,
  22: 25,
  23: 11,
  24: 8,
  26: 7,
  27: 0,
  28: 1,
  29: 5,
  31: 6,
  32: 12,
  33: 13,
  35: 19,
  36: 16,
  37: 26,
  38: 20,
  40: 21,
};
const GROUND_PINS = [6, 9, 14, 20, 25, 30, 34, 39];
const LAST_PULLED_UP = 8;
/** I2C for the clock, the serial port, SPI's data lines, I2S for sound. */
const USED_BY_OTHERS = [2, 3, 14, 15, 9, 10, 11, 18, 19, 20, 21];

const rows = [...README.matchAll(/^\| (\w+) \| (\d+|-) \| (\d+) \|(?: (pulled \w+|-) \|)?/gm)].map(
  ([, name = '', bcm, pin, pull]) => ({ name, bcm: Number(bcm), pin: Number(pin), pull }),
);
const outputs = rows.filter(({ name, bcm }) => LINES.some((line) => line === name) && !Number.isNaN(bcm));
const inputs = rows.filter(({ name }) => ['call', 'staff', 'tamper', 'door'].includes(name));

test.each(FILES)('%s is a correct file', (name) => {
  const parsed = parseHardware(readFileSync(join(FOLDER, name), 'utf8'), name);
  expect(parsed.ok ? '' : parsed.error).toBe('');
});

describe('the wiring table of hardware/README.md', () => {
  test('names each line and input once', () => {
    expect(outputs.map(({ name }) => name)).toEqual(LINES);
    expect(inputs.map(({ name }) => name)).toEqual(['call', 'staff', 'tamper', 'door']);
    const numbers = [...outputs, ...inputs].map(({ bcm }) => bcm);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('gives each BCM number its pin of the header', () => {
    for (const { name, bcm, pin } of [...outputs, ...inputs]) expect(HEADER[pin], `${name} on pin ${pin}`).toBe(bcm);
    const grounds = rows.filter(({ name }) => name === 'ground');
    expect(grounds.length).toBe(2);
    for (const { pin } of grounds) expect(GROUND_PINS).toContain(pin);
  });

  test('puts no output on a line that is pulled up at power-on: a relay would open the door at each boot', () => {
    for (const { name, bcm, pull } of outputs) {
      expect(bcm, name).toBeGreaterThan(LAST_PULLED_UP);
      expect(pull, name).toBe('pulled down');
    }
    for (const { name, bcm } of inputs) expect(bcm, name).toBeLessThanOrEqual(LAST_PULLED_UP);
  });

  test('leaves the lines of the clock, the serial port and the sound alone', () => {
    for (const { name, bcm } of [...outputs, ...inputs]) expect(USED_BY_OTHERS, name).not.toContain(bcm);
  });

  test.each(['pi4', 'pi5', 'zero2w', 'generic'])('is what %s.yaml says, active high', (board) => {
    const parsed = parseHardware(readFileSync(join(FOLDER, `${board}.yaml`), 'utf8'), board);
    if (!parsed.ok) throw new Error(parsed.error);
    const { signal, board: named } = parsed.value;
    expect(named).toBe(board);
    if (signal.driver !== 'onoff') throw new Error(`driver ${signal.driver}`);
    for (const { name, bcm } of outputs) {
      const line = LINES.find((known) => known === name) ?? 'relay';
      expect(signal.lines[line], name).toMatchObject({ gpio: bcm, activeLow: false });
    }
  });
});
