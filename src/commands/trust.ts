import { type Command, runAction } from './command.ts';
import { checkTrust } from './trust-check.ts';
import { importFiles } from './trust-import.ts';
import { listTrust } from './trust-list.ts';
import { keygenRoot, signList } from './trust-sign.ts';

export const trust: Command = {
  help: `Usage: munjigi trust import [--root FILE --fingerprint 'WORDS'] LIST [--json] [--data DIR]
       munjigi trust import --unsigned [ISSUER=]FILE... [--json] [--data DIR]
       munjigi trust list [--json] [--data DIR]
       munjigi trust check [--now TIME] [--json] [--data DIR]
       munjigi trust keygen --out DIR [--alg ES256|EdDSA]
       munjigi trust sign --key FILE --in JSON [--out FILE]

import   takes a signed trust list in place of the one before. The first time, --root names the publisher's public key
         and --fingerprint the six words that the publisher says it has; later lists need neither.
         With --unsigned it adds loose keys to what this kiosk trusts; a file of the same name and issuer is replaced.
         All keys are taken or none, and the import is an entry of the journal. --json prints what was taken.
         A revocation list takes the place of the one about the same, whole: batches of the EU's list (all of one country
         and hash type in one file), a card revocation list (ISSUER=FILE), the pages of pretix's revoked or blocked
         secrets, or {"iss", "version", "revokedIds"} for entry passes and stickers. It needs --unsigned, unless the
         signed list names its digest. --json prints one line for each.
list     shows the signed list in use and the two before it, the files of loose keys, all keys, and revocation lists.
check    verifies again all that is stored, and says what this kiosk will do when its list grows old.
         Exit code: 0 all good, 1 something needs care, 2 the call was wrong.
keygen   makes the key of a publisher of trust lists: root-key.jwk (secret) and trust-root.jwk; prints its six words.
sign     signs a list that a kiosk would take; the README says what goes into it.`,

  run: (args) => runAction('trust', ACTIONS, args),
};

const ACTIONS = new Map([
  ['import', importFiles],
  ['list', listTrust],
  ['check', checkTrust],
  ['keygen', keygenRoot],
  ['sign', signList],
]);
