import { createPublicKey, randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { isJsonObject, type JsonObject, parseJsonBytes } from '../base/json.ts';
import { formatInstant, SECOND_MS } from '../base/time.ts';
import { authenticate } from '../pass/authenticate.ts';
import { ENTRY_PASS_JTI, ENTRY_PASS_TYP } from '../pass/entry-pass.ts';
import { KINDS, type Kind } from '../pass/pass.ts';
import { trustOf } from '../trust/key-ring.ts';
import { EXIT_OK, parseCommandLine, print, refuseWords, required, UsageError } from './command.ts';
import { timeFrom, timeOrNow } from './now.ts';
import { issuerFrom } from './pass-keygen.ts';
import { readFrom, readSigningKey, type SigningKey } from './signing-key.ts';

/** What the largest QR code (version 40-L, ISO/IEC 18004 table 7) holds in byte mode. */
export const MAX_QR_BYTES = 2_953;
const JTI_BYTES = 12;
/** What the options say, and a claims file must not say differently. */
const OPTION_OF_CLAIM: ReadonlyMap<string, string> = new Map([
  ['iss', '--iss'],
  ['jti', '--jti'],
  ['iat', '--now'],
  ['nbf', '--nbf'],
  ['exp', '--exp'],
  ['kind', '--kind'],
]);

/** `pass issue`: signs one entry pass, and prints it if a door that trusts its key would admit it. */
export async function issue(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    key: { type: 'string' },
    iss: { type: 'string' },
    kind: { type: 'string' },
    claims: { type: 'string' },
    jti: { type: 'string' },
    nbf: { type: 'string' },
    exp: { type: 'string' },
    now: { type: 'string' },
  });
  refuseWords(positionals);
  const signing = await readSigningKey(required(values.key, '--key'), "'pass keygen'");
  const iss = issuerFrom(values.iss);
  const kind = kindNamed(required(values.kind, '--kind'));
  const jti = values.jti ?? randomBytes(JTI_BYTES).toString('base64url');
  if (!ENTRY_PASS_JTI.test(jti)) throw new UsageError(`--jti must be 8 to 64 of A-Z, a-z, 0-9, _ and -, not '${jti}'`);
  const dates = datesFrom(required(values.exp, '--exp'), values.nbf, values.now);
  const claims = values.claims === undefined ? {} : readClaims(values.claims);
  const token = await new SignJWT({ ...claims, iss, jti, ...dates, kind })
    .setProtectedHeader({ alg: signing.alg, typ: ENTRY_PASS_TYP, kid: signing.kid })
    .sign(signing.key);
  refuseUnlessGenuine(token, signing, iss, dates.exp * SECOND_MS - 1);
  print(token);
  return EXIT_OK;
}

interface Dates {
  /** Seconds since the epoch, as RFC 7519 counts. */
  readonly iat: number;
  readonly nbf?: number;
  readonly exp: number;
}

function datesFrom(expText: string, nbfText: string | undefined, nowText: string | undefined): Dates {
  const inSeconds = (atMs: number): number => Math.floor(atMs / SECOND_MS);
  const iat = inSeconds(timeOrNow(nowText, '--now'));
  const exp = inSeconds(timeFrom(expText, '--exp'));
  if (exp <= iat) {
    const end = formatInstant(exp * SECOND_MS);
    throw new UsageError(`--exp: a pass until ${end} has ended already; choose a later end, or issue it at --now TIME`);
  }
  if (nbfText === undefined) return { iat, exp };
  const nbf = inSeconds(timeFrom(nbfText, '--nbf'));
  if (nbf >= exp) throw new UsageError('--nbf must be before --exp: this pass would never be valid');
  return { iat, nbf, exp };
}

/** Whoever stands before the door with a pass that no door admits was sent there by us. */
function refuseUnlessGenuine(token: string, { key, alg, kid }: SigningKey, issuer: string, atMs: number): void {
  if (token.length > MAX_QR_BYTES) {
    throw new UsageError(
      `the pass would need ${token.length} bytes of ${MAX_QR_BYTES} in a QR code: give fewer claims`,
    );
  }
  const publicKey = createPublicKey(key);
  const trust = trustOf([
    { key: publicKey, alg, issuer, kid, formats: new Set(['entry-pass']), kinds: new Set(KINDS) },
  ]);
  const outcome = authenticate({ line: Buffer.from(token, 'latin1'), parts: 1 }, trust, { atMs, trusted: true });
  if (outcome.ok) return;
  throw new UsageError(`no door would admit this pass: ${outcome.error.reason} (${outcome.error.detail})`);
}

function kindNamed(name: string): Kind {
  const kind = KINDS.find((known) => known === name);
  if (kind === undefined) throw new UsageError(`--kind must be one of ${KINDS.join(', ')}, not '${name}'`);
  return kind;
}

function readClaims(path: string): JsonObject {
  const refuse = (why: string): UsageError => new UsageError(`${path} cannot be read as JSON: ${why}`);
  const parsed = parseJsonBytes(readFrom(path, refuse));
  if (!parsed.ok) throw refuse(parsed.error);
  const claims = parsed.value;
  if (!isJsonObject(claims)) throw new UsageError(`${path} must hold one JSON object of claims`);
  const own = Object.keys(claims).find((name) => OPTION_OF_CLAIM.has(name));
  if (own !== undefined) throw new UsageError(`${path} holds '${own}': give that as ${OPTION_OF_CLAIM.get(own)}`);
  return claims;
}
