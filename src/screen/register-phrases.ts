import type { Phrase } from './locale.ts';

/** Words of the page on which a visitor leaves a number. */
export const REGISTER_WORDS = {
  title: { ko: '출입 명부', en: 'Visitor register', ja: '入場者名簿', zh: '访客登记' },
  askNumber: {
    ko: '전화번호를 누르세요',
    en: 'Enter your phone number',
    ja: '電話番号を押してください',
    zh: '请输入电话号码',
  },
  askProvince: {
    ko: '사는 곳을 고르세요',
    en: 'Where do you live?',
    ja: 'お住まいの地域を選んでください',
    zh: '请选择居住地区',
  },
  askDistrict: {
    ko: '시·군·구를 고르세요',
    en: 'Choose the district',
    ja: '市・郡・区を選んでください',
    zh: '请选择市、郡、区',
  },
  onlyProvince: {
    ko: '여기까지만 남기기',
    en: 'Leave it at this',
    ja: 'ここまでにする',
    zh: '只登记到这里',
  },
  erase: { ko: '지우기', en: 'Erase', ja: '消す', zh: '删除' },
  next: { ko: '다음', en: 'Next', ja: '次へ', zh: '下一步' },
  leave: { ko: '그만두기', en: 'Cancel', ja: 'やめる', zh: '取消' },
  wrongNumber: {
    ko: '전화번호를 다시 확인해 주세요',
    en: 'Please check the phone number',
    ja: '電話番号をもう一度お確かめください',
    zh: '请再核对电话号码',
  },
  shut: {
    ko: '지금은 등록할 수 없어요. 직원에게 말씀해 주세요',
    en: 'This does not work now. Please ask the staff',
    ja: '今は登録できません。係員にお声がけください',
    zh: '现在无法登记，请联系工作人员',
  },
  busy: {
    ko: '잠시 뒤에 다시 눌러 주세요',
    en: 'Please try again in a moment',
    ja: '少し待ってからもう一度押してください',
    zh: '请稍后再试',
  },
  done: { ko: '등록했어요', en: 'Registered', ja: '登録しました', zh: '已登记' },
} as const satisfies Record<string, Phrase>;

/** What a visitor may know before leaving anything: who can read it, and until when. */
export function sealedTo(authority: string): Phrase {
  return {
    ko: `${authority}만 읽을 수 있고, 28일 뒤에 지워져요`,
    en: `Only ${authority} can read it, and it is deleted after 28 days`,
    ja: `${authority}だけが読むことができ、28日後に消去されます`,
    zh: `只有${authority}能读取，28天后删除`,
  };
}

export const REGISTER_LINK: Phrase = {
  ko: '출입 명부 쓰기',
  en: 'Sign the visitor register',
  ja: '入場者名簿に記入',
  zh: '填写访客登记',
};
