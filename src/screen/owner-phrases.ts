import type { OwnerRefusal, OwnerView, ScannedCheckpoint } from '../door/commands.ts';
import type { Phrase } from './locale.ts';

/** Words of the owner's page that do not change. */
export const OWNER_WORDS = {
  title: { ko: '주인 화면', en: 'Owner', ja: 'オーナー画面', zh: '店主页面' },
  askPin: {
    ko: '주인 비밀번호를 누르세요',
    en: 'Enter the owner’s PIN',
    ja: 'オーナーの暗証番号を入力してください',
    zh: '请输入店主密码',
  },
  erase: { ko: '지우기', en: 'Erase', ja: '消す', zh: '删除' },
  enter: { ko: '확인', en: 'OK', ja: '確定', zh: '确定' },
  leave: { ko: '손님 화면으로', en: 'Back to the visitors’ screen', ja: '来客の画面に戻る', zh: '回到访客页面' },
  photograph: {
    ko: '이 코드를 사진으로 찍어 두세요',
    en: 'Photograph this code',
    ja: 'このコードを写真に撮ってください',
    zh: '请把这个码拍下来',
  },
  why: {
    ko: '사진을 가진 사람은 나중에 그 앞의 기록이 하나도 바뀌지 않았음을 확인할 수 있어요. 다른 사람의 휴대폰에도 한 장 남기면 더 좋아요.',
    en: 'Whoever has the picture can check later that nothing before it was changed. Best of all, let somebody else keep one too.',
    ja: '写真を持つ人は、それより前の記録が何も変わっていないことを後で確かめられます。ほかの人にも一枚持ってもらうと安心です。',
    zh: '持有照片的人以后可以核对：在此之前的记录没有被改动。最好也请别人留一张。',
  },
  witness: {
    ko: '다른 키오스크의 코드를 이 키오스크의 스캐너에 대면 서로 증인이 돼요. 손님 코드는 평소처럼 확인돼요.',
    en: 'Hold another kiosk’s code in front of this kiosk’s reader, and it becomes its witness. Visitors’ codes are checked as ever.',
    ja: '別のキオスクのコードをこのキオスクの読み取り機にかざすと、証人になります。来客のコードはいつも通り確認されます。',
    zh: '把另一台机器的码放到本机的扫描器前，本机就成为它的见证。访客的码照常核验。',
  },
  carryBack: {
    ko: '이 코드를 찍어 그 키오스크의 주인 화면에서 스캐너에 대세요',
    en: 'Photograph this code and hold it in front of that kiosk’s reader, in its owner mode',
    ja: 'このコードを撮り、そのキオスクのオーナー画面で読み取り機にかざしてください',
    zh: '请拍下这个码，在那台机器的店主页面里放到它的扫描器前',
  },
  compare: {
    ko: '그 키오스크 화면의 여섯 낱말과 같은지 보세요',
    en: 'Compare these six words with those on that kiosk’s screen',
    ja: 'そのキオスクの画面の六つの言葉と同じか確かめてください',
    zh: '请与那台机器屏幕上的六个词核对',
  },
  renew: { ko: '새 코드', en: 'New code', ja: '新しいコード', zh: '新的码' },
  since: {
    ko: '다른 키오스크가 묻는 기록 수',
    en: 'Entries that the other kiosk asks for',
    ja: '相手のキオスクが求める記録数',
    zh: '对方机器要求的记录数',
  },
  entries: { ko: '기록', en: 'Entries', ja: '記録数', zh: '记录数' },
  signedAt: { ko: '서명한 시각', en: 'Signed', ja: '署名時刻', zh: '签名时间' },
  words: { ko: '이 기록의 열쇠', en: 'Key of this log', ja: 'この記録の鍵', zh: '本记录的密钥' },
  witnessed: {
    ko: '다른 키오스크가 확인한 기록',
    en: 'Vouched for by another kiosk',
    ja: '別のキオスクが確認した記録',
    zh: '其他机器见证的记录',
  },
  unsureClock: { ko: '시계가 확실하지 않음', en: 'clock unsure', ja: '時計が不確か', zh: '时钟不确定' },
  tooLong: {
    ko: '기록이 너무 길어 한 코드에 담을 수 없어요. 더 큰 수를 넣으세요.',
    en: 'The proof has become too long for one code: enter a larger number.',
    ja: '証明が長すぎて一つのコードに収まりません。もっと大きい数を入れてください。',
    zh: '证明太长，一个码放不下：请输入更大的数。',
  },
  missedSlips: {
    ko: '인쇄되지 않은 하루 기록',
    en: 'Daily slips that did not come out',
    ja: '印刷されなかった一日の記録',
    zh: '没有打印出来的每日记录',
  },
  print: { ko: '인쇄', en: 'Print', ja: '印刷', zh: '打印' },
} as const satisfies Readonly<Record<string, Phrase>>;

