import type { DeviceCondition } from '../base/device.ts';
import type { DoorCondition } from '../door/public-state.ts';
import type { VerdictName } from '../policy/reasons.ts';
import type { Phrase } from './locale.ts';

/** What the page says in its biggest letters while no verdict is shown. */
export const CONDITION_TITLES: Readonly<Record<Exclude<DoorCondition, 'showing'>, Phrase>> = {
  starting: {
    ko: '잠시만 기다려 주세요',
    en: 'One moment, please',
    ja: '少々お待ちください',
    zh: '请稍候',
  },
  ready: {
    ko: '코드를 리더기에 대 주세요',
    en: 'Hold your code to the reader',
    ja: 'コードを読み取り口にかざしてください',
    zh: '请将二维码对准扫描口',
  },
  checking: {
    ko: '확인하고 있어요',
    en: 'Checking',
    ja: '確認しています',
    zh: '正在核验',
  },
  'out-of-service': {
    ko: '지금은 사용할 수 없어요',
    en: 'Out of service',
    ja: 'ただいまご利用いただけません',
    zh: '暂停使用',
  },
};

export const CONDITION_LINES: Readonly<Record<Exclude<DoorCondition, 'showing'>, Phrase>> = {
  starting: {
    ko: '기기를 준비하고 있어요',
    en: 'Getting ready',
    ja: '準備しています',
    zh: '设备正在准备',
  },
  ready: {
    ko: '휴대폰도 종이도 괜찮아요',
    en: 'Phone or paper, both are fine',
    ja: 'スマホでも紙でも大丈夫です',
    zh: '手机或纸质都可以',
  },
  checking: {
    ko: '그대로 잠시만 기다려 주세요',
    en: 'Please stay for a moment',
    ja: 'そのままお待ちください',
    zh: '请稍等片刻',
  },
  'out-of-service': {
    ko: '직원에게 말씀해 주세요',
    en: 'Please ask the staff',
    ja: 'スタッフにお声がけください',
    zh: '请联系工作人员',
  },
};

export const VERDICT_TITLES: Readonly<Record<VerdictName, Phrase>> = {
  admit: { ko: '들어오세요', en: 'Please come in', ja: 'お入りください', zh: '请进' },
  assist: {
    ko: '잠시만요, 직원이 도와드려요',
    en: 'One moment, staff will help you',
    ja: '係の者がご案内します',
    zh: '请稍候，有人来帮您',
  },
  refuse: {
    ko: '이 코드로는 들어올 수 없어요',
    en: 'This code cannot be accepted',
    ja: 'このコードでは入場できません',
    zh: '此二维码无法通行',
  },
};

/** In place of the usual title where the code may be good, yet the staff or the owner's policy said no. */
export const NOT_NOW: Phrase = {
  ko: '지금은 입장이 어려워요',
  en: 'You cannot come in now',
  ja: '今はご入場いただけません',
  zh: '现在无法入场',
};

/** In place of the usual title while a pass of several codes is not whole. */
export const NEXT_CODE: Phrase = {
  ko: '다음 코드도 대 주세요',
  en: 'Now the next code',
  ja: '次のコードもかざしてください',
  zh: '请出示下一个二维码',
};

/** Under an admission by a person, after an assist. */
export const CHECKED_BY_STAFF: Phrase = {
  ko: '직원이 확인했어요',
  en: 'Checked by staff',
  ja: 'スタッフが確認しました',
  zh: '工作人员已确认',
};

/** The parts of the kiosk as a visitor would call them. */
export const PARTS: Readonly<Record<'scanner' | 'signal', Phrase>> = {
  scanner: { ko: '리더기', en: 'the reader', ja: '読み取り機', zh: '扫描器' },
  signal: { ko: '표시등', en: 'the signal lamp', ja: '表示灯', zh: '指示灯' },
};

export const PART_TROUBLE: Readonly<Record<Exclude<DeviceCondition, 'ready'>, Phrase>> = {
  lost: {
    ko: '연결이 끊겼어요. 케이블을 확인해 주세요',
    en: 'is not connected: check its cable',
    ja: 'が接続されていません。ケーブルを確認してください',
    zh: '未连接，请检查线缆',
  },
  fault: {
    ko: '고장이에요. 담당자를 불러 주세요',
    en: 'is broken: call the technician',
    ja: 'が故障しています。担当者を呼んでください',
    zh: '发生故障，请联系技术人员',
  },
  absent: {
    ko: '설정되지 않았어요',
    en: 'is not set up',
    ja: 'が設定されていません',
    zh: '尚未设置',
  },
};

