import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, SignJWT } from 'jose';
import { reasonOf } from '../base/assert.ts';
import { replaceFile } from '../base/atomic-file.ts';
import { makeFolder } from '../base/make-folder.ts';
import { inspect } from '../pass/inspect.ts';
import { KINDS, type Kind } from '../pass/pass.ts';
import { type Command, EXIT_OK, parseCommandLine, print, required, tell, UsageError } from './command.ts';
import { splitLines } from './lines.ts';
import { timeFrom, wallNowMs } from './now.ts';
import { loadTrust } from './trust-options.ts';

const JTI = /^[A-Za-z0-9_-]{8,64}$/;
const JTI_BYTES = 12;
/** What the options say, and a claims file must not say differently. */
const OWN_CLAIMS = ['iss', 'jti', 'iat', 'nbf', 'exp', 'kind'];

export const pass: Command = {
  help: `Usage: munjigi pass keygen --iss ISSUER --out DIR [--alg ES256|EdDSA]
       munjigi pass issue --key FILE --iss ISSUER --kind KIND --exp TIME [--nbf TIME] [--jti ID] [--claims FILE]
       munjigi pass inspect TEXT|- [--reveal] [--trust [ISSUER=]PATH]... [--data DIR] [--now TIME]

keygen   makes DIR/key.jwk, to be kept secret, and DIR/public.jwks.json for the kiosks.
issue    prints a signed entry pass; KIND is one of ${KINDS.join(', ')}.
         A health kind needs a claims file with one of v, t, r (one EU DCC entry) or x.
inspect  explains any scan in words; --reveal also shows the name and birth date in it.`,

  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      iss: { type: 'string' },
      out: { type: 'string' },
      alg: { type: 'string' },
      key: { type: 'string' },
      kind: { type: 'string' },
      claims: { type: 'string' },
      jti: { type: 'string' },
      nbf: { type: 'string' },
      exp: { type: 'string' },
      reveal: { type: 'boolean' },
      trust: { type: 'string', multiple: true },
      data: { type: 'string' },
      now: { type: 'string' },
    });
    const [action, text, ...more] = positionals;
    if (more.length > 0 || (action !== 'inspect' && text !== undefined)) {
      throw new UsageError(`'${more[0] ?? text}' is not expected; see --help`);
    }
    switch (action) {
      case 'keygen':
        return keygen(required(values.iss, '--iss'), required(values.out, '--out'), values.alg ?? 'ES256');
      case 'issue':
        return issue(values);
      case 'inspect': {
        const trust = await loadTrust(values.trust ?? [], values.data);
        const atMs = values.now === undefined ? wallNowMs() : timeFrom(values.now, '--now');
        const presented = { line: scanFrom(text), parts: 1 };
        print(inspect(presented, trust, { atMs, trusted: true }, values.reveal === true));
        return EXIT_OK;
      }
      default:
        throw new UsageError("say 'munjigi pass keygen', 'issue' or 'inspect'; see --help");
    }
  },
};

async function keygen(iss: string, out: string, alg: string): Promise<number> {
  const made =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : null;
  if (made === null) throw new UsageError(`--alg must be ES256 or EdDSA, not '${alg}'`);
  const publicJwk = made.publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(publicJwk);
  const set = { iss, formats: ['entry-pass'], keys: [{ ...publicJwk, kid, alg, use: 'sig' }] };
  try {
    makeFolder(out);
    replaceFile(
      join(out, 'key.jwk'),
      `${JSON.stringify({ ...made.privateKey.export({ format: 'jwk' }), kid, alg })}\n`,
    );
    writeFileSync(join(out, 'public.jwks.json'), `${JSON.stringify(set, null, 2)}\n`);
  } catch (thrown) {
    throw new UsageError(`${out} cannot be written: ${reasonOf(thrown)}`);
  }
  tell(`made ${join(out, 'key.jwk')} (keep it secret) and ${join(out, 'public.jwks.json')} (give it to the kiosks)`);
  return EXIT_OK;
}

interface IssueOptions {
  readonly key?: string | undefined;
  readonly iss?: string | undefined;
  readonly kind?: string | undefined;
  readonly claims?: string | undefined;
  readonly jti?: string | undefined;
  readonly nbf?: string | undefined;
  readonly exp?: string | undefined;
}

async function issue(options: IssueOptions): Promise<number> {
  const { key, alg, kid } = await readKey(required(options.key, '--key'));
  const kind = kindNamed(required(options.kind, '--kind'));
  const jti = options.jti ?? randomBytes(JTI_BYTES).toString('base64url');
  if (!JTI.test(jti)) throw new UsageError(`--jti must be 8 to 64 of A-Z, a-z, 0-9, _ and -, not '${jti}'`);
  const claims = options.claims === undefined ? {} : readClaims(options.claims);
  const seconds = (text: string, option: string): number => Math.floor(timeFrom(text, option) / 1_000);
  const token = await new SignJWT({
    ...claims,
    iss: required(options.iss, '--iss'),
    jti,
    iat: Math.floor(wallNowMs() / 1_000),
    ...(options.nbf === undefined ? {} : { nbf: seconds(options.nbf, '--nbf') }),
    exp: seconds(required(options.exp, '--exp'), '--exp'),
    kind,
  })
    .setProtectedHeader({ alg, typ: 'entry-pass+jwt', kid })
    .sign(key);
  print(token);
  return EXIT_OK;
}

async function readKey(path: string): Promise<{ key: KeyObject; alg: 'ES256' | 'EdDSA'; kid: string }> {
  try {
    const jwk = JSON.parse(readFileSync(path, 'utf8')) as { kid?: unknown };
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    const curve = key.asymmetricKeyDetails?.namedCurve;
    const alg = key.asymmetricKeyType === 'ed25519' ? 'EdDSA' : curve === 'prime256v1' ? 'ES256' : null;
    if (alg === null) throw new Error('it is neither a P-256 nor an Ed25519 key');
    const kid = typeof jwk.kid === 'string' ? jwk.kid : await calculateJwkThumbprint(key.export({ format: 'jwk' }));
    return { key, alg, kid };
  } catch (thrown) {
    throw new UsageError(`${path} is not a private key as 'pass keygen' makes it: ${reasonOf(thrown)}`);
  }
}

function kindNamed(name: string): Kind {
  const kind = KINDS.find((known) => known === name);
  if (kind === undefined) throw new UsageError(`--kind must be one of ${KINDS.join(', ')}, not '${name}'`);
  return kind;
}

function readClaims(path: string): Readonly<Record<string, unknown>> {
  let claims: unknown;
  try {
    claims = JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new UsageError(`${path} cannot be read as JSON: ${reasonOf(thrown)}`);
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new UsageError(`${path} must hold one JSON object of claims`);
  }
  const own = OWN_CLAIMS.find((name) => Object.hasOwn(claims, name));
  if (own !== undefined) throw new UsageError(`${path} holds '${own}': give that as --${own}`);
  return { ...claims };
}

/** The scan to inspect: the argument as UTF-8 bytes, or the first line of standard input as it is. */
function scanFrom(text: string | undefined): Buffer {
  const given = required(text, 'the text to inspect');
  if (given !== '-') return Buffer.from(given, 'utf8');
  return splitLines(readFileSync(0))[0] ?? Buffer.alloc(0);
}
