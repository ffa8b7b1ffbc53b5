import { formatInstant } from '../../../base/time.ts';
import { reportJson } from '../../log-report.ts';
import { outageBody } from '../../outage-page.ts';
import { FAULT_WORDS, VERDICT_WORDS } from '../../outage-words.ts';
import { reportText } from '../../report-text.ts';
import { type Answer, answer, type OpenedFile } from '../answer.ts';
import { chooseVerifier } from './browser-ed25519.ts';
import { droppedFiles, pickedFiles } from './given-files.ts';

const verifier = chooseVerifier();
let files: readonly OpenedFile[] = [];

const byId = (id: string): HTMLElement => document.getElementById(id) ?? document.body;
const textOf = (id: string): string => (byId(id) as HTMLTextAreaElement).value;

function show(state: 'good' | 'bad' | 'busy', ko: readonly string[], en: readonly string[]): void {
  const result = byId('result');
  result.className = state;
  result.replaceChildren(paragraphs('ko', ko), paragraphs('en', en));
}

function paragraphs(lang: string, lines: readonly string[]): HTMLElement {
  const section = document.createElement('section');
  section.lang = lang;
  lines.forEach((line, index) => {
    const element = document.createElement(index === 0 ? 'h2' : 'p');
    element.textContent = line;
    section.append(element);
  });
  return section;
}

function showAnswer(given: Answer): void {
  if (given.kind === 'entry') {
    const { origin, seq, bytes, signedAtMs } = given.entry;
    const at = signedAtMs === null ? '-' : formatInstant(signedAtMs);
    const text = new TextDecoder().decode(bytes);
    show(
      'good',
      [`기록 ${seq}이(가) 서명된 기록 안에 있습니다.`, `기록: ${origin}`, `서명: ${at} (키오스크 시계, UTC)`, text],
      [`Entry ${seq} is in the log that was signed.`, `Log: ${origin}`, `Signed: ${at} (the kiosk’s clock, UTC)`, text],
    );
    return;
  }
  if (given.kind === 'outage') {
    showOutage(given);
    return;
  }
  const { report, keyIsFromExport } = given;
  const isGood = report.problems.length === 0;
  const ko = [...reportText(report, 'ko')];
  const en = [...reportText(report, 'en')];
  if (keyIsFromExport) {
    ko.push('키는 이 폴더에 들어 있던 것입니다. 키오스크 화면에 있는 키와 비교하십시오.');
    en.push('The key is the one in this folder: compare it with the one that the kiosk shows.');
  }
  show(isGood ? 'good' : 'bad', ko, en);
  byId('json').textContent = reportJson(report);
}

function showOutage({ certificate, fault }: Extract<Answer, { kind: 'outage' }>): void {
  const { verified, 'not-verified': notVerified } = VERDICT_WORDS;
  if (fault !== null) {
    show('bad', [notVerified.ko, FAULT_WORDS[fault].ko], [notVerified.en, FAULT_WORDS[fault].en]);
    return;
  }
  show('good', [verified.ko], [verified.en]);
  const body = document.createElement('article');
  body.innerHTML = outageBody(certificate);
  byId('result').append(body);
}

async function check(): Promise<void> {
  show('busy', ['확인하는 중입니다.'], ['Checking.']);
  byId('json').textContent = '';
  const verify = await verifier;
  const given = await answer(
    { files, keys: textOf('keys'), witnesses: textOf('witnesses'), witnessKeys: textOf('witness-keys') },
    {
      verify,
      pause: (done) => {
        byId('progress').textContent = done.toLocaleString('en');
        return new Promise((resolve) => setTimeout(resolve));
      },
    },
  );
  byId('progress').textContent = '';
  if (given.ok) showAnswer(given.value);
  else show('bad', ['확인할 수 없습니다.', given.error], ['This cannot be checked.', given.error]);
}

function take(found: Promise<readonly OpenedFile[]>): void {
  found.then(
    (opened) => {
      files = [...files.filter(({ name }) => !opened.some((file) => file.name === name)), ...opened];
      byId('files').textContent = files.map(({ name }) => name).join(', ');
      return check();
    },
    () => show('bad', ['파일을 읽을 수 없습니다.'], ['A file cannot be read.']),
  );
}

for (const id of ['pick', 'pick-folder']) {
  byId(id).addEventListener('change', (event) => take(pickedFiles(event.target as HTMLInputElement)));
}
byId('again').addEventListener('click', () => void check());
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  if (event.dataTransfer !== null) take(droppedFiles(event.dataTransfer));
});
