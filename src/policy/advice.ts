import { HEALTH_KINDS } from '../pass/pass.ts';
import type { VenueKind } from '../settings/venue-kinds.ts';
import { joined, type Phrase4, phrase } from './phrase.ts';
import type { Policy } from './policy.ts';
import { describe, type Rule } from './rule.ts';
import { KIND_TITLES } from './titles.ts';

export const OTHER_KIND: Phrase4 = {
  ko: '진짜이지만 이곳에서 받는 종류가 아닙니다.',
  en: 'Genuine, but not a kind of pass that this door takes.',
  ja: '本物ですが、ここで使える種類ではありません。',
  zh: '凭证是真的，但不是此处接受的种类。',
};
export const STICKER_ENDED: Phrase4 = {
  ko: '스티커 기간이 끝났습니다. 원래 증명을 보고 새로 붙여 주세요.',
  en: 'The sticker has had its time. Look at the original and issue a new one.',
  ja: 'ステッカーの期限が切れています。元の証明を確認して新しく発行してください。',
  zh: '贴纸已过期。请查看原始凭证并重新发放。',
};
export const CLOSED_NOW: Phrase4 = {
  ko: '지금은 영업시간이 아닙니다. 약속이 있는 분인지 물어봐 주세요.',
  en: 'Outside opening hours. Ask whether this person is expected.',
  ja: '営業時間外です。お約束のある方か確認してください。',
  zh: '现在不是营业时间。请询问是否有预约。',
};
export const HOUSE_FULL: Phrase4 = {
  ko: '정원이 찼습니다. 나간 사람이 있는지 세어 보고, 없으면 기다리게 해 주세요.',
  en: 'The house is full. Count whether somebody has gone out; if not, ask them to wait.',
  ja: '定員に達しています。退出した人がいるか数え、いなければお待ちいただいてください。',
  zh: '已满员。请清点是否有人离开；若没有，请对方等候。',
};
export const SAME_PERSON: Phrase4 = {
  ko: '같은 사람의 다른 증명이 조금 전에 사용되었습니다. 본인이 다시 온 것인지 신분증으로 확인해 주세요.',
  en: 'Another pass of the same person came in a short while ago. Check with an ID that it is the same person again.',
  ja: '同じ人の別のパスが少し前に使われました。本人が戻ったのか身分証で確認してください。',
  zh: '同一人的另一凭证刚刚使用过。请用身份证确认是否本人再次进入。',
};

const OTHER_PAPERS: Phrase4 = {
  ko: '다른 증명이 있는지 봐 주세요: ',
  en: 'Look at what else they have: ',
  ja: 'ほかの証明があるか見てください：',
  zh: '请查看其他证明：',
};
const BORN_FROM: Phrase4 = {
  ko: '신분증으로 %년 이후 출생 확인',
  en: 'an ID that shows a birth year of % or later',
  ja: '身分証で%年以降の生まれ',
  zh: '身份证显示%年及以后出生',
};
const PARTY: Phrase4 = {
  ko: '일행 중 증명이 없는 사람은 %명까지 됩니다. 세어 보셨나요?',
  en: 'Up to % in one party may come in without a pass: have you counted?',
  ja: '1グループにつきパスのない人は%人まで入れます。数えましたか。',
  zh: '每组同行者中最多%人可无凭证进入。您数过了吗？',
};

const COMMA: Phrase4 = { ko: ', ', en: ', ', ja: '、', zh: '、' };
const STOP: Phrase4 = { ko: '.', en: '.', ja: '。', zh: '。' };

const filled = (words: Phrase4, value: number): Phrase4 =>
  phrase((locale) => words[locale].replace('%', String(value)));

/** The other papers that would be enough under a policy with rules about health; null under any other. */
export function otherPapers(policy: Policy): Phrase4 | null {
  const papers = policy.admits.filter((kind) => HEALTH_KINDS.has(kind)).map((kind) => KIND_TITLES[kind]);
  if (papers.length === 0 || policy.rules.length === 0) return null;
  const birth = Object.values(policy.params).find(({ unit }) => unit === 'year');
  if (birth !== undefined) papers.push(filled(BORN_FROM, birth.value ?? birth.default));
  return phrase(
    (locale) => `${OTHER_PAPERS[locale]}${papers.map((paper) => paper[locale]).join(COMMA[locale])}${STOP[locale]}`,
  );
}

/**
 * What staff are told when a pass is genuine but not enough: what was asked for, what else to look at, and who of a
 * party may come in all the same.
 */
export function adviceFor(said: Rule | Phrase4, policy: Policy, venueKind: VenueKind): Phrase4 {
  const parts = [
    'Identifier' in said ? describe(said) : said,
    otherPapers(policy),
    venueKind === 'restaurant' && policy.party.withoutPass > 0 ? filled(PARTY, policy.party.withoutPass) : null,
  ];
  return joined(parts.filter((part) => part !== null));
}
