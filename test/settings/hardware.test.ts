import { describe, expect, test } from 'vitest';
import {
  BAUD_RATES,
  MAX_DIAGONAL_MM,
  MAX_DPI,
  MAX_RELAY_ON_MS,
  MAX_WIDTH_DOTS,
  MIN_DIAGONAL_MM,
  MIN_DPI,
  MIN_RELAY_ON_MS,
  MIN_WIDTH_DOTS,
  parseHardware,
} from '../../src/settings/hardware.ts';
import { MAX_YAML_DEPTH, MAX_YAML_LENGTH } from '../../src/settings/yaml-document.ts';

const WIRED = `board: pi4
scanner:
  driver: serial
  path: /dev/munjigi-scanner
  baud: 9600
signal:
  driver: onoff
  lines:
    green: {gpio: 17}
    amber: {gpio: 27, activeLow: true}
    red: {gpio: 22}
    buzzer: {gpio: 23}
    relay: {gpio: 24, maxOnMs: 3000}
inputs:
  staff: {gpio: 6, activeLow: true}
printer:
  driver: usb
  path: /dev/munjigi-printer
`;
const SIMULATED = 'scanner: {driver: stdin}\nsignal: {driver: simulated}\n';

const complaint = (text: string): string => {
  const parsed = parseHardware(text, 'hardware.yaml');
  expect(parsed.ok, 'accepted what should be refused').toBe(false);
  const sentence = parsed.ok ? '' : parsed.error;
  expect(sentence).toMatch(/^hardware\.yaml:\d+: [^\n]+\.$/);
  return sentence;
};
const accepts = (text: string): boolean => parseHardware(text, 'hardware.yaml').ok;
const wired = (from: string, to: string): string => {
  expect(WIRED).toContain(from);
  return WIRED.replace(from, to);
};

describe('a correct file', () => {
  test('keeps what is written and fills in the rest', () => {
    expect(parseHardware(WIRED, 'hardware.yaml')).toEqual({
      ok: true,
      value: {
        board: 'pi4',
        scanner: { driver: 'serial', path: '/dev/munjigi-scanner', baud: 9_600 },
        signal: {
          driver: 'onoff',
          chip: 'pinctrl-bcm2711',
          lines: {
            green: { gpio: 17, activeLow: false },
            amber: { gpio: 27, activeLow: true },
            red: { gpio: 22, activeLow: false },
            buzzer: { gpio: 23, activeLow: false },
            relay: { gpio: 24, activeLow: false, maxOnMs: 3_000 },
          },
        },
        inputs: { staff: { gpio: 6, activeLow: true } },
        printer: {
          driver: 'usb',
          path: '/dev/munjigi-printer',
          port: 9_100,
          widthDots: 384,
          dpi: 203,
          type: 'epson',
          baud: 115_200,
        },
        screen: { diagonalMm: 178, orientation: 'landscape' },
        voice: { driver: 'none' },
      },
    });
  });

  test.each([
    ['pi4', 'pinctrl-bcm2711'],
    ['pi5', 'pinctrl-rp1'],
    ['zero2w', 'pinctrl-bcm2835'],
  ])('knows the chip behind the header of a %s', (board, chip) => {
    const parsed = parseHardware(wired('board: pi4', `board: ${board}`), 'hardware.yaml');
    expect(parsed.ok && parsed.value.signal.driver === 'onoff' && parsed.value.signal.chip).toBe(chip);
  });

  test('lets the technician name another chip', () => {
    const parsed = parseHardware(wired('driver: onoff', 'driver: gpiod\n  chip: gpio-sim'), 'hardware.yaml');
    expect(parsed.ok && parsed.value.signal.driver === 'gpiod' && parsed.value.signal.chip).toBe('gpio-sim');
  });

  test('may be written on Windows, with a byte order mark and CRLF', () => {
    expect(accepts(`\uFEFF${WIRED.replaceAll('\n', '\r\n')}`)).toBe(true);
  });

  test('lets a driver be tried by changing one word', () => {
    expect(accepts(wired('driver: onoff', 'driver: simulated'))).toBe(true);
    expect(accepts(wired('driver: serial', 'driver: simulated'))).toBe(true);
    expect(accepts(wired('driver: usb', 'driver: none'))).toBe(true);
  });
});

