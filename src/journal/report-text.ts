import { plainText } from '../base/plain-text.ts';
import { formatInstant } from '../base/time.ts';
import { isSoundPart, type LogProblem, type LogReport, type ProblemCode } from './log-report.ts';

export type ReportLanguage = 'ko' | 'en';
export type InBoth = Readonly<Record<ReportLanguage, string>>;

/** What each problem means, to somebody who has never heard of a hash. */
const PROBLEM_TEXTS: Readonly<Record<ProblemCode, InBoth>> = {
  'beginning-missing': {
    ko: '여기에 없습니다. 무엇이 적혀 있었는지 여기서는 알 수 없습니다.',
    en: 'These are not in this export: nothing here tells what they said.',
  },
  'entry-unreadable': {
    ko: '키오스크가 쓰는 형식이 아닌 기록입니다.',
    en: 'This is not in the form in which a kiosk writes.',
  },
  'seq-broken': {
    ko: '번호가 맞지 않습니다. 기록이 빠졌거나 끼워졌거나 자리가 바뀌었습니다.',
    en: 'The number is out of order: an entry was taken out, put in or moved.',
  },
  'stamp-impossible': {
    ko: '켜져 있는 동안 시간이 거꾸로 갔습니다. 다른 곳의 기록입니다.',
    en: 'Time ran backwards while the kiosk was on: this entry belongs elsewhere.',
  },
  'checkpoint-unreadable': { ko: '읽을 수 없는 확인점이 있습니다.', en: 'A checkpoint cannot be read.' },
  'checkpoint-foreign': {
    ko: '이 키로 서명되지 않은 확인점이 있습니다. 다른 기록의 것이거나 키가 다릅니다.',
    en: 'A checkpoint is not signed with this key: it is of another log, or the key is another one.',
  },
  'checkpoint-forged': {
    ko: '확인점의 서명이 위조되었거나 손상되었습니다.',
    en: 'The signature on a checkpoint is forged or damaged.',
  },
  'key-returned': {
    ko: '다른 키로 바뀐 뒤에 앞의 키로 다시 서명되었습니다. 앞의 키를 가진 다른 사람이 서명했습니다.',
    en: 'An older key signed again after another had taken its place: somebody else has it.',
  },
  'root-differs': {
    ko: '서명된 기록과 다릅니다. 이 가운데 하나 이상이 나중에 바뀌었습니다.',
    en: 'These are not the entries that were signed: at least one of them was changed afterwards.',
  },
  'log-short': {
    ko: '서명된 것보다 기록이 적습니다. 끝이 잘렸습니다.',
    en: 'More entries were signed than are here: the end was cut off.',
  },
  'unsigned-tail': {
    ko: '마지막 확인점 뒤의 기록은 서명되지 않았습니다.',
    en: 'These entries come after the last checkpoint: nobody has signed them.',
  },
  'no-checkpoint': {
    ko: '유효한 확인점이 없습니다. 서명된 기록이 하나도 없습니다.',
    en: 'There is no valid checkpoint: nothing here is signed.',
  },
  'witness-unreadable': { ko: '증인의 확인점을 읽을 수 없습니다.', en: 'A witness’s checkpoint cannot be read.' },
  'witness-foreign': {
    ko: '증인의 확인점이 이 키로 서명되지 않았습니다. 기록의 키가 바뀌었습니다.',
    en: 'A witness’s checkpoint is not signed with this key: the key of the log is another one now.',
  },
  'witness-forged': {
    ko: '증인의 확인점에 있는 서명이 위조되었거나 손상되었습니다.',
    en: 'A signature on a witness’s checkpoint is forged or damaged.',
  },
  'witness-differs': {
    ko: '증인이 본 기록과 다릅니다. 키를 가진 사람이 기록을 다시 썼습니다.',
    en: 'A witness was shown other entries: somebody with the key has written the log anew.',
  },
  'witness-differs-too': {
    ko: '증인의 확인점도 바뀐 이 기록과 맞지 않습니다.',
    en: 'A witness’s checkpoint does not fit these changed entries either.',
  },
  'witness-longer': {
    ko: '증인은 더 많은 기록을 보았습니다. 끝이 잘렸거나 옛 사본으로 되돌렸습니다.',
    en: 'A witness was shown more entries: the end was cut off, or an older copy was put back.',
  },
  'time-contradicts-witness': {
    ko: '증인이 본 시각과 맞지 않는 시각이 적혀 있습니다. 시각을 꾸몄습니다.',
    en: 'These entries bear a time that a witness rules out: their time was made up.',
  },
};

