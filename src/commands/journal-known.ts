import { type KnownKiosk, knownKiosks } from '../journal/known-kiosks.ts';
import { sha256 } from '../journal/native-crypto.ts';
import { chooseDataPath, readDataFolder } from '../kiosk/data-folder.ts';
import { fingerprintWords } from '../trust/proquint.ts';
import { EXIT_OK, orUsage, parseCommandLine, print, refuseWords, tell } from './command.ts';
import { carryOut } from './control-client.ts';
import { readJournal } from './read-journal.ts';

/** `journal known`: the other kiosks that this one has met, and a new beginning with one of them. */
export async function known(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    data: { type: 'string' },
    forget: { type: 'string' },
    json: { type: 'boolean' },
  });
  refuseWords(positionals);
  const dataPath = chooseDataPath(values.data);
  tell(`data folder: ${dataPath}`);
  if (values.forget !== undefined) {
    orUsage(await carryOut(dataPath, { command: 'journal-forget', log: values.forget }));
    tell(
      `what was seen of ${values.forget} is held against it no more: the next checkpoint that it shows is the first`,
    );
    return EXIT_OK;
  }
  const folder = orUsage(readDataFolder(dataPath));
  const kiosks = await readJournal(folder.journal, knownKiosks);
  for (const kiosk of kiosks) print(values.json === true ? JSON.stringify(rowOf(kiosk)) : textOf(kiosk));
  if (kiosks.length === 0) tell('this kiosk has met no other: show it the checkpoint of one in owner mode');
  return EXIT_OK;
}

const rowOf = ({ name, publicKey, seen, witnessed }: KnownKiosk) => ({
  log: name,
  words: fingerprintWords(sha256(publicKey)),
  seen,
  witnessed,
});

function textOf(kiosk: KnownKiosk): string {
  const { log, words, seen, witnessed } = rowOf(kiosk);
  const [its, ours] = [seen ?? 'none', witnessed ?? 'none'];
  return `${log}  ${words}\n  entries of its log that were seen here: ${its}; of this log that it vouches for: ${ours}`;
}
