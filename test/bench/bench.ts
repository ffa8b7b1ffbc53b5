import { hasPty } from '../support/pty.ts';
import { benchAuthenticate } from './authenticate.ts';
import { type Figure, HEAD, lineOf } from './figure.ts';
import { makeFurtherIssuers } from './further-samples.ts';
import { benchJournal } from './journal.ts';
import { makeKioskSite } from './kiosk-site.ts';
import { machineLine } from './machine.ts';
import { benchMemory } from './memory.ts';
import { benchRevocation } from './revocation.ts';
import { makeIssuers } from './samples.ts';
import { benchScanToSignal } from './scan-to-signal.ts';
import { benchStart } from './start.ts';

/**
 * `npm run bench`, or `npm run bench -- --quick` for a first look in less than a minute; `--journal` measures the journal
 * alone.
 */
const LONG = {
  rounds: 6_000,
  scans: 2_000,
  early: 20_000,
  all: 100_000,
  starts: 10,
  imports: 20,
  entries: [10_000, 1_000_000, 10_000_000],
};
const QUICK = {
  rounds: 1_500,
  scans: 300,
  early: 2_000,
  all: 6_000,
  starts: 3,
  imports: 2,
  entries: [10_000, 100_000],
};
const sizes = process.argv.includes('--quick') ? QUICK : LONG;
const isJournalAlone = process.argv.includes('--journal');

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printAll = (figures: readonly Figure[]): void => {
  for (const each of figures) print(lineOf(each));
};

const nowMs = Date.now();
const issuers = makeIssuers(Math.floor(nowMs / 1_000));
const site = makeKioskSite(issuers);
try {
  print(machineLine(site.folder));
  print(HEAD);
  if (!isJournalAlone) {
    const further = makeFurtherIssuers(Math.floor(nowMs / 1_000));
    printAll(benchAuthenticate(issuers, further, nowMs, sizes.rounds));
  }
  for (const entries of sizes.entries) printAll(await benchJournal(issuers, entries, sizes.starts));
  if (isJournalAlone) print('the journal alone was measured');
  else if (hasPty) {
    printAll(await benchScanToSignal(site, issuers.euDcc, sizes.scans));
    printAll(await benchMemory(site, issuers, sizes.early, sizes.all));
    printAll(await benchStart(site, sizes.starts, 'after a kill'));
    printAll(await benchRevocation(site, issuers, sizes.imports));
  } else {
    print('scan to signal, memory and start were not measured: they need python3 to make pseudo terminals');
  }
} finally {
  site.remove();
}
