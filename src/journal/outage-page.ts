import { dayIn, formatMinuteIn, MINUTE_MS } from '../base/time.ts';
import type { OutageCertificate, OutageCounts, OutageInterval } from './outage.ts';
import { OutageTimes, type ShownTime } from './outage-times.ts';
import { CAUSE_WORDS, REASON_WORDS, unknownText } from './outage-words.ts';
import type { InBoth } from './report-text.ts';

/** More would not fit on the page: the shorter ones are only counted there. */
export const MAX_PAGE_ROWS = 8;
/** Hours with server-bound codes that are spelled out. */
const MAX_PAGE_HOURS = 8;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
const both = ({ ko, en }: InBoth, tag = 'p'): string =>
  `<${tag}><span lang="ko">${escaped(ko)}</span> <span lang="en">${escaped(en)}</span></${tag}>`;
const MARKS: Readonly<Record<ShownTime['mark'], string>> = {
  ...{ trusted: '', unsure: ' †', 'hand-set': ' ‡', reckoned: ' §' },
};

/**
 * A certificate as the page shows it, in Korean and English: HTML without script, made from what is signed alone, by
 * the kiosk and again by the page that checks it.
 */
export function outageBody(certificate: OutageCertificate): string {
  const { venue, log, from, to, first, intervals, further } = certificate;
  const zone = isKnownHere(certificate.zone) ? certificate.zone : 'UTC';
  const times = new OutageTimes(certificate);
  const shown = pageRows(intervals, times);
  const hidden = intervals.length - shown.length + further;
  const at = (instant: string): string => formatMinuteIn(zone, Date.parse(instant));
  const unknown = unknownText(certificate, at);
  const isUnrecorded = first === null && intervals.length === 0;
  return [
    `<h1><span lang="ko">출입 확인 중단 증명서</span> <span lang="en">Certificate of outage</span></h1>`,
    `<p class="of"><strong>${escaped(venue)}</strong> · ${escaped(log)}<br>${at(from)} – ${at(to)} (${escaped(zone)})</p>`,
    recordsLine(certificate, at),
    unknown === null ? '' : both(unknown),
    isUnrecorded
      ? ''
      : both(
          intervals.length === 0
            ? { ko: '이 시간에는 중단이 없었습니다.', en: 'There was no outage in this time.' }
            : {
                ko: '다음 시간에는 이 키오스크가 확인할 수 없었거나, 평소처럼 확인할 수 없었습니다.',
                en: 'In these stretches this kiosk could not check, or not as usual.',
              },
        ),
    shown.length === 0 ? '' : tableOf(shown, times, zone),
    hidden === 0
      ? ''
      : both({ ko: `여기에 적지 않은 다른 중단 ${hidden}건.`, en: `Others, not listed here: ${hidden}.` }),
    isUnrecorded ? '' : countsLines(certificate, at),
    notesOf(intervals, shown, times),
  ].join('\n');
}

