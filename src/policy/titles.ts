import type { Kind } from '../pass/pass.ts';
import type { Phrase4 } from './phrase.ts';

/** Kinds of pass in words, as they stand in the middle of a sentence. */
export const KIND_TITLES: Readonly<Record<Kind, Phrase4>> = {
  vaccination: { ko: '접종 증명', en: 'vaccination', ja: 'ワクチン接種証明', zh: '疫苗接种证明' },
  test: { ko: '음성 확인', en: 'negative test', ja: '陰性証明', zh: '阴性证明' },
  recovery: { ko: '격리해제(완치) 확인', en: 'recovery', ja: '回復証明', zh: '康复证明' },
  exemption: { ko: '접종 예외 확인', en: 'exemption', ja: '接種免除証明', zh: '免接种证明' },
  ticket: { ko: '입장권', en: 'ticket', ja: 'チケット', zh: '门票' },
  membership: { ko: '회원권', en: 'membership', ja: '会員証', zh: '会员证' },
  other: { ko: '그 밖의 출입증', en: 'other passes', ja: 'その他のパス', zh: '其他凭证' },
};