describe('a mistake is told with its line, its name and a remedy', () => {
  test.each([
    ['a misspelt member', wired('amber:', 'ambre:'), 10, 'signal.lines has no member "ambre"', 'did you mean amber?'],
    ['a member of the wrong case', wired('maxOnMs', 'maxonms'), 13, 'has no member "maxonms"', 'maxOnMs?'],
    ['a member nobody knows', `${WIRED}cloud: {}\n`, 19, 'the file has no member "cloud"', 'it may have board, '],
    ['a prototype name', `${WIRED}__proto__: {admin: true}\n`, 19, 'no member "__proto__"', 'it may have board, '],
    ['a misspelt driver', wired('driver: serial', 'driver: serail'), 3, 'scanner.driver is "serail"', 'mean serial?'],
    ['a misspelt driver member', wired('driver: usb', 'diver: usb'), 16, 'printer.driver is missing', 'diver meant'],
    ['an unknown board', wired('pi4', 'pi3'), 1, 'board is "pi3"', 'write one of pi4, pi5, zero2w, generic'],
    ['a missing member', wired('  path: /dev/munjigi-scanner\n', ''), 2, 'scanner.path is missing', '/dev/'],
    [
      'a missing device',
      'board: pi4\nsignal: {driver: simulated}\n',
      1,
      'scanner is missing',
      'with a driver (serial,',
    ],
    ['a missing wire', wired('    red: {gpio: 22}\n', ''), 8, 'signal.lines.red is missing', '(gpio, activeLow)'],
    ['a missing host', wired('driver: usb', 'driver: tcp'), 16, 'printer.host is missing', 'name or address'],
    ['a word for a number', wired('9600', 'fast'), 5, 'scanner.baud is "fast"', 'write one of 1200, 2400'],
    [
      'yes in place of true',
      wired('activeLow: true}\n    red', 'activeLow: yes}\n    red'),
      10,
      'is "yes"',
      'true or false',
    ],
    [
      'a list in place of members',
      'board: pi4\nscanner: {driver: stdin}\nsignal:\n  driver: onoff\n  lines: [1]\n',
      5,
      'signal.lines is a list',
      'with its members',
    ],
    ['a header pin number', wired('gpio: 17', 'gpio: 40'), 9, 'green.gpio is 40', 'from 2 to 27'],
    ['a line of the identification memory', wired('gpio: 17', 'gpio: 1'), 9, 'green.gpio is 1', 'from 2 to 27'],
    ['two outputs on one line', wired('gpio: 24', 'gpio: 17'), 13, 'relay.gpio is 17', 'signal.lines.green already'],
    ['an input on a lamp', wired('gpio: 6', 'gpio: 22'), 15, 'inputs.staff.gpio is 22', 'signal.lines.red already'],
    ['a board without a known chip', wired('pi4', 'generic'), 6, 'signal.chip is missing', 'or name your board'],
    ['the same member twice', `${WIRED}board: pi5\n`, 19, 'already set further up', 'keep one of the two'],
    ['an open bracket', wired('{gpio: 22}', '{gpio: 22'), 12, 'this is not YAML', 'correct the line'],
    ['a tab', wired('  driver: onoff', '\tdriver: onoff'), 7, 'this is not YAML', 'correct the line'],
    ['an alias', 'board: &b pi4\nscanner: *b\n', 1, 'aliases', 'write the value out'],
    ['a second document', `${WIRED}---\na: 1\n`, 19, 'this is not YAML', 'correct the line'],
    ['an unknown tag', 'board: !js pi4\n', 1, 'this is not YAML', 'correct the line'],
    ['a list', '- board\n', 1, 'the file is a list', 'with its members'],
    ['an empty file', '# nothing\n', 1, 'the file is empty', 'start from the example'],
  ])('%s', (_, text, line, what, remedy) => {
    const sentence = complaint(text);
    expect(sentence).toContain(`hardware.yaml:${line}: `);
    expect(sentence).toContain(what);
    expect(sentence).toContain(remedy);
  });

  test('a misspelt member is told before the missing one that it caused', () => {
    expect(complaint(wired('  path: /dev/munjigi-scanner', '  pathh: /dev/ttyACM0'))).toContain('did you mean path?');
  });
});

