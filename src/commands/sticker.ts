import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { makeFolder } from '../base/make-folder.ts';
import { formatInstant, formatMinuteIn } from '../base/time.ts';
import { encodeSticker, PRINTER_TYPES } from '../devices/printer/encode.ts';
import { chooseDataPath, loadKioskId, readDataFolder } from '../kiosk/data-folder.ts';
import { authenticate } from '../pass/authenticate.ts';
import { KINDS, type Pass } from '../pass/pass.ts';
import { readSettings } from '../settings/file.ts';
import { MAX_DPI, MAX_WIDTH_DOTS, MIN_DPI, MIN_WIDTH_DOTS } from '../settings/hardware.ts';
import { drawSticker } from '../sticker/draw.ts';
import { encodePng } from '../sticker/png.ts';
import { STICKER_ORIGINS } from '../sticker/token.ts';
import {
  type Command,
  EXIT_OK,
  orUsage,
  parseCommandLine,
  print,
  refuseWords,
  required,
  runAction,
  tell,
  UsageError,
} from './command.ts';
import { carryOut } from './control-client.ts';
import { TIME_HELP, timeFrom, wallNowMs } from './now.ts';
import { scanFrom } from './standard-input.ts';
import { loadTrust } from './trust-options.ts';

const USUAL_WIDTH_DOTS = 320;
const USUAL_DPI = 203;

export const sticker: Command = {
  help: `Usage: munjigi sticker issue (--pass TEXT|- | --kind KIND [--via HOW]) [--until TIME] [--print] [--json] [--data DIR]
       munjigi sticker revoke ID [--data DIR]
       munjigi sticker render TOKEN|- --out DIR [--width-dots N] [--dpi N] [--type ${PRINTER_TYPES.join('|')}] [--data DIR]

issue    signs a sticker and prints its token: for a genuine pass that opens this door, or for papers that staff
         have seen. KIND is one of ${KINDS.join(', ')}; HOW one of ${STICKER_ORIGINS.join(', ')}.
         It ends with the pass, the settings, the policy or --until, whichever is first.
         --print also prints it on the printer of the running kiosk.
revoke   takes a sticker back by its id.
render   writes DIR/ID.png and DIR/ID.escpos, as the printer would get it.
         N is ${MIN_WIDTH_DOTS} to ${MAX_WIDTH_DOTS} dots, ${MIN_DPI} to ${MAX_DPI} dpi.

${TIME_HELP}`,

  run: (args) => runAction('sticker', ACTIONS, args),
};

const ACTIONS = new Map([
  ['issue', issueSticker],
  ['revoke', revokeSticker],
  ['render', renderSticker],
]);

async function issueSticker(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    pass: { type: 'string' },
    kind: { type: 'string' },
    via: { type: 'string' },
    until: { type: 'string' },
    print: { type: 'boolean' },
    json: { type: 'boolean' },
  });
  refuseWords(positionals);
  const { pass, kind, via, until } = values;
  if ((pass === undefined) === (kind === undefined)) throw new UsageError('give either --pass or --kind; see --help');
  const untilText = until === undefined ? undefined : formatInstant(timeFrom(until, '--until'));
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const issued = orUsage(
    await carryOut(dataPath, {
      command: 'sticker-issue',
      ...(pass === undefined ? {} : { pass: (await scanFrom(pass)).toString('base64') }),
      ...(kind === undefined ? {} : { kind }),
      ...(via === undefined ? {} : { via }),
      ...(untilText === undefined ? {} : { until: untilText }),
      print: values.print === true,
    }),
  );
  const { id, token, validUntil, printFault } = issued;
  if (values.json) print(JSON.stringify({ id, token, validUntil }));
  else print(String(token));
  tell(`sticker ${id}, valid until ${validUntil}`);
  if (printFault === null) return EXIT_OK;
  throw new UsageError(`the sticker was issued but not printed: ${printFault}`);
}

async function revokeSticker(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { data: { type: 'string' } });
  const [subject, ...more] = positionals;
  refuseWords(more);
  const id = required(subject, 'the id of the sticker').replaceAll('-', '').toUpperCase();
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  orUsage(await carryOut(dataPath, { command: 'sticker-revoke', id }));
  tell(`sticker ${id} no longer opens this door`);
  return EXIT_OK;
}

async function renderSticker(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    out: { type: 'string' },
    'width-dots': { type: 'string' },
    dpi: { type: 'string' },
    type: { type: 'string' },
  });
  const [subject, ...more] = positionals;
  refuseWords(more);
  const given = required(subject, 'the token');
  const out = required(values.out, '--out DIR');
  const type = PRINTER_TYPES.find((known) => known === (values.type ?? 'epson'));
  if (type === undefined) throw new UsageError(`--type must be ${PRINTER_TYPES.join(' or ')}`);
  const widthDots = values['width-dots'] ?? `${USUAL_WIDTH_DOTS}`;
  const paper = {
    widthDots: wholeNumber(widthDots, '--width-dots', MIN_WIDTH_DOTS, MAX_WIDTH_DOTS),
    dpi: wholeNumber(values.dpi ?? `${USUAL_DPI}`, '--dpi', MIN_DPI, MAX_DPI),
    type,
  };
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  return render(dataPath, await scanFrom(given), out, paper);
}

async function render(
  dataPath: string,
  line: Buffer,
  out: string,
  paper: { widthDots: number; dpi: number; type: (typeof PRINTER_TYPES)[number] },
): Promise<number> {
  const folder = orUsage(readDataFolder(dataPath));
  const trust = await loadTrust([], dataPath);
  const now = { atMs: wallNowMs(), trusted: true };
  const outcome = authenticate({ line, parts: 1 }, trust, now);
  if (!outcome.ok) throw new UsageError(`this is no valid sticker of ${dataPath}: ${outcome.error.reason}`);
  if (outcome.value.format !== 'sticker')
    throw new UsageError(`this is a pass of format ${outcome.value.format}, no sticker`);
  const settings = orUsage(readSettings(folder.settings, orUsage(loadKioskId(folder))));
  const id = idOf(outcome.value);
  const face = {
    venue: settings.venueName,
    kind: outcome.value.kind,
    validUntil: formatMinuteIn(settings.zone, outcome.value.validUntilMs ?? 0),
    shortId: id,
    // A genuine token is ASCII.
    token: line.toString('latin1'),
  };
  const picture = orUsage(await drawSticker(face, paper));
  if (picture.missing.length > 0) tell(`the font has no picture of: ${picture.missing.join(' ')}`);
  try {
    makeFolder(out);
    writeFileSync(join(out, `${id}.png`), encodePng(picture));
    writeFileSync(join(out, `${id}.escpos`), encodeSticker(picture, paper));
  } catch (thrown) {
    throw new UsageError(`${out} cannot be written: ${reasonOf(thrown)}`);
  }
  tell(`wrote ${join(out, `${id}.png`)} and ${join(out, `${id}.escpos`)}`);
  return EXIT_OK;
}

function idOf(pass: Pass): string {
  const id = pass.claims.ticket?.['jti'];
  return typeof id === 'string' ? id : 'sticker';
}

function wholeNumber(text: string, option: string, first: number, last: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= first && value <= last) return value;
  throw new UsageError(`${option} must be a whole number from ${first} to ${last}, not '${text}'`);
}
