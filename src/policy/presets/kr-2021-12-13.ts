import type { Policy } from '../policy.ts';
import { KOREAN_ADMITS, KOREAN_PARAMS, KOREAN_RULES, KOREAN_STICKERS, minorBornFrom } from './korea.ts';

/**
 * The Korean vaccine pass as it was when fines began, 13 December 2021 00:00 KST. No limit of 180 days yet: that came on
 * 3 January 2022. The first day after a second dose is D+14 from midnight, as nearly all notices counted ("14일~180일");
 * strict counting would make it D+15, which is one day more in `doseDays`. A certificate tells when a sample was taken,
 * not when its result was sent: hours run from the sample.
 */
export const kr20211213: Policy = {
  id: 'kr-2021-12-13',
  title: {
    ko: '방역패스 (2021년 12월 13일)',
    en: 'Korean vaccine pass of 13 December 2021',
    ja: '韓国ワクチンパス（2021年12月13日）',
    zh: '韩国疫苗通行证（2021年12月13日）',
  },
  admits: [...KOREAN_ADMITS],
  rules: KOREAN_RULES,
  params: { ...KOREAN_PARAMS, ...minorBornFrom(2003) },
  hours: [],
  reuse: { mode: 'none', minutes: 10, samePerson: 'ignore' },
  stale: 'mark',
  clockUnsure: 'assist',
  verdicts: { 'not-yet-valid': 'assist', expired: 'assist' },
  // To 17 December one person of a party could dine without a pass.
  party: { withoutPass: 1 },
  sticker: { kinds: [...KOREAN_STICKERS], maxDays: 1 },
};

export const kr20211213Sources: readonly string[] = [
  'SBS 20000041984 and Insight 382773, December 2021: 16 types of venue from 6 December, fines from 13 December 2021 00:00 KST',
  'KDCA notices of December 2021 as the press gave them: second dose (Janssen: first) and 14 days, a third dose at once',
  'The same: PCR negative to 24:00 of the day on which 48 hours are over, recovery 180 days from release, exemption by certificate of a health centre',
  'The same: born on 1 January 2003 or later needs no pass in 2021',
  'The same, 6 to 17 December 2021: at most one of a party without a pass, restaurants and cafes only',
  'KDCA release 1776 (archived by the University of Pittsburgh): the fines',
];