/** A checkpoint that was kept after the export was made says nothing against it. */
const LONGER_THAN_EXPORT: InBoth = {
  ko: '증인은 더 많은 기록을 보았습니다. 끝이 잘렸거나, 옛 사본으로 되돌렸거나, 그 확인점보다 먼저 내보낸 것입니다.',
  en: 'A witness was shown more entries: the end was cut off, or an older copy was put back, or this export was made before that checkpoint.',
};

const at = (ms: number | null): string => (ms === null ? '-' : formatInstant(ms));
const sinceText = (ms: number | null, language: ReportLanguage): string =>
  ms === null
    ? { ko: '알 수 없는 시각(확실한 시계가 없음)', en: 'a time that no sure clock tells' }[language]
    : formatInstant(ms);
const count = (value: number): string => value.toLocaleString('en');

/** One problem with the entries it is about. */
export function problemText(
  { code, seq, upTo, file }: LogProblem,
  { exported }: Pick<LogReport, 'exported'>,
  language: ReportLanguage,
): string {
  const text = (exported && code === 'witness-longer' ? LONGER_THAN_EXPORT : PROBLEM_TEXTS[code])[language];
  if (file !== undefined) {
    const of = seq === null ? '' : { ko: `의 기록 ${seq}개의 확인점`, en: `, checkpoint of ${seq} entries` }[language];
    return `${plainText(file)}${of}: ${text}`;
  }
  if (seq === null) return text;
  const isNote = /^(checkpoint|witness)-(unreadable|foreign|forged)$|^key-returned$/.test(code);
  if (language === 'ko') {
    if (isNote) return `기록 ${seq}개의 확인점: ${text}`;
    return `${seq === upTo ? `기록 ${seq}` : `기록 ${seq}–${upTo}`}: ${text}`;
  }
  if (isNote) return `Checkpoint of ${seq} entries: ${text}`;
  return `${seq === upTo ? `Entry ${seq}` : `Entries ${seq} to ${upTo}`}: ${text}`;
}

/** Whoever has a checkpoint of the log before needs to know why it is not in this one. */
function beforeText({ continues }: LogReport, language: ReportLanguage): readonly string[] {
  if (continues === null) return [];
  const { size, root } = continues;
  if (language === 'ko') {
    const head =
      size === null ? '서명된 곳을 하나도 읽을 수 없었습니다' : `${count(size)}개까지 서명되어 있었습니다 (${root})`;
    return [
      `손상된 기록을 잇는 새 기록입니다. 앞 기록은 ${head}. 그때까지의 확인점은 앞 기록의 것이니 키오스크에 남은 앞 기록을 요구하십시오.`,
    ];
  }
  const head =
    size === null
      ? 'nothing of it that was signed could be read'
      : `it was signed over ${count(size)} entries (${root})`;
  return [
    `This log took the place of a damaged one: ${head}. Checkpoints from before are of that one: ask for what the kiosk has kept of it.`,
  ];
}

function verdictText(report: LogReport, language: ReportLanguage): string {
  const found = report.problems.length + report.furtherProblems;
  if (isSoundPart(report)) {
    return {
      ko: '기록의 일부만 있습니다. 있는 것은 서명된 그대로입니다.',
      en: 'Only a part of the log is here; that part is as it was signed.',
    }[language];
  }
  if (language === 'ko') return found === 0 ? '이 기록은 서명된 그대로입니다.' : `문제가 ${count(found)}건 있습니다.`;
  return found === 0 ? 'This log is as it was signed.' : `${count(found)} problem${found === 1 ? '' : 's'} found.`;
}

