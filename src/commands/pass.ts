import { inspect } from '../pass/inspect.ts';
import { KINDS } from '../pass/pass.ts';
import { type Command, EXIT_OK, parseCommandLine, print, refuseWords, runAction, tell, UsageError } from './command.ts';
import { TIME_HELP, timeOrNow } from './now.ts';
import { issue } from './pass-issue.ts';
import { keygen } from './pass-keygen.ts';
import { scanFrom } from './standard-input.ts';
import { loadTrust } from './trust-options.ts';

export const pass: Command = {
  help: `Usage: munjigi pass keygen --iss ISSUER --out DIR [--alg ES256|EdDSA]
       munjigi pass issue --key FILE --iss ISSUER --kind KIND --exp TIME [--nbf TIME] [--jti ID] [--claims FILE]
                          [--now TIME]
       munjigi pass inspect TEXT|- [--reveal] [--trust [ISSUER=]PATH]... [--trust-root FILE] [--data DIR]
                          [--now TIME]

keygen   makes DIR/key.jwk, to be kept secret, and DIR/public.jwks.json for the kiosks; it replaces neither.
issue    prints a signed entry pass; KIND is one of ${KINDS.join(', ')}.
         A health kind needs a claims file with one of v, t, r (one EU DCC entry) or x.
         --now is the time of issue. What no door would admit within its dates is not printed.
inspect  explains any scan in words; --reveal also shows the name and birth date in it, and the issuer and key that
         an unproven scan names.

${TIME_HELP}`,

  run: (args) => runAction('pass', ACTIONS, args),
};

const ACTIONS = new Map([
  ['keygen', keygen],
  ['issue', issue],
  ['inspect', inspectScan],
]);

async function inspectScan(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    reveal: { type: 'boolean' },
    trust: { type: 'string', multiple: true },
    'trust-root': { type: 'string' },
    data: { type: 'string' },
    now: { type: 'string' },
  });
  const [text, ...more] = positionals;
  refuseWords(more);
  // An empty text is a scan like any other.
  if (text === undefined) throw new UsageError('the text to inspect is missing; see --help');
  const atMs = timeOrNow(values.now, '--now');
  if (values.data !== undefined) tell(`data folder: ${values.data}`);
  const trust = await loadTrust(values.trust ?? [], values.data, values['trust-root']);
  const presented = { line: await scanFrom(text), parts: 1 };
  print(inspect(presented, trust, { atMs, trusted: true }, values.reveal === true));
  return EXIT_OK;
}