/** Where the zone of the kiosk is not known, the page shows another and says which. */
function isKnownHere(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The longest, in the order in which they began. */
function pageRows(intervals: readonly OutageInterval[], times: OutageTimes): readonly OutageInterval[] {
  // What nobody knows the length of may have been long.
  const lengthMs = (interval: OutageInterval): number => times.lastedMs(interval) ?? Number.MAX_SAFE_INTEGER;
  const longest = intervals.toSorted((one, other) => lengthMs(other) - lengthMs(one)).slice(0, MAX_PAGE_ROWS);
  return intervals.filter((interval) => longest.includes(interval));
}

function recordsLine({ first, last, madeAt }: OutageCertificate, at: (instant: string) => string): string {
  if (first === null || last === null) {
    return both({ ko: '이 시간의 기록이 없습니다.', en: 'There are no records of this time.' });
  }
  const span = `${at(first.at)} – ${at(last.at)}`;
  const made = at(madeAt);
  return both({
    ko: `기록: ${span} (기록 ${first.seq}–${last.seq}). 작성: ${made}.`,
    en: `Records: ${span} (entries ${first.seq} to ${last.seq}). Made ${made}.`,
  });
}

function tableOf(intervals: readonly OutageInterval[], times: OutageTimes, zone: string): string {
  const heads: readonly InBoth[] = [
    { ko: '시각', en: 'when' },
    { ko: '분', en: 'minutes' },
    { ko: '까닭', en: 'why' },
    { ko: '앞 1시간', en: 'hour before' },
    { ko: '그동안', en: 'meanwhile' },
    { ko: '뒤 1시간', en: 'hour after' },
  ];
  const head = heads.map(({ ko, en }) => `<th><span lang="ko">${ko}</span><br><span lang="en">${en}</span></th>`);
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${intervals.map((each) => rowOf(each, times, zone)).join('')}</tbody></table>`;
}

function rowOf(interval: OutageInterval, times: OutageTimes, zone: string): string {
  const { cause, reason, from, to, before, during, after } = interval;
  const { ko, en } = CAUSE_WORDS[cause];
  const why = reason === null ? null : REASON_WORDS[reason];
  const lastedMs = times.lastedMs(interval);
  const minutes = to === null ? '' : lastedMs === null ? '?' : `${Math.round(lastedMs / MINUTE_MS)}`;
  return [
    '<tr>',
    `<td class="when">${spanOf(times.of(from), endOf(interval, times), zone, to === null)}</td><td class="number">${minutes}</td>`,
    `<td><span lang="ko">${ko}${why === null ? '' : `: ${why.ko}`}</span><br>`,
    `<span lang="en">${en}${why === null ? '' : `: ${why.en}`}</span></td>`,
    ...[before, during].map((counts) => `<td class="number">${countsOf(counts)}</td>`),
    `<td class="number">${to === null ? '' : countsOf(after)}</td>`,
    '</tr>',
  ].join('');
}

const endOf = (interval: OutageInterval, times: OutageTimes): ShownTime =>
  interval.to === null ? times.stillSoAt(interval) : times.of(interval.to);

/** The day is said once where both ends are on it. */
function spanOf(from: ShownTime, to: ShownTime, zone: string, isOpen: boolean): string {
  const begin = `${formatMinuteIn(zone, from.atMs)}${MARKS[from.mark]}`;
  const last = formatMinuteIn(zone, to.atMs);
  const isSameDay = dayIn(zone, from.atMs) === dayIn(zone, to.atMs);
  const end = `${isSameDay ? last.slice(last.indexOf(' ') + 1) : last}${MARKS[to.mark]}`;
  if (!isOpen) return `${begin} – ${end}`;
  return `${begin} –<br>${end} <span lang="ko">현재 계속</span> <span lang="en">still so</span>`;
}

const countsOf = ({ admitted, assisted, refused }: OutageCounts): string => `${admitted} · ${assisted} · ${refused}`;

function countsLines({ counts, serverBound }: OutageCertificate, at: (instant: string) => string): string {
  const { admitted, assisted, refused, staffAdmitted, staffRefused } = counts;
  const spelled = hoursOf(serverBound, at);
  const dots = { ko: '숫자: 입장 · 직원 확인 · 거절.', en: 'Numbers: admitted · assisted · refused.' };
  const all = {
    ko: `전체: 입장 ${admitted}, 직원 확인 ${assisted}, 거절 ${refused}; 그 뒤 직원이 들인 사람 ${staffAdmitted}, 돌려보낸 사람 ${staffRefused}.`,
    en: `In all: admitted ${admitted}, assisted ${assisted}, refused ${refused}; then let in by staff ${staffAdmitted}, turned away by staff ${staffRefused}.`,
  };
  const server =
    counts.serverBound === 0
      ? {
          ko: '서버가 있어야만 확인되는 코드는 제시되지 않았습니다.',
          en: 'No code was shown that only a server can judge.',
        }
      : {
          ko: `서버가 있어야만 확인되는 코드가 ${counts.serverBound}번 제시되었습니다. 이 키오스크는 서버에 묻지 않으므로, 서버가 멈추었는지는 알지 못합니다.`,
          en: `Codes that only a server can judge were shown ${counts.serverBound} times. This kiosk asks no server and cannot know whether one was down.`,
        };
  const byHour = spelled === '' ? '' : `<p class="hours">${spelled}</p>`;
  return `${both(dots)}${both(all)}${both(server)}${byHour}`;
}

/** Each hour with its count in brackets; the day is said where it changes. */
function hoursOf(serverBound: OutageCertificate['serverBound'], at: (instant: string) => string): string {
  let day = '';
  const spelled = serverBound.slice(0, MAX_PAGE_HOURS).map(({ hour, count }) => {
    const [date = '', time = ''] = at(hour).split(' ');
    const said = date === day ? time : `${date} ${time}`;
    day = date;
    return `${said} (${count})`;
  });
  return `${spelled.join(', ')}${serverBound.length > MAX_PAGE_HOURS ? ', …' : ''}`;
}

function notesOf(intervals: readonly OutageInterval[], shown: readonly OutageInterval[], times: OutageTimes): string {
  const marks = new Set(shown.flatMap((each) => [times.of(each.from).mark, endOf(each, times).mark]));
  const lines: InBoth[] = [];
  if (marks.has('unsure')) {
    lines.push({ ko: '† 이때 시계를 믿을 수 없었습니다.', en: '† Nothing vouched for the clock then.' });
  }
  if (marks.has('reckoned')) {
    lines.push({
      ko: '§ 믿을 수 있는 시계가 있던 때부터 셈한 시각입니다.',
      en: '§ Reckoned from when somebody vouched for the clock.',
    });
  }
  if (marks.has('hand-set')) {
    lines.push({
      ko: '‡ 손으로 맞춘 시계의 시각입니다.',
      en: '‡ By a clock that was set by hand.',
    });
  }
  if (shown.some(({ cause }) => cause === 'not-running' || cause === 'not-recording')) {
    lines.push({
      ko: '키오스크는 1분마다 기록을 남깁니다. 꺼진 때는 적힌 시각부터 1분 안입니다.',
      en: 'The kiosk writes an entry a minute: it went off within a minute after the time given.',
    });
  }
  const unrecorded = intervals.reduce((sum, each) => sum + each.unrecorded, 0);
  if (unrecorded > 0) {
    lines.push({
      ko: `저장 장치가 받지 않은 기록: ${unrecorded}건.`,
      en: `Records that the disk did not take: ${unrecorded}.`,
    });
  }
  return lines.map((line) => both(line)).join('');
}