describe('every limit holds on both sides', () => {
  const relay = (ms: number) => wired('maxOnMs: 3000', `maxOnMs: ${ms}`);
  const printer = (member: string, value: number) => `${SIMULATED}printer: {driver: none, ${member}: ${value}}\n`;
  const screen = (mm: number) => `${SIMULATED}screen: {diagonalMm: ${mm}}\n`;

  test.each([
    ['relay, shortest', relay(MIN_RELAY_ON_MS), relay(MIN_RELAY_ON_MS - 1)],
    ['relay, longest', relay(MAX_RELAY_ON_MS), relay(MAX_RELAY_ON_MS + 1)],
    ['print width, smallest', printer('widthDots', MIN_WIDTH_DOTS), printer('widthDots', MIN_WIDTH_DOTS - 1)],
    ['print width, largest', printer('widthDots', MAX_WIDTH_DOTS), printer('widthDots', MAX_WIDTH_DOTS + 1)],
    ['resolution, lowest', printer('dpi', MIN_DPI), printer('dpi', MIN_DPI - 1)],
    ['resolution, highest', printer('dpi', MAX_DPI), printer('dpi', MAX_DPI + 1)],
    ['port, first', printer('port', 1), printer('port', 0)],
    ['port, last', printer('port', 65_535), printer('port', 65_536)],
    ['diagonal, smallest', screen(MIN_DIAGONAL_MM), screen(MIN_DIAGONAL_MM - 1)],
    ['diagonal, largest', screen(MAX_DIAGONAL_MM), screen(MAX_DIAGONAL_MM + 1)],
    ['gpio of a Pi, first', wired('gpio: 17', 'gpio: 2'), wired('gpio: 17', 'gpio: 1')],
    ['gpio of a Pi, last', wired('gpio: 17', 'gpio: 26'), wired('gpio: 17', 'gpio: 28')],
    ['whole numbers', printer('dpi', 203), printer('dpi', 203.5)],
    [
      'text',
      wired('/dev/munjigi-scanner', `/${'d'.repeat(254)}`),
      wired('/dev/munjigi-scanner', `/${'d'.repeat(255)}`),
    ],
    ['file length', `${SIMULATED}#`.padEnd(MAX_YAML_LENGTH), `${SIMULATED}#`.padEnd(MAX_YAML_LENGTH + 1)],
  ])('%s', (_, inside, outside) => {
    expect(accepts(inside)).toBe(true);
    complaint(outside);
  });

  test('baud rates: the port would take an odd one silently and read garbage', () => {
    for (const baud of BAUD_RATES) expect(accepts(wired('9600', String(baud)))).toBe(true);
    complaint(wired('9600', '12345'));
  });

  test('thousands of brackets or dashes do not exhaust the stack', () => {
    for (const opener of ['[', '{', '- ', '? ', '- ? ']) {
      expect(complaint(opener.repeat(15_000))).toContain('within each other');
    }
    const brackets = (depth: number) => complaint(`a: ${'['.repeat(depth)}${']'.repeat(depth)}\n`);
    expect(brackets(MAX_YAML_DEPTH)).toContain('no member "a"');
    expect(brackets(MAX_YAML_DEPTH + 1)).toContain('within each other');
  });
});
