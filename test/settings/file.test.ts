import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_SETTINGS_BYTES, readSettings } from '../../src/settings/file.ts';
import {
  MAX_RELAY_MS,
  MAX_STICKER_HOURS,
  MAX_VENUE_NAME_LENGTH,
  MIN_RELAY_MS,
  settingsSchema,
} from '../../src/settings/schema.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-settings-'));
  path = join(folder, 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const complaint = (text: string | Buffer): string => {
  writeFileSync(path, text);
  const read = readSettings(path, '7A');
  expect(read.ok, 'accepted what should be refused').toBe(false);
  const sentence = read.ok ? '' : read.error;
  expect(sentence).toMatch(/^\/\S+settings\.json[^\n]+$/);
  return sentence.slice(folder.length + 1);
};
const accepts = (members: object): boolean => {
  writeFileSync(path, JSON.stringify(members));
  return readSettings(path, '7A').ok;
};

describe('settings.json', () => {
  it('is all defaults where it is not there or empty, and keeps the id that the kiosk drew', () => {
    const defaults = { ok: true, value: settingsSchema.parse({ kioskId: '7A' }) };
    expect(readSettings(path, '7A')).toEqual(defaults);
    writeFileSync(path, '{}');
    expect(readSettings(path, '7A')).toEqual(defaults);
  });

  it('overrules the drawn id', () => {
    writeFileSync(path, '{"kioskId":"9Z"}');
    expect(readSettings(path, '7A')).toMatchObject({ value: { kioskId: '9Z' } });
  });

  it('is read up to its longest and not beyond, so that no file can hold up a start', () => {
    const padded = (length: number): string => '{}'.padEnd(length, ' ');
    writeFileSync(path, padded(MAX_SETTINGS_BYTES));
    expect(readSettings(path, '7A').ok).toBe(true);
    expect(complaint(padded(MAX_SETTINGS_BYTES + 1))).toBe(
      `settings.json is longer than ${MAX_SETTINGS_BYTES} bytes; delete it to start from the defaults`,
    );
  });

  it.each([
    ['a comma too many', '{"venueId":"secret-cafe",}', 'not JSON'],
    ['one name twice', '{"relayMs":300,"relayMs":400}', 'a name is given twice'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'not UTF-8'],
  ])('that holds %s is refused without quoting it', (_, text, why) => {
    expect(complaint(text)).toBe(
      `settings.json cannot be read as JSON (${why}); mend it or delete it to start from the defaults`,
    );
  });

  const end = '; or delete the file to start from the defaults';
  it.each([
    [{ relayMs: 5 }, 'relayMs is 5: write a whole number from 200 to 10000 milliseconds'],
    [{ relayMs: '900' }, 'relayMs is "900": write a whole number from 200 to 10000 milliseconds'],
    [
      { venueNme: 'x', relayMs: 5 },
      'the file has no member "venueNme": correct or delete this line (did you mean venueName?)',
    ],
    [{ zone: 'Asia/Soul' }, 'zone is "Asia/Soul": write a time zone, such as Asia/Seoul'],
    [{ venueId: 'Café' }, 'venueId is "Café": write 1 to 21 of a-z, 0-9 and -'],
    [{ kioskId: 'IL' }, 'kioskId is "IL": write 2 characters of 0-9 and A-Z without I, L, O, U'],
    [{ policy: 'A policy' }, 'policy is "A policy": write the name of a preset or of a policy file'],
    [{ venueKind: 'restaurnt' }, /^venueKind is "restaurnt": .*did you mean restaurant\?\)$/],
    [{ policyParams: { doseDays: 'many' } }, 'policyParams.doseDays is "many": write a whole number'],
    [{ policyParams: [] }, 'policyParams is a list: write parameters with a number each'],
    [{ assistSoundsLikeAdmit: 'yes' }, 'assistSoundsLikeAdmit is "yes": write true or false'],
    [{ stickerOffer: 'on-requset' }, /^stickerOffer is "on-requset": .*did you mean on-request\?\)$/],
    [{ venueName: 'a\u202eb' }, /^venueName is .*: write 1 to 60 printable characters on one line$/],
    [{ venueName: 'a\nb' }, /^venueName is "a\\nb": write 1 to 60 printable characters on one line$/],
    [{ venueName: '  ' }, /^venueName is/],
  ])('%j is refused in plain words', (members, words) => {
    const said = complaint(JSON.stringify(members));
    expect(said.endsWith(end)).toBe(true);
    const middle = said.slice('settings.json: '.length, -end.length);
    if (typeof words === 'string') expect(middle).toBe(words);
    else expect(middle).toMatch(words);
  });

  it('that is a list is refused', () => {
    expect(complaint('[]')).toMatch(/must hold one JSON object/);
  });

  it.each([
    ['relayMs', MIN_RELAY_MS, MAX_RELAY_MS],
    ['stickerHours', 1, MAX_STICKER_HOURS],
  ])('takes %s from %i to %i and nothing outside', (name, first, last) => {
    const taken = [first - 1, first, last, last + 1].map((value) => accepts({ [name]: value }));
    expect(taken).toEqual([false, true, true, false]);
  });

  it('takes a venue name up to its longest, in any script', () => {
    expect(accepts({ venueName: '문'.repeat(MAX_VENUE_NAME_LENGTH) })).toBe(true);
    expect(accepts({ venueName: '문'.repeat(MAX_VENUE_NAME_LENGTH + 1) })).toBe(false);
  });
});
