import type { Kind } from '../pass/pass.ts';

/** What a sticker says it is, in large letters: Korean first, English below. */
export const STICKER_TITLES: Readonly<Record<Kind, { readonly ko: string; readonly en: string }>> = {
  vaccination: { ko: '접종 확인', en: 'Vaccination checked' },
  test: { ko: '검사 확인', en: 'Test checked' },
  recovery: { ko: '회복 확인', en: 'Recovery checked' },
  exemption: { ko: '예외 확인', en: 'Exemption checked' },
  ticket: { ko: '입장권', en: 'Admission ticket' },
  membership: { ko: '회원 확인', en: 'Member' },
  other: { ko: '입장 확인', en: 'Entry checked' },
};
