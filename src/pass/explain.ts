import { decodeBase64url } from '../base/base64url.ts';
import { type JsonObject, textOr } from '../base/json.ts';
import { headerOf, payloadOf } from './jws.ts';
import type { FormatName } from './pass.ts';

/** A line that cannot be verified here, with a sentence on why and what to look at instead. */
export interface Explained {
  readonly kind: 'explained';
  readonly format: FormatName | null;
  readonly reason: 'unsupported-format' | 'needs-server' | 'malformed';
  readonly detail: string;
}

interface Row extends Omit<Explained, 'kind'> {
  /** Anchored at the first character; the line is Latin-1, one character a byte. */
  readonly looksLike: (line: string) => boolean;
}

/** How every ZIP file begins; a DIVOC certificate is one. */
const ZIP_BEGIN = 'PK\u0003\u0004';
const PAPER = 'look at the paper or the message instead';

const unsupported = (looksLike: Row['looksLike'], format: FormatName | null, detail: string): Row => ({
  looksLike,
  format,
  reason: 'unsupported-format',
  detail,
});
const fromServer = (looksLike: Row['looksLike'], format: FormatName, detail: string): Row => ({
  looksLike,
  format,
  reason: 'needs-server',
  detail,
});
const matches =
  (pattern: RegExp): Row['looksLike'] =>
  (line) =>
    pattern.test(line);

const PHONE_NUMBER = /^(tel:|080[- ]?\d{3,4}[- ]?\d{4}$|14\d{4}$|01\d[- ]?\d{3,4}[- ]?\d{4}$)/i;
const HEALTH_LINK = /^(shlink:\/|https:\/\/[^#]*#shlink:\/)/i;

/** What is known by sight. The first row that fits speaks. */
const ROWS: readonly Row[] = [
  fromServer(
    matches(/^did:infra:/),
    'coov-session',
    `the COOV code holds only the address of a conversation with its server; ${PAPER}`,
  ),
  fromServer(matches(/^003\|/), 'kipass', `the check-in code can be read by its issuer's server alone; ${PAPER}`),
  unsupported(
    (line) => line.startsWith(ZIP_BEGIN),
    'divoc',
    `a DIVOC certificate cannot come over a line of text; ${PAPER}`,
  ),
  unsupported(
    matches(/^mdoc:/i),
    'mdoc',
    'the code only opens a radio conversation with a phone; look at the document on its screen',
  ),
  unsupported(matches(/^NL\d:/), 'nl2', `a Dutch domestic pass needs a mathematics that is not on board; ${PAPER}`),
  fromServer(
    matches(HEALTH_LINK),
    'health-link',
    `the code is a link to a health record, which is not fetched; ${PAPER}`,
  ),
  fromServer(
    matches(/^https?:\/\//i),
    'url',
    'the code is a web address, which is never opened; ask for the pass itself',
  ),
  unsupported(
    matches(/^MJC1:/),
    null,
    'the code is the checkpoint of a kiosk’s log: no pass, but what owners scan in owner mode',
  ),
  unsupported(
    matches(PHONE_NUMBER),
    'phone-number',
    'the code is a telephone number, such as one for a call-in register: it proves nothing about a person',
  ),
  unsupported(
    matches(/^(HC[02-9]|HL\d|[A-Z]{2}[0-9]):/),
    null,
    `a health certificate of a version or country that is not known here; ${PAPER}`,
  ),
];

/** Says what a line is that no format on board claims. */
export function explain(line: string): Explained {
  if (line.length === 0) return { kind: 'explained', format: null, reason: 'malformed', detail: 'the code is empty' };
  const row = ROWS.find(({ looksLike }) => looksLike(line));
  if (row !== undefined) return { kind: 'explained', format: row.format, reason: row.reason, detail: row.detail };
  if (/^e[A-Za-z0-9_-]+\./.test(line)) return { kind: 'explained', ...explainJws(line) };
  return {
    kind: 'explained',
    format: null,
    reason: 'unsupported-format',
    detail: `no kind of pass that is known here; ${PAPER}`,
  };
}

type Explanation = Omit<Explained, 'kind'>;

/** A signed token with a `typ` of somebody else's: told apart by what stands in it, none of which is proven. */
function explainJws(line: string): Explanation {
  const header = headerOf(line);
  if (header === null) {
    return { format: null, reason: 'malformed', detail: 'looks like a signed token, but its header cannot be read' };
  }
  if (decodeBase64url(line.split('.')[1] ?? '') === null) {
    return { format: null, reason: 'malformed', detail: 'looks like a signed token, but its content cannot be read' };
  }
  const payload = payloadOf(line);
  if (isCheckInToken(header, payload)) {
    return {
      format: 'kipass',
      reason: 'needs-server',
      detail: `the check-in code can be verified by its issuer's server alone; ${PAPER}`,
    };
  }
  const told = (format: FormatName | null, what: string): Explanation => ({
    format,
    reason: 'unsupported-format',
    detail: `${what} not verified by this version; ${PAPER}`,
  });
  if (header['zip'] === 'DEF') return told('smart-health-card', 'SMART Health Cards without their shc:/ are');
  return told(null, 'signed tokens of this type are');
}

/** The older KI-Pass token: signed with a secret that only the issuers' servers share. */
function isCheckInToken(header: JsonObject, payload: JsonObject | null): boolean {
  if (!/^HS\d+$/.test(textOr(header['alg'])) || payload === null) return false;
  return payload['version'] === '002' || /PASS$/.test(textOr(payload['iss']));
}
