import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/base/time.ts';
import type { LogKey } from '../../src/journal/log-key.ts';
import { openJournalReader } from '../../src/journal/open.ts';
import { signOutage } from '../../src/journal/outage-file.ts';
import { proveEntry } from '../../src/journal/prove.ts';
import { type Answers, answer, type Evidence } from '../../src/journal/verifier/answer.ts';
import { answerText, ignoredText } from '../../src/journal/verifier/answer-text.ts';
import { verifyEd25519 } from '../../src/journal/verifier/ed25519.ts';
import type { OpenedFile } from '../../src/journal/verifier/sorted-files.ts';
import { BadDay, at as clock } from '../support/bad-day.ts';
import {
  beheaded,
  type ExportedLog,
  edited,
  exportedLog,
  newLogKey,
  recordedLog,
  signedAnew,
} from '../support/exported-log.ts';

const ENTRIES = 120;
/** Hangul, and no word of English but the name of a file. */
const KOREAN_ONLY = /^(?=.*[가-힣])(?!.*\b(is|the|this|of)\b)/;

let key: LogKey;
let log: ExportedLog;
let proof: OpenedFile;
beforeAll(() => {
  key = newLogKey('7A');
  const { path } = recordedLog(key, ENTRIES);
  log = exportedLog(path);
  const db = openJournalReader(path);
  if (!db.ok) throw new Error(db.error);
  const proven = proveEntry(db.value, 7);
  db.value.close();
  if (!proven.ok) throw new Error(proven.error);
  proof = file('7.tlog-proof', proven.value);
});

const file = (name: string, text: string | Uint8Array): OpenedFile => ({ name, bytes: Buffer.from(text) });

const filesOf = ({ entries, checkpoints, start }: ExportedLog): readonly OpenedFile[] => [
  file('entries.jsonl', entries.map((entry) => `${entry}\n`).join('')),
  file('checkpoints.txt', checkpoints.join('\n')),
  file('key.txt', `${key.verifierText}\n`),
  ...(start === null ? [] : [file('start.txt', start)]),
];

const tampered = (): ExportedLog => ({
  ...log,
  entries: log.entries.with(70, edited(log.entries[70] ?? '', { v: 1, count: 0 })),
});

const ask = (files: readonly OpenedFile[], more: Partial<Evidence> = {}) =>
  answer(
    { files, keptFiles: [], keys: '', witnesses: '', witnessKeys: '', askedFrom: 0, ...more },
    { verify: (check) => Promise.resolve(verifyEd25519(check)), pause: () => Promise.resolve() },
  );

async function answersTo(files: readonly OpenedFile[], more: Partial<Evidence> = {}): Promise<Answers> {
  const given = await ask(files, more);
  if (!given.ok) throw new Error(given.error.en);
  return given.value;
}

const statesOf = (given: Answers): readonly string[] =>
  given.answers.map((each) => `${each.kind} ${answerText(each, given).state}`);

async function witnessedSize(files: readonly OpenedFile[], more: Partial<Evidence> = {}): Promise<number | null> {
  const [first] = (await answersTo(files, more)).answers;
  return first?.kind === 'log' ? first.report.witnessedSize : null;
}

