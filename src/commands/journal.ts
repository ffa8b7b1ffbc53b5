import type { Command } from './command.ts';
import { runAction } from './command.ts';
import { checkpoint } from './journal-checkpoint.ts';
import { cosign } from './journal-cosign.ts';
import { counters } from './journal-counters.ts';
import { exportLog } from './journal-export.ts';
import { known } from './journal-known.ts';
import { outage } from './journal-outage.ts';
import { prove } from './journal-prove.ts';
import { slip } from './journal-slip.ts';
import { tail, USUAL_LINES } from './journal-tail.ts';
import { verify } from './journal-verify.ts';
import { witness } from './journal-witness.ts';
import { TIME_HELP } from './now.ts';

export const journal: Command = {
  help: `Usage: munjigi journal tail [--lines N] [--follow] [--json] [--data DIR]
       munjigi journal checkpoint [--since SIZE] [--qr FILE.png] [--code] [--json] [--data DIR]
       munjigi journal cosign FILE|- [--log-key VKEY] [--data DIR]
       munjigi journal witness FILE|- [--witness-key VKEY] [--data DIR]
       munjigi journal known [--forget LOG] [--json] [--data DIR]
       munjigi journal prove SEQ [--out FILE] [--data DIR]
       munjigi journal verify [--from SEQ] [--to SEQ] [--json] [--data DIR]
       munjigi journal verify --export DIR [--from SEQ] [--key VKEY]… [--checkpoint FILE]… [--witness-key VKEY]… [--json]
       munjigi journal verify --proof FILE --key VKEY
       munjigi journal verify --damaged FILE [--key VKEY] [--json] [--data DIR]
       munjigi journal export --out DIR [--from SEQ] [--data DIR]
       munjigi journal export --damaged FILE --out DIR [--data DIR]
       munjigi journal outage --from TIME --to TIME [--out FILE] [--html FILE] [--json] [--data DIR]
       munjigi journal slip [--day YYYY-MM-DD] [--out FILE.png] [--data DIR]
       munjigi journal counters [--day YYYY-MM-DD] [--json] [--data DIR]

tail        the newest entries, oldest first (N is ${USUAL_LINES} if not given); --follow goes on until stopped
checkpoint  signs the log as it is now and prints the signed note; the key that it verifies with goes to stderr.
            --since adds the proof that nothing of the first SIZE entries was changed: what another kiosk countersigns.
            --code prints it as one line with the key in it, as another kiosk scans it; --qr writes that as a picture
cosign      countersigns the checkpoint of another kiosk, from the output of its checkpoint --since or --code
witness     keeps what another kiosk has countersigned, from the output of its cosign, so that verify knows it
known       the other kiosks that this one has met, with the six words of their keys. --forget begins anew with one whose
            log was replaced because its disk had damaged it: what was seen of it is held against it no more
prove       a proof that entry SEQ is in the log, for whoever has the key alone (C2SP tlog-proof, the entry inside)
verify      reads the log, or an export of it, through. --checkpoint names checkpoints that were kept elsewhere, also for
            the log of this kiosk. Of an export, --from says which first entry you asked for: one that begins later than
            that lacks its beginning. --damaged names a journal that was set aside and says what is wrong with it where.
            Exit code 0 if nothing is wrong, 1 if something is
export      writes what a stranger needs into a new folder: entries, checkpoints, key and a page that checks them.
            --damaged writes what is left of a log that was set aside, without the salts and facts beside it in the file
outage      when this kiosk could not check, and why, with what was decided before, meanwhile and after; signed with the
            key of the log. --out writes the signed file, --html a page to print that checks itself with the key alone
slip        prints the paper slip of a day, of today so far if none is named: what was counted, and a checkpoint to be
            kept elsewhere. --out writes a picture of it. A day goes on until 04:00 in the site's zone
counters    what was decided on one day, today if none is given, by hour, reason and format; a day as that of the slip
--json      JSON for programs
${TIME_HELP}`,

  run: (args) => runAction('journal', ACTIONS, args),
};

const ACTIONS = new Map([
  ['tail', tail],
  ['checkpoint', checkpoint],
  ['cosign', cosign],
  ['witness', witness],
  ['known', known],
  ['prove', prove],
  ['verify', verify],
  ['export', exportLog],
  ['outage', outage],
  ['slip', slip],
  ['counters', counters],
]);