/** Where no part says what is wrong. */
export const TROUBLE_ELSEWHERE: Phrase = {
  ko: '기기 점검이 필요해요. 담당자 화면을 봐 주세요',
  en: 'The kiosk needs a check: see the technician’s page',
  ja: '機器の点検が必要です。担当者画面を確認してください',
  zh: '设备需要检查，请查看技术人员页面',
};

/** Where the page hears nothing from the kiosk program. */
export const SILENT: Phrase = {
  ko: '기기가 응답하지 않아요. 저절로 다시 연결돼요',
  en: 'The kiosk does not answer: the page reconnects by itself',
  ja: '機器が応答していません。自動で再接続します',
  zh: '设备没有响应，页面会自动重新连接',
};

export const CLOCK_MARK: Phrase = {
  ko: '시계 확인 필요',
  en: 'Clock not sure',
  ja: '時計未確認',
  zh: '时钟待确认',
};

/** Where genuine passes are newer than the kiosk's clock. */
export const LATE_CLOCK_MARK: Phrase = {
  ko: '시계가 늦은 것 같아요',
  en: 'The clock seems late',
  ja: '時計が遅れているようです',
  zh: '时钟可能慢了',
};

/** How many people are inside, of how many. */
export function insideMark(inside: number, limit: number): Phrase {
  return {
    ko: `안에 ${inside}명 / ${limit}명`,
    en: `${inside} of ${limit} inside`,
    ja: `入場中 ${inside}/${limit}名`,
    zh: `场内 ${inside}/${limit} 人`,
  };
}

export const DISK_MARK: Phrase = {
  ko: '저장 공간이 거의 찼어요',
  en: 'Storage is nearly full',
  ja: '保存容量がほぼいっぱい',
  zh: '存储空间快满了',
};

export const CONTINUED_MARK: Phrase = {
  ko: '저장 장치가 기록을 손상시켰어요. 주인에게 알려 주세요',
  en: 'The storage has damaged the log: tell the owner',
  ja: '記録が壊れました。責任者に知らせてください',
  zh: '存储损坏了记录，请告诉负责人',
};

export const FORGOTTEN_MARK: Phrase = {
  ko: '사용한 표의 기억을 잃었어요. 주인에게 알려 주세요',
  en: 'Used passes were forgotten: tell the owner',
  ja: '使用済みの記憶を失いました。責任者に知らせてください',
  zh: '已用凭证的记忆丢失，请告诉负责人',
};

export const PRINTER_MARK: Phrase = {
  ko: '스티커 프린터를 봐 주세요',
  en: 'Check the sticker printer',
  ja: 'シール用プリンターを確認',
  zh: '请查看贴纸打印机',
};

/** The age of the trust list in whole days. */
export function ageMark(days: number): Phrase {
  return {
    ko: `확인 자료 ${days}일 전`,
    en: `Data ${days} ${days === 1 ? 'day' : 'days'} old`,
    ja: `照合データ ${days}日前`,
    zh: `核验数据 ${days}天前`,
  };
}

export const REGISTER_SHUT_MARK: Phrase = {
  ko: '출입 명부를 쓸 수 없어요',
  en: 'The visitor register cannot be used',
  ja: '入場者名簿は使えません',
  zh: '访客登记暂不可用',
};

/** Who alone can read the register. */
export function registerMark(authority: string): Phrase {
  return {
    ko: `출입 명부는 ${authority}만 열 수 있어요`,
    en: `Only ${authority} can open the visitor register`,
    ja: `入場者名簿を開けるのは${authority}だけです`,
    zh: `访客登记仅${authority}能打开`,
  };
}

/** By what the key is told apart that the register is sealed to (RFC 7638). */
export function registerKeyMark(fingerprint: string): Phrase {
  return {
    ko: `명부 공개키 ${fingerprint}`,
    en: `Public key of the register ${fingerprint}`,
    ja: `名簿の公開鍵 ${fingerprint}`,
    zh: `登记公钥 ${fingerprint}`,
  };
}
