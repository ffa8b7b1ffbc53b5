import { formatInstant } from '../../base/time.ts';
import type { CheckpointTime } from '../checkpoint.ts';
import { isSoundPart } from '../log-report.ts';
import { FAULT_WORDS, VERDICT_WORDS } from '../outage-words.ts';
import { type InBoth, type ReportLanguage, reportText } from '../report-text.ts';
import type { Answer, Answers } from './answer.ts';

/** `part`: nothing is wrong with what is here, and it is not all. */
export type AnswerState = 'good' | 'part' | 'bad';

/** An answer as it is shown: its first line is the verdict. */
export interface ShownAnswer {
  readonly state: AnswerState;
  readonly ko: readonly string[];
  readonly en: readonly string[];
}

const KEY_WARNING: InBoth = {
  ko: '키는 이 파일들과 함께 들어 있던 것입니다. 키오스크 화면에 있는 키와 비교하십시오. 파일을 만든 사람이 키도 만들었을 수 있습니다.',
  en: 'The key is the one that lay among these files: compare it with the one that the kiosk shows. Whoever made the files may have made it.',
};

/** What is to be said of one answer. */
export function answerText(answer: Answer, { keyIsFromExport }: Pick<Answers, 'keyIsFromExport'>): ShownAnswer {
  const { state, ko, en } = plainText(answer);
  if (!keyIsFromExport) return { state, ko, en };
  return { state, ko: [...ko, KEY_WARNING.ko], en: [...en, KEY_WARNING.en] };
}

/** What is to be said of files that were not looked into; null where there are none. */
export function ignoredText({ ignored }: Pick<Answers, 'ignored'>): InBoth | null {
  if (ignored.length === 0) return null;
  const names = ignored.join(', ');
  return {
    ko: `보지 않은 파일: ${names}. 다른 곳에 보관된 확인점은 아래에 따로 넣으십시오.`,
    en: `Files that were not looked into: ${names}. Checkpoints that were kept elsewhere are given below, apart from these.`,
  };
}

function plainText(answer: Answer): ShownAnswer {
  switch (answer.kind) {
    case 'log': {
      const { report } = answer;
      const state = report.problems.length === 0 ? 'good' : isSoundPart(report) ? 'part' : 'bad';
      return { state, ko: reportText(report, 'ko'), en: reportText(report, 'en') };
    }
    case 'entry': {
      const { name, entry } = answer;
      if (!entry.ok) {
        return {
          state: 'bad',
          ko: ['이 증명은 맞지 않습니다.', `파일: ${name}`, entry.error.ko],
          en: ['This proof does not hold.', `File: ${name}`, entry.error.en],
        };
      }
      const { origin, seq, bytes, signed } = entry.value;
      const text = new TextDecoder().decode(bytes);
      return {
        state: 'good',
        ko: [
          `기록 ${seq}이(가) 서명된 기록 안에 있습니다.`,
          `파일: ${name}`,
          `기록: ${origin}`,
          `서명: ${signedText(signed, 'ko')}`,
          text,
        ],
        en: [
          `Entry ${seq} is in the log that was signed.`,
          `File: ${name}`,
          `Log: ${origin}`,
          `Signed: ${signedText(signed, 'en')}`,
          text,
        ],
      };
    }
    case 'outage': {
      const { name, outage } = answer;
      const words = outage.ok ? VERDICT_WORDS.verified : VERDICT_WORDS['not-verified'];
      const why = (language: ReportLanguage): readonly string[] =>
        outage.ok ? [] : [FAULT_WORDS[outage.error][language]];
      return {
        state: outage.ok ? 'good' : 'bad',
        ko: [words.ko, ...why('ko'), `파일: ${name}`],
        en: [words.en, ...why('en'), `File: ${name}`],
      };
    }
  }
}

function signedText(signed: CheckpointTime | null, language: ReportLanguage): string {
  if (signed === null) return '-';
  const at = formatInstant(signed.atMs);
  if (language === 'ko') return `${at} (키오스크 시계, UTC${signed.trusted ? '' : ', 확실하지 않은 시계'})`;
  return `${at} (the kiosk’s clock, UTC${signed.trusted ? '' : ', which nobody vouched for then'})`;
}
