import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../systemd');
const UNITS = readdirSync(FOLDER).filter((name) => name.endsWith('.service'));
/** systemd-analyze counts 0 (safe) to 100 (no sandbox at all): the kiosk stands at 15, this leaves room for its versions. */
const MAX_EXPOSURE = 20;

const analyze = (...words: string[]) => spawnSync('systemd-analyze', words, { encoding: 'utf8' });
const isAbsent = analyze('--version').status !== 0;
const unit = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

describe.skipIf(isAbsent)(
  `systemd reads the units${isAbsent ? ' (systemd-analyze is absent: install the package systemd)' : ''}`,
  () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'munjigi-units-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** verify wants programs that exist on this machine; everything else of the unit stays as it is. */
    const verify = (name: string, text: string) => {
      writeFileSync(join(folder, name), text.replace(/^(Exec\w+=-?)\/\S+/gm, '$1/bin/sh'));
      return analyze('verify', '--man=no', '--recursive-errors=no', join(folder, name));
    };

    test.each(UNITS)('%s has no line that systemd ignores', (name) => {
      const { status, stderr } = verify(name, unit(name));
      expect(stderr).toBe('');
      expect(status).toBe(0);
    });

    test('a misspelt line is seen, so that the check above can fail', () => {
      const { status } = verify('munjigi.service', unit('munjigi.service').replace('WatchdogSec', 'WatchdogSecs'));
      expect(status).not.toBe(0);
    });

    const exposure = (text: string) => {
      writeFileSync(join(folder, 'munjigi.service'), text);
      return analyze('security', '--offline=true', `--threshold=${MAX_EXPOSURE}`, join(folder, 'munjigi.service'));
    };

    test('the kiosk stays within its exposure level, and leaves it when a line of the sandbox goes', () => {
      copyFileSync(join(FOLDER, 'munjigi.service'), join(folder, 'munjigi.service'));
      expect(exposure(unit('munjigi.service')).status).toBe(0);
      expect(exposure(unit('munjigi.service').replace(/^SystemCallFilter=.*\n/gm, '')).status).not.toBe(0);
    });
  },
);

describe('what no tool checks', () => {
  const kiosk = unit('munjigi.service');

  test('a device group whose driver is not loaded yet would be dropped silently: each is loaded first', () => {
    const drivers: Record<string, string> = { ttyACM: 'cdc_acm', ttyUSB: 'usbserial', usb: 'usblp' };
    const groups = [...kiosk.matchAll(/^DeviceAllow=char-(\w+) rw$/gm)].map(([, group = '']) => group);
    expect(groups).toEqual(Object.keys(drivers));
    for (const group of groups) {
      expect(kiosk).toMatch(new RegExp(`^Wants=.*modprobe@${drivers[group]}\\.service`, 'm'));
      expect(kiosk).toMatch(new RegExp(`^After=.*modprobe@${drivers[group]}\\.service`, 'm'));
    }
  });

  test('it comes back for ever', () => {
    expect(kiosk).toMatch(/^StartLimitIntervalSec=0$/m);
    expect(kiosk).toMatch(/^Restart=always$/m);
  });

  test('README.md gives a reason for every line of the sandbox', () => {
    const readme = unit('README.md');
    const sandbox = kiosk.slice(kiosk.indexOf('# Files'), kiosk.indexOf('[Install]'));
    for (const [, name] of sandbox.matchAll(/^(\w+)=/gm)) expect(readme, `README.md on ${name}`).toContain(`\`${name}`);
  });
});
