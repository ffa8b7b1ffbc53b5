import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { makeFolder } from '../base/make-folder.ts';
import { formatInstant, formatMinuteIn } from '../base/time.ts';
import { encodeSticker, PRINTER_TYPES } from '../devices/printer/encode.ts';
import { chooseDataPath, loadKioskId, readDataFolder } from '../kiosk/data-folder.ts';
import { authenticate } from '../pass/authenticate.ts';
import { KINDS, type Pass } from '../pass/pass.ts';
import { readSettings } from '../settings/file.ts';
import { drawSticker } from '../sticker/draw.ts';
import { encodePng } from '../sticker/png.ts';
import { STICKER_ORIGINS } from '../sticker/token.ts';
import { type Command, EXIT_OK, orUsage, parseCommandLine, print, required, tell, UsageError } from './command.ts';
import { carryOut } from './control-client.ts';
import { splitLines } from './lines.ts';
import { timeFrom, wallNowMs } from './now.ts';
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
render   writes DIR/ID.png and DIR/ID.escpos, as the printer would get it.`,

  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      data: { type: 'string' },
      pass: { type: 'string' },
      kind: { type: 'string' },
      via: { type: 'string' },
      until: { type: 'string' },
      print: { type: 'boolean' },
      json: { type: 'boolean' },
      out: { type: 'string' },
      'width-dots': { type: 'string' },
      dpi: { type: 'string' },
      type: { type: 'string' },
    });
    const [action, subject, ...more] = positionals;
    if (more.length > 0 || (action === 'issue' && subject !== undefined)) {
      throw new UsageError(`'${more[0] ?? subject}' is not expected; see --help`);
    }
    const dataPath = chooseDataPath(values.data);
    switch (action) {
      case 'issue':
        tell(`data folder: ${dataPath}`);
        return issue(dataPath, values);
      case 'revoke': {
        tell(`data folder: ${dataPath}`);
        const id = required(subject, 'the id of the sticker').replaceAll('-', '').toUpperCase();
        orUsage(await carryOut(dataPath, { command: 'sticker-revoke', id }));
        tell(`sticker ${id} no longer opens this door`);
        return EXIT_OK;
      }
      case 'render': {
        tell(`data folder: ${dataPath}`);
        const size = {
          widthDots: wholeNumber(values['width-dots'] ?? `${USUAL_WIDTH_DOTS}`, '--width-dots'),
          dpi: wholeNumber(values.dpi ?? `${USUAL_DPI}`, '--dpi'),
        };
        const type = PRINTER_TYPES.find((known) => known === (values.type ?? 'epson'));
        if (type === undefined) throw new UsageError(`--type must be ${PRINTER_TYPES.join(' or ')}`);
        return render(dataPath, textOf(required(subject, 'the token')), required(values.out, '--out DIR'), {
          ...size,
          type,
        });
      }
      default:
        throw new UsageError("say 'munjigi sticker issue', 'revoke' or 'render'; see --help");
    }
  },
};

interface IssueOptions {
  readonly pass?: string | undefined;
  readonly kind?: string | undefined;
  readonly via?: string | undefined;
  readonly until?: string | undefined;
  readonly print?: boolean | undefined;
  readonly json?: boolean | undefined;
}

async function issue(dataPath: string, options: IssueOptions): Promise<number> {
  const { pass, kind, via, until } = options;
  if ((pass === undefined) === (kind === undefined)) throw new UsageError('give either --pass or --kind; see --help');
  const issued = orUsage(
    await carryOut(dataPath, {
      command: 'sticker-issue',
      ...(pass === undefined ? {} : { pass: scanOf(pass).toString('base64') }),
      ...(kind === undefined ? {} : { kind }),
      ...(via === undefined ? {} : { via }),
      ...(until === undefined ? {} : { until: formatInstant(timeFrom(until, '--until')) }),
      print: options.print === true,
    }),
  );
  const { id, token, validUntil, printFault } = issued;
  if (options.json) print(JSON.stringify({ id, token, validUntil }));
  else print(String(token));
  tell(`sticker ${id}, valid until ${validUntil}`);
  if (printFault === null) return EXIT_OK;
  throw new UsageError(`the sticker was issued but not printed: ${printFault}`);
}

async function render(
  dataPath: string,
  token: string,
  out: string,
  paper: { widthDots: number; dpi: number; type: (typeof PRINTER_TYPES)[number] },
): Promise<number> {
  const folder = orUsage(readDataFolder(dataPath));
  const trust = await loadTrust([], dataPath);
  const now = { atMs: wallNowMs(), trusted: true };
  const outcome = authenticate({ line: Buffer.from(token, 'latin1'), parts: 1 }, trust, now);
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
    token,
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

const textOf = (given: string): string => (given === '-' ? (firstLine()?.toString('latin1') ?? '') : given);
const scanOf = (given: string): Buffer =>
  given === '-' ? (firstLine() ?? Buffer.alloc(0)) : Buffer.from(given, 'utf8');
const firstLine = (): Buffer | undefined => splitLines(readFileSync(0))[0];

function wholeNumber(text: string, option: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(`${option} must be a whole number, not '${text}'`);
}