/** Why the page does not go on. */
export const REFUSAL_WORDS: Readonly<Record<OwnerRefusal['why'], Phrase>> = {
  'no-pin': {
    ko: '아직 비밀번호가 없어요. 설치 기사가 munjigi owner pin 명령으로 정해요.',
    en: 'There is no PIN yet: set one with the command munjigi owner pin.',
    ja: '暗証番号がまだありません。munjigi owner pin コマンドで設定してください。',
    zh: '还没有密码：请用命令 munjigi owner pin 设置。',
  },
  'wrong-pin': { ko: '비밀번호가 달라요', en: 'Wrong PIN', ja: '暗証番号が違います', zh: '密码不对' },
  locked: {
    ko: '너무 여러 번 틀렸어요. 잠시 뒤에 다시 하세요.',
    en: 'Too many wrong tries: wait, then try again.',
    ja: '間違いが多すぎます。しばらく待ってからもう一度。',
    zh: '错误次数太多：请稍后再试。',
  },
  busy: { ko: '다시 눌러 주세요', en: 'Try again', ja: 'もう一度押してください', zh: '请再试一次' },
  ended: {
    ko: '시간이 지나 닫혔어요',
    en: 'Closed after a while without use',
    ja: '時間が過ぎたため閉じました',
    zh: '超时已关闭',
  },
  disk: {
    ko: '저장 공간이 없어 서명할 수 없어요. 공간을 비워 주세요.',
    en: 'The disk takes no record: free some space.',
    ja: '保存できません。空き容量を作ってください。',
    zh: '磁盘无法写入：请清理空间。',
  },
};

const count = (value: number | null): string => (value ?? 0).toLocaleString('en');