/** Each key of a log has a name of its own: more than one name is for the reader to explain. */
function signersText({ origin, signedBy }: LogReport, language: ReportLanguage): readonly string[] {
  if (signedBy.length < 2) {
    const name = signedBy[0]?.origin ?? origin;
    return [language === 'ko' ? `기록: ${name ?? '이름 없음'}` : `Log: ${name ?? 'without a name'}`];
  }
  return signedBy.map((stretch) =>
    language === 'ko'
      ? `기록 ${stretch.from}–${stretch.upTo}: ${stretch.origin}(으)로 서명되었습니다.`
      : `Entries ${stretch.from} to ${stretch.upTo} are signed as ${stretch.origin}.`,
  );
}

/** What was kept of entries that are not here is no witness of those that are. */
function uncheckedText(
  { uncheckedWitnesses: unchecked, from }: LogReport,
  language: ReportLanguage,
): readonly string[] {
  if (unchecked === null) return [];
  const { count: heads, largest } = unchecked;
  return [
    language === 'ko'
      ? `증인의 확인점 ${count(heads)}개(가장 큰 것은 기록 ${largest}개)는 여기서 확인할 수 없습니다. 기록 ${from} 앞의 것입니다.`
      : `Checkpoints of witnesses that cannot be checked here: ${count(heads)}, the largest of ${largest} entries. They end before entry ${from}.`,
  ];
}

/** The key of the other log is easily given in place of its key as a witness, and a log with it has no witness. */
function unusedKeysText({ unusedWitnessKeys }: LogReport, language: ReportLanguage): readonly string[] {
  return unusedWitnessKeys.map((key) =>
    language === 'ko'
      ? `증인의 키 ${key}(으)로 서명된 확인점이 없습니다. journal cosign이 witness key로 보여 준 키를 넣으십시오.`
      : `No countersignature here is by the witness key ${key}: give the key that journal cosign printed as witness key.`,
  );
}

/** The report in sentences: the verdict first, then what was looked at, then what nobody vouches for. */
export function reportText(report: LogReport, language: ReportLanguage): readonly string[] {
  const { from, size, signedSize, checkpoints, problems, witnessedSize } = report;
  const by = report.witnessedBy.join(', ');
  const entries = size - from;
  const unsigned = size - (signedSize ?? from);
  const since = sinceText(report.unwitnessedSinceMs, language);
  const numbers = from === 0 || entries === 0 ? '' : ` (${from}–${size - 1})`;
  const listed = problems.map((problem) => problemText(problem, report, language));
  if (language === 'ko') {
    return [
      verdictText(report, language),
      ...listed,
      ...signersText(report, language),
      ...beforeText(report, language),
      `확인한 기록: ${count(entries)}개${numbers}, ${at(report.firstAtMs)}부터 ${at(report.lastAtMs)}까지 (키오스크 시계, UTC).`,
      `서명된 확인점 ${count(checkpoints)}개가 맞습니다. 아직 서명되지 않은 기록: ${count(unsigned)}개.`,
      witnessedSize === null
        ? `증인이 없습니다. unwitnessed since ${since}: 키를 가진 사람은 전부 다시 쓸 수 있었습니다.`
        : `증인${by === '' ? '' : `(${by})`}이 처음 ${count(witnessedSize)}개를 확인했습니다. unwitnessed since ${since}: 그 뒤는 키를 가진 사람이 다시 쓸 수 있었습니다.`,
      ...uncheckedText(report, language),
      ...unusedKeysText(report, language),
    ];
  }
  return [
    verdictText(report, language),
    ...listed,
    ...signersText(report, language),
    ...beforeText(report, language),
    `Entries checked: ${count(entries)}${numbers}, from ${at(report.firstAtMs)} to ${at(report.lastAtMs)} (the kiosk’s clock, UTC).`,
    `Signed checkpoints that agree: ${count(checkpoints)}. Entries not yet signed: ${count(unsigned)}.`,
    witnessedSize === null
      ? `No witness. unwitnessed since ${since}: whoever has the key could have written all of it anew.`
      : `A witness${by === '' ? '' : ` (${by})`} vouches for the first ${count(witnessedSize)}. unwitnessed since ${since}: whoever has the key could have written what came later anew.`,
    ...uncheckedText(report, language),
    ...unusedKeysText(report, language),
  ];
}
