import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainText } from '../base/plain-text.ts';
import { formatMinuteIn } from '../base/time.ts';
import { chooseDataPath, type DataFolder, readDataFolder } from '../kiosk/data-folder.ts';
import { policyFor } from '../kiosk/policy-files.ts';
import type { ListDates } from '../pass/trust.ts';
import { POLICY_ID } from '../policy/policy.ts';
import { trustAgeAt } from '../policy/trust-age.ts';
import type { Settings } from '../settings/schema.ts';
import { Revocations } from '../trust/revocations.ts';
import { listName, type NamedRevocations, type TrustList } from '../trust/trust-list.ts';
import { fingerprintOf } from '../trust/trust-root.ts';
import type { TrustStore } from '../trust/trust-store.ts';
import { counted, EXIT_NOT_ALL, EXIT_OK, orUsage, parseCommandLine, print, refuseWords, tell } from './command.ts';
import { timeOrNow } from './now.ts';
import { openStoredTrust, storedSettings } from './trust-options.ts';

/** One thing that was looked at. */
interface Finding {
  readonly check: 'root' | 'list' | 'loose' | 'age' | 'stale' | 'revocations' | 'policies';
  readonly ok: boolean;
  readonly says: string;
}

type StaleChoice = 'mark' | 'assist' | 'refuse';

const AFTERWARDS: Readonly<Record<StaleChoice, string>> = {
  mark: 'it goes on admitting and its page is marked with the age of the keys',
  assist: 'it admits nobody by itself: staff decide on every pass (amber)',
  refuse: 'it refuses every pass (red)',
};

/** What this owner's choice makes of a list that grows old, in words. */
function consequence(dates: ListDates, choice: StaleChoice, zone: string): string {
  const at = (atMs: number): string => formatMinuteIn(zone, atMs);
  const end = AFTERWARDS[choice === 'refuse' ? 'refuse' : 'assist'];
  return `until ${at(dates.staleAfterMs)} the door works as ever; after that ${AFTERWARDS[choice]}; from ${at(dates.expiresAtMs)} on ${end}`;
}

/** A policy that cannot be loaded is said where it keeps the kiosk from starting; here the default answers for it. */
function staleChoiceOf(folder: DataFolder, settings: Settings): StaleChoice {
  const policy = policyFor(folder, settings);
  return policy.ok ? policy.value.stale : 'mark';
}

/** The revocation lists in the folder, and whether those that the signed list names are among them. */
function checkRevocations(folder: DataFolder, named: readonly NamedRevocations[]): readonly Finding[] {
  const stored = Revocations.open(folder.revocations);
  try {
    const lists = stored.list();
    const missing = named.filter(({ sha256 }) => !lists.some((list) => list.sha256 === sha256));
    return [
      ...lists.map(
        ({ kind, issuer, entries }): Finding => ({
          check: 'revocations',
          ok: true,
          says: `${counted(entries, 'revocation')} (${kind}${issuer === '' ? '' : ` of ${issuer}`}) can be read`,
        }),
      ),
      ...stored.complaints().map((says): Finding => ({ check: 'revocations', ok: false, says })),
      ...missing.map(
        ({ kind, issuer, sha256 }): Finding => ({
          check: 'revocations',
          ok: false,
          says: `the list names revocations (${kind} of ${issuer}, digest ${sha256.slice(0, 16)}) that are not here: import their file`,
        }),
      ),
    ];
  } finally {
    stored.close();
  }
}

/** Whether the policy files that the signed list vouches for are here as it has them; those of other ids are the owner's. */
function checkPolicies({ policies }: DataFolder, { policies: named }: Pick<TrustList, 'policies'>): readonly Finding[] {
  return named.map(({ id, sha256 }): Finding => {
    const path = POLICY_ID.test(id) ? join(policies, `${id}.json`) : null;
    if (path === null || !existsSync(path)) {
      return { check: 'policies', ok: false, says: `the list names the policy '${id}', which is not in ${policies}` };
    }
    const isSame = createHash('sha256').update(readFileSync(path)).digest('hex') === sha256;
    const says = `${path} is ${isSame ? 'the policy' : 'not the policy, letter by letter,'} that the list names`;
    return { check: 'policies', ok: isSame, says };
  });
}

function checkLists(store: TrustStore): readonly Finding[] {
  const stored = store.lists();
  if (!stored.ok) return [{ check: 'root', ok: false, says: stored.error }];
  const { root, lists } = stored.value;
  const pinned =
    root === null ? 'no root is pinned: no signed list is taken yet' : `the root is '${fingerprintOf(root)}'`;
  return [
    { check: 'root', ok: root !== null || lists.length === 0, says: pinned },
    ...lists.map(({ version, condition, fault, list }, index): Finding => {
      if (condition !== 'good') return { check: 'list', ok: condition === 'other-root' && index > 0, says: fault };
      const size = `${counted(list?.issuers ?? 0, 'issuer')} and ${counted(list?.keys.length ?? 0, 'key')}`;
      return { check: 'list', ok: true, says: `${listName(version)} is what was imported: ${size}` };
    }),
  ];
}

function checkContents(store: TrustStore, folder: DataFolder, atMs: number): readonly Finding[] {
  const settings = storedSettings(folder);
  const contents = store.contents();
  if (!contents.ok) return [{ check: 'loose', ok: false, says: contents.error }];
  const { keys, list, warnings } = contents.value;
  const signed = list?.keys.length ?? 0;
  const loose = `${counted(keys.length - signed, 'loose key')} and ${counted(signed, 'signed key')} go together`;
  const conflicts = warnings.map((says): Finding => ({ check: 'list', ok: false, says }));
  const revocations = checkRevocations(folder, list?.revocations ?? []);
  const policies = list === null ? [] : checkPolicies(folder, list);
  const findings: Finding[] = [{ check: 'loose', ok: true, says: loose }, ...conflicts, ...revocations, ...policies];
  if (list === null) return [...findings, { check: 'age', ok: true, says: 'loose keys do not age' }];
  const age = trustAgeAt(list.dates, atMs);
  const words = { current: 'current', stale: 'old (stale)', expired: 'too old (expired)' }[age];
  return [
    ...findings,
    { check: 'age', ok: age === 'current', says: `${listName(list.dates.version)} is ${words}` },
    { check: 'stale', ok: true, says: consequence(list.dates, staleChoiceOf(folder, settings), settings.zone) },
  ];
}

function check(folder: DataFolder, atMs: number): readonly Finding[] {
  if (!existsSync(folder.trust)) {
    const none = 'no keys were imported yet: this kiosk trusts its own stickers alone';
    return [{ check: 'loose', ok: true, says: none }, ...checkRevocations(folder, [])];
  }
  const store = openStoredTrust(folder);
  try {
    return [...checkLists(store), ...checkContents(store, folder, atMs)];
  } finally {
    store.close();
  }
}

/** `trust check`: verifies again all that is stored, and says what will become of it. */
export async function checkTrust(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    now: { type: 'string' },
    json: { type: 'boolean' },
  });
  refuseWords(positionals);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  const findings = check(orUsage(readDataFolder(dataPath)), timeOrNow(values.now, '--now'));
  for (const finding of findings) {
    const line = `${finding.ok ? 'good ' : 'WRONG'}  ${plainText(finding.says)}`;
    print(values.json ? JSON.stringify(finding) : line);
  }
  return findings.every(({ ok }) => ok) ? EXIT_OK : EXIT_NOT_ALL;
}
