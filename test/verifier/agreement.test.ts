import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase45 } from '../../src/base/base45.ts';
import { MAX_JSON_DEPTH, MAX_JSON_ITEMS } from '../../src/base/json.ts';
import { CODE_PREFIX } from '../../src/journal/checkpoint-code.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import { CompactRange, leafHashOf } from '../../src/journal/merkle.ts';
import { sha256 } from '../../src/journal/native-crypto.ts';
import { signCheckpoint } from '../../src/journal/witness.ts';
import {
  beheaded,
  type ExportedLog,
  edited,
  exportedLog,
  hasPython,
  newLogKey,
  type Outcome,
  outcomesOn,
  recordedLog,
  type Stranger,
  signedAnew,
} from '../support/exported-log.ts';
import { LUNCH_MS } from '../support/passes.ts';

const ENTRIES = 40;
/** Each run starts a process of Python. */
const RUNS = 12;

let key: LogKey;
let log: ExportedLog;
beforeAll(() => {
  key = newLogKey('7A');
  log = exportedLog(recordedLog(key, ENTRIES).path);
});

/** What all three say; fails where they do not say the same. */
async function agreed(shown: ExportedLog, stranger: Partial<Stranger> = {}): Promise<Outcome | undefined> {
  const [command, ...others] = await outcomesOn(shown, { key: key.verifierText, ...stranger });
  for (const other of others) expect(other).toEqual(command);
  return command;
}

/** Whatever stands in the entries, whoever has the key signs it. */
function signed(entries: readonly string[]): ExportedLog {
  const range = CompactRange.empty(sha256);
  for (const entry of entries) range.push(leafHashOf(sha256, Buffer.from(entry, 'utf8')));
  const head = { size: range.size, root: range.root() };
  return { entries, checkpoints: [signCheckpoint(key, head, { atMs: LUNCH_MS, trusted: true })], start: null };
}

const first = (): string => log.entries[0] ?? '';
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
/** In front of the last brace, behind every name that a kiosk writes. */
const withMember = (spelled: string): string => first().replace(/}$/, `,"zz":${spelled}}`);

/** What it is, how it is spelled, and whether a verifier reads it. */
type Spelling = readonly [string, () => string, boolean];
const pythonNote = hasPython ? '' : ' (skipped: install python3)';

