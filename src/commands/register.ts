import { type Command, runAction } from './command.ts';
import { TIME_HELP } from './now.ts';
import { add } from './register-add.ts';
import { exportRegister } from './register-export.ts';

export const register: Command = {
  help: `Usage: munjigi register add [--json] [--data DIR]
       munjigi register export --from TIME --to TIME --out FILE [--data DIR]

The visitor register, where 'munjigi settings set register=on' and the trust list names the authority it is for.
add     one visitor: telephone number and district, a line each on standard input, never on the command line
export  the visits from TIME up to TIME, one sealed JWE (RFC 7516) a line, for the authority: its private key alone opens
        them. The export is an entry of the log

${TIME_HELP}`,

  run: (args) => runAction('register', ACTIONS, args),
};

const ACTIONS = new Map([
  ['add', add],
  ['export', exportRegister],
]);