describe('whoever holds the stick', () => {
  it('makes no witness by laying a checkpoint beside the export, under whatever name', async () => {
    const last = log.checkpoints.at(-1) ?? '';
    for (const name of ['notes.txt', 'kept-elsewhere.txt', 'proof.tlog-proof.txt']) {
      expect(await witnessedSize([...filesOf(log), file(name, last)])).toBeNull();
    }
    const elsewhere = { keptFiles: [file('photographed.txt', last)] };
    expect(await witnessedSize(filesOf(log), elsewhere)).toBe(ENTRIES);
    expect(await witnessedSize(filesOf(log), { witnesses: last })).toBe(ENTRIES);
  });

  it('is not accused for a file that a computer leaves on every stick, and each is named', async () => {
    const left = [
      file('README.txt', 'read me'),
      file('._key.txt', Buffer.of(0, 5, 22, 7)),
      file('._7.tlog-proof', 'Mac OS X'),
      file('.DS_Store', 'Bud1\0'),
    ];
    const given = await answersTo([...filesOf(log), ...left]);
    expect(statesOf(given)).toEqual(['log good']);
    expect(given.ignored).toEqual(['README.txt', '._key.txt', '._7.tlog-proof', '.DS_Store']);
    expect(ignoredText(given)?.en).toContain('README.txt, ._key.txt, ._7.tlog-proof, .DS_Store');
    expect(ignoredText(await answersTo(filesOf(log)))).toBeNull();
  });

  it('does not hide a changed log behind a good proof', async () => {
    for (const name of ['readme.txt', 'a.json']) {
      expect(statesOf(await answersTo([...filesOf(tampered()), { ...proof, name }]))).toEqual(['log bad']);
    }
    expect(statesOf(await answersTo([proof, ...filesOf(tampered())]))).toEqual(['log bad', 'entry good']);
    const [entries, ...rest] = filesOf(tampered());
    if (entries === undefined) throw new Error('an export has entries');
    expect(await ask([proof, ...rest])).toMatchObject({
      ok: false,
      error: { en: expect.stringContaining('entries.jsonl') },
    });
  });

  it('does not mix the files of two exports', async () => {
    expect(await ask([...filesOf(log), ...filesOf(tampered())])).toMatchObject({
      ok: false,
      error: { en: expect.stringMatching(/two files are called entries\.jsonl/) },
    });
  });

  it('is asked where the beginning is, and a part gets no plain mark', async () => {
    const given = await answersTo(filesOf(beheaded(log, 64)));
    const [first] = given.answers;
    if (first === undefined) throw new Error('no answer');
    const { state, ko, en } = answerText(first, given);
    expect(state).toBe('part');
    expect(en.slice(0, 2).join(' ')).toMatch(/Only a part .* Entries 0 to 63: These are not in this export/);
    expect(ko.slice(0, 2).join(' ')).toMatch(/일부만 .* 기록 0–63: 여기에 없습니다/);
    expect(statesOf(await answersTo(filesOf(beheaded(log, 64)), { askedFrom: 64 }))).toEqual(['log good']);
    expect(statesOf(await answersTo(filesOf(beheaded(tampered(), 64))))).toEqual(['log bad']);
  });
});

