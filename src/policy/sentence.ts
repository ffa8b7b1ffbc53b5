import type { Param } from './params.ts';
import type { Locale, Phrase4 } from './phrase.ts';
import type { Policy } from './policy.ts';
import { KIND_TITLES } from './titles.ts';

const ADMITS: Phrase4 = { ko: '받는 것', en: 'takes', ja: '使えるもの', zh: '接受' };
const RULES: Phrase4 = { ko: '규칙 %개', en: '% rules', ja: '規則%件', zh: '%条规则' };
const ALWAYS: Phrase4 = { ko: '항상 열림', en: 'at all hours', ja: '常時', zh: '全天' };
const HOURS: Phrase4 = { ko: '영업시간 안에서', en: 'inside opening hours', ja: '営業時間内', zh: '营业时间内' };
const REUSE: Readonly<Record<Policy['reuse']['mode'], Phrase4>> = {
  none: { ko: '몇 번이든 가능', en: 'as often as they like', ja: '何度でも可', zh: '次数不限' },
  passback: {
    ko: '%분 안에 다시 쓸 수 없음',
    en: 'not again within % minutes',
    ja: '%分以内の再使用不可',
    zh: '%分钟内不可再次使用',
  },
  single: { ko: '한 번만', en: 'once', ja: '1回のみ', zh: '仅一次' },
};
const SAME_PERSON: Phrase4 = {
  ko: '같은 사람의 다른 증명은 직원이 확인',
  en: 'staff look at another pass of the same person',
  ja: '同じ人の別のパスはスタッフが確認',
  zh: '同一人的其他凭证由员工核对',
};
const PARTY: Phrase4 = {
  ko: '식당에서는 일행 중 %명까지 증명 없이 가능',
  en: 'in a restaurant up to % of a party without a pass',
  ja: '飲食店では1グループ%人までパスなし可',
  zh: '餐厅每组最多%人可无凭证',
};
const STICKERS: Phrase4 = { ko: '스티커 %일', en: 'days of a sticker: %', ja: 'ステッカー%日', zh: '贴纸%天' };
const UNITS: Readonly<Record<Param['unit'], Phrase4>> = {
  days: { ko: '일', en: ' days', ja: '日', zh: '天' },
  hours: { ko: '시간', en: ' h', ja: '時間', zh: '小时' },
  year: { ko: '년', en: '', ja: '年', zh: '年' },
  none: { ko: '', en: '', ja: '', zh: '' },
};

const filled = (words: Phrase4, locale: Locale, value: number): string => words[locale].replace('%', String(value));

/** The value of a parameter with its unit, as the owner has it. */
export const paramText = ({ unit, value, default: usual }: Param, locale: Locale): string =>
  `${value ?? usual}${UNITS[unit][locale]}`;

/** All that a policy asks for in one sentence, its parameters included: what the owner reads before choosing it. */
export function sentenceOf(policy: Policy, locale: Locale): string {
  const { title, admits, rules, params, hours, reuse, party, sticker } = policy;
  const parts = [
    `${ADMITS[locale]} ${admits.map((kind) => KIND_TITLES[kind][locale]).join(', ')}`,
    ...(rules.length === 0 ? [] : [filled(RULES, locale, rules.length)]),
    ...Object.values(params).map((param) => `${param.title[locale]}: ${paramText(param, locale)}`),
    (hours.length === 0 ? ALWAYS : HOURS)[locale],
    filled(REUSE[reuse.mode], locale, reuse.minutes),
    ...(reuse.samePerson === 'assist' ? [SAME_PERSON[locale]] : []),
    ...(party.withoutPass > 0 ? [filled(PARTY, locale, party.withoutPass)] : []),
    ...(sticker.kinds.length > 0 ? [filled(STICKERS, locale, sticker.maxDays)] : []),
  ];
  return `${title[locale]}: ${parts.join('; ')}.`;
}
