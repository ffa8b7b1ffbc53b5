import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type GpioChip, kernelNumbers, readChips } from '../../../src/devices/signal/gpio-numbers.ts';
import { wiring } from './wiring.ts';

const SOC: GpioChip = { label: 'pinctrl-bcm2711', base: 512, lineCount: 58 };
const EXPANDER: GpioChip = { label: 'raspberrypi-exp-gpio', base: 570, lineCount: 8 };

test('a BCM number becomes the number of the kernel that runs, whatever its chip begins at', () => {
  for (const base of [0, 458, 512, 571]) {
    const numbers = kernelNumbers([EXPANDER, { ...SOC, base }], wiring());
    expect(numbers.ok && [...numbers.value]).toEqual([
      ['green', base + 17],
      ['amber', base + 22],
      ['red', base + 23],
      ['buzzer', base + 24],
      ['relay', base + 25],
    ]);
  }
});

test('a wrong chip label names the labels that are there', () => {
  expect(kernelNumbers([SOC, EXPANDER], wiring({ chip: 'pinctrl-rp1' }))).toEqual({
    ok: false,
    error:
      'No GPIO chip is called "pinctrl-rp1": write one of "pinctrl-bcm2711", "raspberrypi-exp-gpio" as signal.chip in hardware.yaml.',
  });
});

test('two chips of one label are not guessed between', () => {
  const twice = kernelNumbers([SOC, { ...SOC, base: 600 }], wiring());
  expect(!twice.ok && twice.error).toMatch(/^2 GPIO chips are called "pinctrl-bcm2711": /);
});

test('a pin that the chip does not have is refused, its last one is not', () => {
  expect(kernelNumbers([SOC], wiring({ greenGpio: 57 })).ok).toBe(true);
  expect(kernelNumbers([SOC], wiring({ greenGpio: 58 }))).toEqual({
    ok: false,
    error: 'The chip "pinctrl-bcm2711" has lines 0 to 57 and no 58: correct signal.lines.green.gpio.',
  });
  expect(kernelNumbers([SOC], wiring({ greenGpio: -1 })).ok).toBe(false);
});

test('two lines on one pin are refused', () => {
  expect(kernelNumbers([SOC], wiring({ greenGpio: 22 }))).toEqual({
    ok: false,
    error: 'The lines green and amber are both on gpio 22: correct one of them.',
  });
});

test('a system without GPIO sysfs says so', () => {
  const numbers = kernelNumbers(readChips(join(tmpdir(), 'munjigi-no-such-folder')), wiring());
  expect(!numbers.ok && numbers.error).toMatch(/^This system shows no GPIO chip in /);
});

test('chips are read as the kernel writes them, and exported lines are not taken for chips', () => {
  const folder = mkdtempSync(join(tmpdir(), 'munjigi-gpio-'));
  mkdirSync(join(folder, 'gpiochip512'));
  mkdirSync(join(folder, 'gpio529'));
  writeFileSync(join(folder, 'export'), '');
  for (const [member, text] of Object.entries({ label: 'pinctrl-rp1\n', base: '512\n', ngpio: '54\n' })) {
    writeFileSync(join(folder, 'gpiochip512', member), text);
  }
  expect(readChips(folder)).toEqual([{ label: 'pinctrl-rp1', base: 512, lineCount: 54 }]);
  rmSync(folder, { recursive: true });
});