describe('a file of checkpoints that were kept elsewhere', () => {
  it('that is empty is no witness that agrees: the stranger is told so', async () => {
    const given = await ask(filesOf(log), { keptFiles: [file('empty.txt', '')] });
    expect(given).toMatchObject({
      ok: false,
      error: { en: expect.stringMatching(/^empty\.txt holds no checkpoint/), ko: expect.stringMatching(KOREAN_ONLY) },
    });
    expect(await witnessedSize(filesOf(log), { witnesses: ' \n' })).toBeNull();
  });

  it('that is one of the export’s own is refused, and an older export that was kept is not', async () => {
    const own = file('checkpoints.txt', log.checkpoints.join('\n'));
    for (const more of [
      { keptFiles: [own] },
      { keptFiles: [{ ...own, name: 'copy.txt' }] },
      { witnesses: `${log.checkpoints.join('\n')}\n` },
      { keptFiles: [file('key.txt', `${key.verifierText}\n`)] },
    ]) {
      expect(await ask(filesOf(log), more)).toMatchObject({
        ok: false,
        error: { en: expect.stringMatching(/of the export itself/), ko: expect.stringMatching(KOREAN_ONLY) },
      });
    }
    const [young = ''] = log.checkpoints.slice(-1);
    const youngLog = { ...log, checkpoints: [young] };
    expect(await ask(filesOf(youngLog), { keptFiles: [file('checkpoints.txt', young)] })).toMatchObject({ ok: false });
    expect(await witnessedSize(filesOf(youngLog), { keptFiles: [file('photographed.txt', young)] })).toBe(ENTRIES);
    const older = file('checkpoints.txt', log.checkpoints[0] ?? '');
    expect(await witnessedSize(filesOf(log), { keptFiles: [older] })).toBe(60);
  });

  it('that is newer than an honest export may be just that, which both languages say', async () => {
    const older = { ...log, entries: log.entries.slice(0, 60), checkpoints: log.checkpoints.slice(0, 1) };
    const given = await answersTo(filesOf(older), { keptFiles: [file('kept.txt', log.checkpoints.at(-1) ?? '')] });
    const [first] = given.answers;
    if (first?.kind !== 'log') throw new Error('no answer');
    const { state, ko, en } = answerText(first, given);
    expect([state, first.report]).toMatchObject(['bad', { exported: true, problems: [{ code: 'witness-longer' }] }]);
    expect(en).toContainEqual(
      expect.stringMatching(/more entries.* or this export was made before that checkpoint\.$/),
    );
    expect(ko).toContainEqual(expect.stringContaining('그 확인점보다 먼저 내보낸 것입니다'));
  });

  it('is named where one of several cannot be read', async () => {
    const keptFiles = [file('photographed.txt', log.checkpoints[0] ?? ''), file('shopping.txt', 'milk, bread')];
    const given = await answersTo(filesOf(log), { keptFiles });
    const [first] = given.answers;
    if (first === undefined) throw new Error('no answer');
    const { state, en, ko } = answerText(first, given);
    expect([state, en]).toEqual(['bad', expect.arrayContaining([expect.stringMatching(/^shopping\.txt: A witness/)])]);
    expect(ko).toContainEqual(expect.stringMatching(/^shopping\.txt: 증인/));
    const foreign = signedAnew(log.entries, newLogKey('8B'), [50])[0] ?? '';
    const others = await answersTo(filesOf(log), { keptFiles: [file('foreign.txt', foreign)] });
    const [other] = others.answers;
    if (other === undefined) throw new Error('no answer');
    expect(answerText(other, others).en).toContainEqual(
      expect.stringMatching(/^foreign\.txt, checkpoint of 50 entries:/),
    );
  });
});

it('a log of two keys names both, with what each has signed, in both languages', async () => {
  const next = newLogKey('7A');
  const checkpoints = [...signedAnew(log.entries, key, [50]), ...signedAnew(log.entries, next, [ENTRIES])];
  const keys = `${key.verifierText}\n${next.verifierText}`;
  const given = await answersTo(filesOf({ ...log, checkpoints }), { keys });
  const [first] = given.answers;
  if (first === undefined) throw new Error('no answer');
  const { ko, en } = answerText(first, given);
  expect(en).toContain(`Entries 0 to 49 are signed as ${key.origin}.`);
  expect(en).toContain(`Entries 50 to ${ENTRIES - 1} are signed as ${next.origin}.`);
  expect(ko).toContain(`기록 50–${ENTRIES - 1}: ${next.origin}(으)로 서명되었습니다.`);
});

describe('a key that lay among the files', () => {
  it('is named as such on every answer, a proof and a certificate included', async () => {
    const day = await BadDay.begin(clock('10:00'), clock('20:00'));
    day.wait(30 * MINUTE_MS);
    const certificate = file('outage.json', signOutage(day.certificate(clock('10:00'), clock('11:00')), day.key));
    const ownKey = file('key.txt', day.key.verifierText);
    for (const [files, keyText] of [
      [[proof, file('key.txt', key.verifierText)], key.verifierText],
      [[certificate, ownKey], day.key.verifierText],
      [filesOf(log), key.verifierText],
    ] as const) {
      for (const keys of ['', keyText]) {
        const given = await answersTo(files, { keys });
        const [first] = given.answers;
        if (first === undefined) throw new Error('no answer');
        const { state, en, ko } = answerText(first, given);
        expect(state).toBe('good');
        expect(given.keyIsFromExport).toBe(keys === '');
        expect(/compare it with the one that the kiosk shows/.test(en.join(' '))).toBe(keys === '');
        expect(/키오스크 화면에 있는 키와 비교/.test(ko.join(' '))).toBe(keys === '');
      }
    }
    const both = await answersTo([certificate, proof], { keys: key.verifierText });
    expect(statesOf(both)).toEqual(['entry good', 'outage bad']);
  });
});

