import type { OutageFault } from './check-outage.ts';
import type { OutageCause, OutageCertificate, OutageReason } from './outage.ts';
import type { InBoth } from './report-text.ts';

/** Why the kiosk could not check, as it stands in the table. */
export const CAUSE_WORDS: Readonly<Record<OutageCause, InBoth>> = {
  'not-running': { ko: '꺼져 있었음', en: 'not running' },
  'not-recording': { ko: '기록할 수 없었음', en: 'could not record' },
  'log-damaged': { ko: '앞의 기록이 손상되어 새로 시작함', en: 'earlier log damaged, begun anew' },
  scanner: { ko: '스캐너 연결 안 됨', en: 'scanner not connected' },
  signal: { ko: '신호등·문 연결 안 됨', en: 'lamps and door not connected' },
  'trust-stale': { ko: '발급 기관 목록이 오래됨', en: 'list of issuers out of date' },
  'trust-expired': { ko: '발급 기관 목록의 기한이 지남', en: 'list of issuers expired' },
  'clock-unsure': { ko: '시계를 믿을 수 없음', en: 'clock unsure' },
  'clock-hand-set': { ko: '시계를 손으로 맞춤', en: 'clock set by hand' },
};

export const REASON_WORDS: Readonly<Record<OutageReason, InBoth>> = {
  power: { ko: '정전 또는 재시작', en: 'power cut or restart' },
  killed: { ko: '프로그램이 갑자기 멈춤', en: 'the program was killed' },
  stopped: { ko: '사람이 끔', en: 'switched off' },
  unknown: { ko: '까닭을 모름', en: 'cause unknown' },
  disk: { ko: '저장 장치 이상', en: 'disk fault' },
  silent: { ko: '응답 없음', en: 'no sign of life' },
};

/** Why a certificate does not count, to somebody who has never heard of a hash. */
export const FAULT_WORDS: Readonly<Record<OutageFault, InBoth>> = {
  unreadable: {
    ko: '읽을 수 없는 증명서입니다.',
    en: 'This is no certificate that this page can read.',
  },
  'foreign-key': {
    ko: '이 키로 서명되지 않았습니다. 다른 키오스크의 키이거나 다른 키오스크의 증명서입니다.',
    en: 'It is not signed with this key: the key is that of another kiosk, or the certificate is.',
  },
  forged: {
    ko: '서명이 맞지 않습니다. 서명한 뒤에 바뀌었습니다.',
    en: 'The signature does not fit: it was changed after it was signed.',
  },
  'checkpoint-false': {
    ko: '안에 든 확인점이 이 기록의 것이 아닙니다.',
    en: 'A checkpoint in it is not one of this log.',
  },
  'not-in-log': {
    ko: '근거가 된 기록이 서명된 기록 안에 없습니다.',
    en: 'An entry that it rests on is not in the log that was signed.',
  },
  'contradicts-log': {
    ko: '근거가 된 기록과 다른 내용이 적혀 있습니다.',
    en: 'It says something else than the entries that it rests on.',
  },
};

/** How a check came out, before anybody has given a key and after. */
export const VERDICT_WORDS: Readonly<Record<'unchecked' | 'verified' | 'not-verified', InBoth>> = {
  unchecked: {
    ko: '아직 확인하지 않았습니다. 키오스크의 공개 키를 넣으십시오.',
    en: 'Not verified yet: give the public key of the kiosk.',
  },
  verified: {
    ko: '확인됨. 이 키의 키오스크가 서명한 그대로입니다.',
    en: 'Verified: this is as the kiosk of this key has signed it.',
  },
  'not-verified': { ko: '확인되지 않음.', en: 'Not verified.' },
};

/**
 * What a certificate cannot tell because the log holds nothing of it; null where the log covers the time.
 * @param at spells an RFC 3339 instant for people
 */
export function unknownText(
  { first, from, intervals }: OutageCertificate,
  at: (instant: string) => string,
): InBoth | null {
  if (first === null && intervals.length === 0) {
    return {
      ko: '그래서 이 기록으로는 중단이 있었는지 알 수 없습니다.',
      en: 'So this log cannot tell whether there was an outage.',
    };
  }
  if (first === null || first.seq > 0 || Date.parse(first.at) <= Date.parse(from)) return null;
  return {
    ko: `이 기록은 ${at(first.at)}에 시작합니다. 그 앞의 시간은 알 수 없고, 숫자에도 들어 있지 않습니다.`,
    en: `This log begins at ${at(first.at)}: it says nothing of the time before, and no number counts it.`,
  };
}
