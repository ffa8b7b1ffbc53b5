import type { Policy } from '../policy.ts';
import {
  doseNotTooOld,
  KOREAN_ADMITS,
  KOREAN_PARAMS,
  KOREAN_RULES,
  KOREAN_STICKERS,
  koreanRule,
  minorBornFrom,
} from './korea.ts';

/**
 * The Korean vaccine pass with its limit of 180 days, enforced from 3 January 2022 00:00 KST, with fines from 10 January.
 * The fines change no verdict. A dose of 10 July 2021 counts to 6 January 2022 24:00. A third dose, or one beyond the
 * series, never ends; those of 17 and younger, whose doses do not end either, are minors by their year of birth. Who
 * recovered and has two doses shows two papers: staff look.
 */
export const kr20220110: Policy = {
  id: 'kr-2022-01-10',
  title: {
    ko: '방역패스 (2022년 1월 10일)',
    en: 'Korean vaccine pass of 10 January 2022',
    ja: '韓国ワクチンパス（2022年1月10日）',
    zh: '韩国疫苗通行证（2022年1月10日）',
  },
  admits: [...KOREAN_ADMITS],
  rules: [
    ...KOREAN_RULES,
    koreanRule(
      'VR-KR-0004',
      'Vaccination',
      {
        ko: '접종 완료 후 유효기간이 지났습니다. 3차 접종은 기간이 없습니다.',
        en: 'The doses are too old; a third dose has no end.',
        ja: '接種完了からの有効期間を過ぎています。3回目には期限がありません。',
        zh: '接种已超过有效期；第三剂没有期限。',
      },
      ['v.0.dt', 'v.0.dn', 'v.0.sd', 'dob'],
      doseNotTooOld,
      '2022-01-03T00:00:00+09:00',
    ),
  ],
  params: {
    ...KOREAN_PARAMS,
    validDays: {
      unit: 'days',
      min: 1,
      max: 730,
      default: 180,
      title: { ko: '접종 유효 기간', en: 'days that doses count', ja: '接種の有効日数', zh: '接种有效天数' },
    },
    ...minorBornFrom(2004),
  },
  hours: [],
  reuse: { mode: 'none', minutes: 10, samePerson: 'ignore' },
  stale: 'mark',
  clockUnsure: 'assist',
  verdicts: { 'not-yet-valid': 'assist', expired: 'assist' },
  // From 18 December 2021 a person without a pass could dine alone only.
  party: { withoutPass: 0 },
  sticker: { kinds: [...KOREAN_STICKERS], maxDays: 1 },
};

export const kr20220110Sources: readonly string[] = [
  'KDCA notices of 20 December 2021 and later as the press gave them: doses count for 180 days to 24:00, from 3 January 2022, fines from 10 January',
  'The Korea Health News 11040: the dose date that is still valid, day by day',
  'KDCA notices of January 2022: no end after a third dose, after recovery and two doses, and for those of 17 and younger',
  'The same: born on 1 January 2004 or later needs no pass in 2022',
  'Dongjak district office (dongjak.go.kr): from 18 December 2021 without a pass alone only',
  'All else as in kr-2021-12-13',
];