it('a proof that was signed under an unsure clock says so', async () => {
  const path = recordedLog(key, 3).path;
  const unsure = signedAnew(exportedLog(path).entries, key, [3], (atMs) => ({ atMs, trusted: false }))[0] ?? '';
  const db = openJournalReader(path);
  if (!db.ok) throw new Error(db.error);
  const proven = proveEntry(db.value, 2);
  db.value.close();
  if (!proven.ok) throw new Error(proven.error);
  const [head = ''] = proven.value.split('\n\n');
  for (const [text, isMarked] of [
    [proven.value, false],
    [`${head}\n\n${unsure}`, true],
  ] as const) {
    const given = await answersTo([file('2.tlog-proof', text)], { keys: key.verifierText });
    const [first] = given.answers;
    if (first === undefined) throw new Error('no answer');
    const { state, en } = answerText(first, given);
    expect([state, en.join(' ').includes('nobody vouched')]).toEqual(['good', isMarked]);
  }
});

it.each([
  ['nothing', [], /nothing here can be checked/],
  ['what nobody knows', [file('a.txt', 'a'), file('b.json', '{}')], /nothing here can be checked/],
  ['a key alone', [file('key.txt', 'a')], /nothing here can be checked/],
  ['no key', [file('entries.jsonl', '')], /the key of the log is missing/],
  ['a key that is none', [file('entries.jsonl', ''), file('key.txt', 'a')], /this is no verifier key/],
])('%s is answered in a sentence, to a Korean in Korean', async (_, files, sentence) => {
  const says = { en: expect.stringMatching(sentence), ko: expect.stringMatching(KOREAN_ONLY) };
  expect(await ask(files)).toMatchObject({ ok: false, error: says });
});

it('a start or a key of a witness that is none is answered in Korean too', async () => {
  const bent = { ...beheaded(log, 64), start: 'munjigi-log-start@v1\n' };
  for (const given of [await ask(filesOf(bent)), await ask(filesOf(log), { witnessKeys: 'a' })]) {
    expect(given).toMatchObject({ ok: false, error: { ko: expect.stringMatching(KOREAN_ONLY) } });
  }
});

it('a proof that does not hold says why, to a Korean in Korean', async () => {
  const text = Buffer.from(proof.bytes).toString('utf8');
  const [head = '', note = ''] = text.split('\n\n');
  const stranger = newLogKey('8B').verifierText;
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [text.replace('index 7', 'index 11'), key.verifierText, /not entry 11 of the log/],
    [text, stranger, /signed by none of the keys/],
    [text.replace('trusted', 'unsure'), key.verifierText, /forged or damaged/],
    [text.replace(/extra .*\n/, ''), key.verifierText, /does not hold the entry/],
    [head, key.verifierText, /this is no proof/],
    [`${head}\n\n${note.slice(0, 9)}`, key.verifierText, /no signed checkpoint/],
  ];
  for (const [bent, keys, sentence] of cases) {
    const given = await answersTo([file('bent.tlog-proof', bent)], { keys });
    const [first] = given.answers;
    if (first === undefined) throw new Error('no answer');
    const { state, ko, en } = answerText(first, given);
    expect([state, en.at(-1)]).toEqual(['bad', expect.stringMatching(sentence)]);
    expect(ko.at(-1)).toMatch(KOREAN_ONLY);
  }
});

it('a proof that is none is bad, and stops nothing else', async () => {
  const broken = [file('a.tlog-proof', 'nothing'), file('b.tlog-proof', Buffer.of(0xff))];
  expect(statesOf(await answersTo([...broken, ...filesOf(log)]))).toEqual(['log good', 'entry bad', 'entry bad']);
});
