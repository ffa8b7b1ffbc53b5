import type { Phrase } from './locale.ts';

/** What a rule of the house itself says in place of its reason: the reason alone would blame the pass. */
export interface RuleWords {
  readonly line: Phrase;
  readonly staff: Phrase;
}

/** By rule id. The rules of a policy bring their own words with the verdict. */
export const RULE_WORDS: Readonly<Record<string, RuleWords>> = {
  'same-person': {
    line: {
      ko: '다른 코드로 이미 들어오셨어요',
      en: 'Another code of yours was used here',
      ja: '別のコードですでに入場しています',
      zh: '您已用另一个码入场',
    },
    staff: {
      ko: '같은 이름과 생년월일로 방금 들어왔어요. 본인인지 신분증을 봐 주세요',
      en: 'Same name and birth date came in just now: compare the ID',
      ja: '同じ氏名と生年月日で入場済みです。身分証を確認',
      zh: '同名同生日者刚刚入场，请核对证件',
    },
  },
  'occupancy-limit': {
    line: {
      ko: '지금은 자리가 다 찼어요',
      en: 'We are full at the moment',
      ja: 'ただいま満員です',
      zh: '目前已满员',
    },
    staff: {
      ko: '코드는 괜찮아요. 나간 분이 있으면 수를 고치고, 아니면 기다려 주세요',
      en: 'The code is fine: count out who left, or ask to wait',
      ja: 'コードは有効です。退場者を数え直すか、お待ちいただいてください',
      zh: '码没有问题，请先登记离场人数或请其等候',
    },
  },
  'earlier-use-forgotten': {
    line: {
      ko: '사용한 적이 있는지 알 수 없어요',
      en: 'We cannot tell whether it was used',
      ja: '使用済みかどうか分かりません',
      zh: '无法确认是否用过',
    },
    staff: {
      ko: '전에 쓴 표의 기억을 잃었어요. 이미 들어왔는지 물어봐 주세요',
      en: 'Uses were forgotten: ask whether they came in before',
      ja: '使用の記憶を失いました。入場済みか尋ねてください',
      zh: '使用记忆已丢失，请询问是否已入场',
    },
  },
  'door-may-not-have-opened': {
    line: {
      ko: '문이 안 열렸을 수 있어요',
      en: 'The door may not have opened',
      ja: '扉が開かなかったかもしれません',
      zh: '门可能没有打开',
    },
    staff: {
      ko: '기기가 다시 켜졌어요. 아직 못 들어왔다면 들여보내 주세요',
      en: 'The kiosk restarted: let them in if they were left outside',
      ja: '機器が再起動しました。まだ入場していなければお通しください',
      zh: '设备刚重启，若尚未入场请放行',
    },
  },
};