describe.skipIf(!hasPython)(`two programs that disagree prove nothing${pythonNote}:`, () => {
  const spelled: readonly Spelling[] = [
    ['nested as deep as is read', () => withMember(nested(MAX_JSON_DEPTH - 1)), true],
    ['nested deeper', () => withMember(nested(MAX_JSON_DEPTH)), false],
    ['nested 40 deep', () => withMember(nested(40)), false],
    ['nested so deep that a program could fall', () => withMember(nested(600)), false],
    ['nested deeper than any stack', () => withMember(nested(200_000)), false],
    ['of as many items as are read', () => withMember(`[${itemsLeft(0)}]`), true],
    ['of one item more', () => withMember(`[${itemsLeft(1)}]`), false],
    ['with names of two planes in the order of RFC 8785', () => withMember('{"\u{1f600}":1,"\uff5e":2}'), true],
    ['with those names in the order of their characters', () => withMember('{"\uff5e":2,"\u{1f600}":1}'), false],
    ['with a name twice', () => withMember('1,"zz":1'), false],
    ['with half a surrogate pair', () => withMember('"\\ud83d"'), false],
    ['with a fraction', () => withMember('1.5'), false],
    ['with a whole number spelled as a fraction', () => withMember('1.0'), false],
    ['with a number that a double cannot hold', () => withMember('9007199254740992'), false],
    ['with minus nothing', () => withMember('-0'), false],
    ['with a control character spelled out', () => withMember('"\\u0001\\u001f\\b\u007f\u2028"'), true],
    ['that is empty', () => '', false],
    ['that begins with a byte order mark', () => `\ufeff${first()}`, false],
  ];
  it.each(spelled)('an entry %s', async (_, entry, isReadable) => {
    const says = await agreed(signed([entry()]));
    if (says === undefined || says === 'refused') throw new Error('the log was not looked at');
    expect(says.problems).toEqual(isReadable ? [] : [{ code: 'entry-unreadable', seq: 0, upTo: 0 }]);
  });

  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.constantFrom('type', 'seq', 'size', 'zz', '\u{1f600}', '\uff5e', '__proto__', ''),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(null, true, false, 0, -1, 2 ** 53 - 1, 2 ** 53, 0.5, 1e21),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 3 }),
    ),
  }));
  /** An entry as it was written, one with other members, and one that was spelled by somebody else. */
  const entry = fc.oneof(
    fc.record({ zz: value, type: fc.constantFrom('dropped', 'log-continued') }).map((more) => JSON.stringify(more)),
    fc.constantFrom('{"wallMs":253402300799999}', '{"wallMs":253402300800000}', '{"boot":"boot-9"}', '{"seq":7}', '{}'),
  );

  it('entries of any content', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(entry, fc.boolean()), { minLength: 1, maxLength: ENTRIES }),
        async (changes) => {
          const entries = changes.map(([members, isCanonical], seq) => {
            const written = log.entries[seq] ?? '';
            const parsed = JSON.parse(members);
            try {
              if (isCanonical) return edited(written, parsed);
            } catch {
              // What has no canonical form is spelled as it comes.
            }
            return JSON.stringify({ ...JSON.parse(written), ...parsed });
          });
          await agreed(signed(entries));
        },
      ),
      { numRuns: RUNS },
    );
  });

  const starts: readonly (readonly [string, (start: string) => string, boolean])[] = [
    ['as it was written', (start) => start, true],
    ['with line ends of another system', (start) => start.replaceAll('\n', '\r\n'), false],
    ['with a blank line inside', (start) => start.replace('\n', '\n\n'), false],
    ['with a blank line after', (start) => `${start}\n`, false],
    ['without its last line feed', (start) => start.slice(0, -1), false],
    ['of one hash too few', (start) => `${start.split('\n').slice(0, -2).join('\n')}\n`, false],
    ['of a hash that is none', (start) => start.replace(/.{8}\n$/, 'AAAA\n'), false],
    ['of a size that no double holds', (start) => start.replace(/size \d+/, 'size 9007199254740993'), false],
    ['that begins with a byte order mark', (start) => `\ufeff${start}`, false],
    ['that is empty', () => '', false],
  ];
  it.each(starts)('a start %s', async (_, change, isReadable) => {
    const stretch = beheaded(log, 13);
    const says = await agreed({ ...stretch, start: change(stretch.start ?? '') }, { from: 13 });
    if (isReadable) expect(says).toMatchObject({ problems: [], from: 13 });
    else expect(says).toBe('refused');
  });

  /** Something put in, taken out or changed at a place. */
  const bends = fc.array(
    fc.tuple(fc.nat(), fc.constantFrom('\n', '\r', ' ', '0', 'A', '=', '\u0085', '\ufeff', ''), fc.nat(2)),
    { maxLength: 2 },
  );
  const bent = (text: string, changes: readonly (readonly [number, string, number])[]): string =>
    changes.reduce((now, [place, put, out]) => {
      const from = place % (now.length + 1);
      return now.slice(0, from) + put + now.slice(from + out);
    }, text);

  it('starts and checkpoints that were bent', async () => {
    await fc.assert(
      fc.asyncProperty(bends, bends, async (ofStart, ofNotes) => {
        const stretch = beheaded(log, 13);
        const checkpoints = [bent(stretch.checkpoints.join('\n'), ofNotes)];
        await agreed({ ...stretch, start: bent(stretch.start ?? '', ofStart), checkpoints });
      }),
      { numRuns: RUNS },
    );
  });

  const codeOf = (body: string): string => CODE_PREFIX + encodeBase45(Buffer.from(`${key.verifierText}\n${body}`));
  const kept = (): string => signedAnew(log.entries, key, [20])[0] ?? '';
  const hash = 'A'.repeat(43);

  const codes: readonly Spelling[] = [
    ['alone', () => codeOf(kept()), true],
    ['with a proof', () => codeOf(`old 7\n${hash}=\n\n${kept()}`), true],
    ['with a proof of lines that are no hashes', () => codeOf(`old 7\nnothing\n\n${kept()}`), false],
    ['with more hashes than a path has', () => codeOf(`old 7\n${`${hash}=\n`.repeat(64)}\n${kept()}`), false],
    ['with an older size that is none', () => codeOf(`old 07\n${hash}=\n\n${kept()}`), false],
    ['with an older size that no double holds', () => codeOf(`old 9007199254740993\n\n${kept()}`), false],
    ['of a key without a note', () => CODE_PREFIX + encodeBase45(Buffer.from(key.verifierText)), false],
  ];
  it.each(codes)('a checkpoint code %s', async (_, code, isReadable) => {
    const says = await agreed(log, { witnesses: [code()] });
    expect(says).toMatchObject(
      isReadable
        ? { problems: [], witnessedSize: 20 }
        : { problems: [{ code: 'witness-unreadable' }], witnessedSize: null },
    );
  });

  it.each([[''], ['\n\n'], [' \t\ufeff\r\n']])('a file of checkpoints that holds none, %j', async (text) => {
    expect(await agreed(log, { witnesses: [text] })).toBe('refused');
  });

  it('a file of checkpoints that holds something else', async () => {
    const file = 'kept-elsewhere.txt';
    expect(await agreed(log, { witnesses: ['milk, bread'] })).toMatchObject({
      problems: [{ code: 'witness-unreadable', seq: null, upTo: null, file }],
    });
    const [foreign = ''] = signedAnew(log.entries, newLogKey('8B'), [20]);
    expect(await agreed(log, { witnesses: [foreign] })).toMatchObject({
      problems: [{ code: 'witness-foreign', seq: 20, upTo: 20, file }],
    });
  });

  it('a copy of the export’s own checkpoints is no witness', async () => {
    expect(log.checkpoints.length).toBeGreaterThan(1);
    expect(await agreed(log, { witnesses: log.checkpoints })).toBe('refused');
    // Of a young log the one checkpoint that was kept is all that the export holds.
    const [newest = ''] = log.checkpoints.slice(-1);
    expect(await agreed({ ...log, checkpoints: [newest] }, { witnesses: [newest] })).toMatchObject({
      problems: [],
      witnessedSize: ENTRIES,
    });
  });

  it('codes that were bent before or after they were packed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(bends, bends), { minLength: 1, maxLength: 6 }), async (changes) => {
        const codes = changes.map(([inside, outside]) =>
          bent(codeOf(bent(`old 7\n${hash}=\n\n${kept()}`, inside)), outside),
        );
        await agreed(log, { witnesses: [codes.join('\n')] });
      }),
      { numRuns: RUNS },
    );
  });

  /** Elements that an entry of a kiosk has room for beside its own members. */
  function itemsLeft(more: number): string {
    const own = Object.keys(JSON.parse(first())).length + 1;
    return Array(MAX_JSON_ITEMS - own + more)
      .fill(0)
      .join(',');
  }
});