/** What became of a scanned checkpoint, in every language. */
export function scannedPhrase({ outcome, size, seen }: ScannedCheckpoint): Phrase {
  const [has, had] = [count(size), count(seen)];
  switch (outcome) {
    case 'countersigned':
      return {
        ko: `기록 ${has}개까지 확인 서명했어요`,
        en: `Countersigned: this kiosk has seen its first ${has} entries`,
        ja: `記録 ${has} 件までを確認し署名しました`,
        zh: `已副署：本机见过它的前 ${has} 条记录`,
      };
    case 'witnessed':
      return {
        ko: `이 키오스크의 기록 ${has}개에 증인이 생겼어요`,
        en: `The first ${has} entries of this kiosk now have a witness`,
        ja: `このキオスクの記録 ${has} 件に証人ができました`,
        zh: `本机的前 ${has} 条记录现在有了见证`,
      };
    case 'damaged':
      return {
        ko: '코드가 손상되었거나 서명이 맞지 않아요. 다시 스캔하세요.',
        en: 'The code is damaged, or its signature does not hold: scan it again',
        ja: 'コードが壊れているか、署名が合いません。もう一度読み取ってください',
        zh: '码已损坏或签名不符：请重新扫描',
      };
    case 'own-log':
      return {
        ko: '이 키오스크 자신의 코드예요. 다른 키오스크에서 스캔하세요.',
        en: 'This is this kiosk’s own code: another kiosk must scan it',
        ja: 'このキオスク自身のコードです。別のキオスクで読み取ってください',
        zh: '这是本机自己的码：请在另一台机器上扫描',
      };
    case 'other-key':
      return {
        ko: '그 키오스크의 열쇠가 전과 달라요. 까닭을 알 때까지 믿지 마세요.',
        en: 'That kiosk has shown another key before: do not trust it until you know why',
        ja: 'そのキオスクの鍵が以前と違います。理由が分かるまで信用しないでください',
        zh: '那台机器的密钥与以前不同：查明原因之前请勿相信',
      };
    case 'fewer':
      return {
        ko: `전에 기록 ${had}개를 보았는데 이 코드는 ${has}개뿐이에요. 가장 새로운 코드인데도 그렇다면 기록이 잘렸어요.`,
        en: `${had} entries were seen before, and this code has ${has}: show the newest; if this is the newest, the log was cut off`,
        ja: `以前は ${had} 件でしたが、このコードは ${has} 件です。最新のコードであれば、記録が切り取られています`,
        zh: `以前见过 ${had} 条，而这个码只有 ${has} 条：请出示最新的；如果这就是最新的，记录被截断了`,
      };
    case 'forked':
      return {
        ko: '전에 본 기록과 달라요. 그 기록은 다시 쓰였어요. 믿지 말고 두 코드를 모두 보관하세요.',
        en: 'It contradicts what was seen before: that log was written anew. Do not trust it, and keep both codes',
        ja: '以前見た記録と食い違います。その記録は書き直されています。信用せず、両方のコードを保管してください',
        zh: '与以前见过的记录矛盾：那份记录被重写了。请勿相信，并保留两个码',
      };
    case 'unproven':
      return {
        ko: `전에 본 ${had}개가 그대로인지 이 코드로는 알 수 없어요. 그 키오스크의 주인 화면에 ${had}을(를) 넣고 새 코드를 스캔하세요.`,
        en: `Whether the ${had} entries seen before are still in it cannot be told: enter ${had} on that kiosk’s owner page and scan the new code`,
        ja: `以前見た ${had} 件がそのままかどうか、このコードでは分かりません。そのキオスクのオーナー画面に ${had} と入れ、新しいコードを読み取ってください`,
        zh: `无法判断以前见过的 ${had} 条是否仍在其中：请在那台机器的店主页面输入 ${had}，再扫描新的码`,
      };
    case 'not-in-log':
      return {
        ko: `다른 키오스크가 확인한 ${has}개의 기록이 이 키오스크에 없어요. 옛 사본으로 되돌렸거나 다시 쓰였어요.`,
        en: `Another kiosk vouches for ${has} entries that are not in this kiosk’s log any more: an older copy was put back, or the log was written anew`,
        ja: `別のキオスクが確認した ${has} 件の記録が、このキオスクにありません。古い写しに戻されたか、書き直されています`,
        zh: `另一台机器见证的 ${has} 条记录已不在本机：旧副本被放回，或记录被重写`,
      };
    case 'clock':
      return {
        ko: '이 키오스크의 시계를 믿을 수 없어 서명하지 못해요. 인터넷에 한 번 연결하세요.',
        en: 'Nobody vouches for this kiosk’s clock, so it cannot sign: connect it once',
        ja: 'このキオスクの時計が不確かなため署名できません。一度ネットに接続してください',
        zh: '本机时钟不可信，无法签名：请联网一次',
      };
    case 'clocks-differ':
      return {
        ko: '두 키오스크의 시계가 10분 넘게 달라요. 둘 다 맞춘 뒤 새 코드로 다시 하세요.',
        en: 'The clocks of the two kiosks differ by more than ten minutes: set both right, then begin with a new code',
        ja: '二台のキオスクの時計が10分以上違います。両方を合わせ、新しいコードでやり直してください',
        zh: '两台机器的时钟相差超过十分钟：请都校准后用新的码重来',
      };
    case 'disk':
      return REFUSAL_WORDS.disk;
  }
}

/** Whether a scan went well: for the colour, beside the words. */
export const isGoodScan = ({ outcome }: Pick<ScannedCheckpoint, 'outcome'>): boolean =>
  outcome === 'countersigned' || outcome === 'witnessed';

/** The facts under the code: label and value. */
export function factsOf({ log }: OwnerView): readonly (readonly [Phrase, string])[] {
  return [
    [OWNER_WORDS.entries, count(log.size)],
    [OWNER_WORDS.signedAt, log.signedAt ?? '-'],
    [OWNER_WORDS.words, log.words],
    [OWNER_WORDS.witnessed, count(log.witnessedSize)],
  ];
}
