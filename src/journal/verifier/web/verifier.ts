import { reportJson } from '../../log-report.ts';
import { outageBody } from '../../outage-page.ts';
import { type Answers, answer } from '../answer.ts';
import { type AnswerState, answerText, ignoredText } from '../answer-text.ts';
import type { OpenedFile } from '../sorted-files.ts';
import { chooseVerifier } from './browser-ed25519.ts';
import { droppedFiles, pickedFiles } from './given-files.ts';

const verifier = chooseVerifier();
let files: readonly OpenedFile[] = [];
/** Checkpoints that came by another way than the files. */
let keptFiles: readonly OpenedFile[] = [];
/** A check that was overtaken by another shows nothing. */
let turn = 0;

const byId = (id: string): HTMLElement => document.getElementById(id) ?? document.body;
const textOf = (id: string): string => (byId(id) as HTMLTextAreaElement | HTMLInputElement).value;

function show(state: AnswerState | 'busy', shown: readonly HTMLElement[]): void {
  const result = byId('result');
  result.className = state;
  result.replaceChildren(...shown);
}

function showSentence(state: 'bad' | 'busy', ko: readonly string[], en: readonly string[]): void {
  show(state, [section(state, 'ko', ko), section(state, 'en', en)]);
}

function section(state: string, lang: string, lines: readonly string[]): HTMLElement {
  const made = document.createElement('section');
  made.className = state;
  made.lang = lang;
  lines.forEach((line, index) => {
    const element = document.createElement(index === 0 && state !== '' ? 'h2' : 'p');
    element.textContent = line;
    made.append(element);
  });
  return made;
}

function showAnswers(given: Answers): void {
  const shown: HTMLElement[] = [];
  const states = new Set<AnswerState>();
  for (const each of given.answers) {
    const { state, ko, en } = answerText(each, given);
    states.add(state);
    shown.push(section(state, 'ko', ko), section(state, 'en', en));
    if (each.kind === 'log') byId('json').textContent = reportJson(each.report);
    if (each.kind === 'outage' && each.outage.ok) {
      const body = document.createElement('article');
      body.innerHTML = outageBody(each.outage.value);
      shown.push(body);
    }
  }
  const ignored = ignoredText(given);
  if (ignored !== null) shown.push(section('', 'ko', [ignored.ko]), section('', 'en', [ignored.en]));
  show(states.has('bad') ? 'bad' : states.has('part') ? 'part' : 'good', shown);
}

async function check(): Promise<void> {
  turn += 1;
  const mine = turn;
  showSentence('busy', ['확인하는 중입니다.'], ['Checking.']);
  byId('json').textContent = '';
  const verify = await verifier;
  const asked = { askedFrom: Number(textOf('asked-from')), keys: textOf('keys') };
  const given = await answer(
    { ...asked, files, keptFiles, witnesses: textOf('witnesses'), witnessKeys: textOf('witness-keys') },
    {
      verify,
      pause: (done) => {
        byId('progress').textContent = done.toLocaleString('en');
        return new Promise((resolve) => setTimeout(resolve));
      },
    },
  );
  if (mine !== turn) return;
  byId('progress').textContent = '';
  if (given.ok) showAnswers(given.value);
  else showSentence('bad', ['확인할 수 없습니다.', given.error.ko], ['This cannot be checked.', given.error.en]);
}

/** Whatever a file holds, the page must not stay at its last sentence. */
function begin(started: Promise<void>): void {
  started.catch(() => {
    byId('progress').textContent = '';
    showSentence(
      'bad',
      ['확인할 수 없습니다.', '파일을 읽을 수 없거나 이 페이지가 모르는 형식입니다.'],
      ['This cannot be checked.', 'A file cannot be read, or it is in a form that this page does not know.'],
    );
  });
}

const namesOf = (opened: readonly OpenedFile[]): string => opened.map(({ name }) => name).join(', ');

/** What is given replaces what was given before: files of two exports are no export. */
async function take(found: Promise<readonly OpenedFile[]>): Promise<void> {
  files = await found;
  byId('files').textContent = namesOf(files);
  await check();
}

async function keep(found: Promise<readonly OpenedFile[]>): Promise<void> {
  keptFiles = await found;
  if (files.length > 0) await check();
}

for (const id of ['pick', 'pick-folder']) {
  byId(id).addEventListener('change', (event) => begin(take(pickedFiles(event.target as HTMLInputElement))));
}
byId('kept').addEventListener('change', (event) => begin(keep(pickedFiles(event.target as HTMLInputElement))));
byId('again').addEventListener('click', () => begin(check()));
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  // A file that is dropped on the picker for what was kept elsewhere goes into that.
  if (event.target === byId('kept')) return;
  event.preventDefault();
  if (event.dataTransfer !== null) begin(take(droppedFiles(event.dataTransfer)));
});
