import { type Case, caseOf, NEVER, type Source } from './case.ts';
import { damaged } from './damage.ts';
import { nested, ODD_JSON } from './json-shapes.ts';
import { segment } from './jws-terms.ts';
import type { Random } from './random.ts';

/** One line of everything that is recognised and explained, and of what only looks like a pass. */
const EXPLAINED: readonly string[] = [
  'did:infra:01:PUB_K1_7Fx9b1X5dAJ1Fce3nC8Lz9Z1WyJ7nX5uQ6Y8dR2kT3vQ4m',
  '003|abcdef0123456789',
  `${segment('{"alg":"HS256","typ":"JWT"}')}.${segment('{"version":"002","iss":"XPASS"}')}.c2lnbmF0dXJl`,
  'PK\x03\x04certificate',
  'mdoc:owBjMS4wAYIB2BhYS6QBAiABIVggWojRgrzl9C76WZQ',
  'NL2:6BF%HN1234567890',
  'shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUuY29tIn0',
  'https://viewer.example/#shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUuY29tIn0',
  'https://example.com/?next=javascript:alert(1)',
  '080-1234-5678',
  'tel:+82212345678',
  'HC2:6BF',
  'shc:/',
  'NZCP:/1/',
  'HC1:',
  'RT1:::::',
  '{"data":{"hdr":{"t":"icao.vacc"}}}',
];
const HEADERS = [
  '{"alg":"ES256"}',
  '{"alg":"ES256","typ":"vc+jwt"}',
  '{"alg":"ES256","typ":"dc+sd-jwt"}',
  '{"alg":"none"}',
];
const ALPHABETS = ['0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'];
const PREFIXES = ['', 'HC1:', 'shc:/', 'shc:/1/8/', 'NZCP:/1/', 'RT1:', 'eyJ', '{"t":"icao.'];
/** Repeated, they find an expression or a loop whose time grows with the square of the length. */
const REPEATED = [
  '"t"',
  '"t" ',
  '{',
  '[',
  '"',
  '\\',
  '\\"',
  '~',
  '.',
  'e',
  ' ',
  '=',
  'A',
  '{"a":',
  'e.',
  ':',
  '/a',
  '01',
  '\0',
  '\xff',
];

function noise(of: Random): Case {
  const made = (did: string, line: Buffer | string): Case => caseOf('noise', did, line, NEVER);
  const games: readonly (() => Case)[] = [
    () => made('explained', of.pick(EXPLAINED)),
    () =>
      made(
        'explained and damaged',
        damaged(of, Buffer.from(of.pick(EXPLAINED), 'latin1'), Buffer.from(of.pick(EXPLAINED), 'latin1')),
      ),
    () => made('random bytes', of.bytes(of.below(of.pick([8, 100, 1_000])))),
    () => {
      const alphabet = of.pick(ALPHABETS);
      const text = Array.from({ length: of.below(600) }, () => alphabet.charAt(of.below(alphabet.length))).join('');
      return made('random text', of.pick(PREFIXES) + text);
    },
    () => {
      const unit = of.pick(REPEATED);
      const length = of.pick([100, 8_000, 8_191, 8_192, 8_193, 20_000]);
      return made(`${JSON.stringify(unit)} to ${length}`, (of.pick(PREFIXES) + unit.repeat(length)).slice(0, length));
    },
    () => {
      const payload = of.chance(0.5)
        ? of.pick(ODD_JSON)
        : `{"${of.pick(['vc', 'vp', 'iss'])}":${of.pick([...ODD_JSON, nested(1_500)])}}`;
      return made(
        'unsigned token',
        `${segment(of.pick(HEADERS))}.${segment(payload)}.AAAA${of.pick(['', '~', '~e30~', '~~'])}`,
      );
    },
  ];
  return of.pick(games)();
}

/** What is no pass of anybody's. */
export const noiseSource: Source = { row: 'noise', templates: [], make: noise };
