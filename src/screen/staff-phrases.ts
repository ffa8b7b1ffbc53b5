import type { ReasonCode } from '../policy/reasons.ts';
import type { Phrase } from './locale.ts';

/** The smaller line for whoever comes to help: what to look at instead. */
export const STAFF_LINES: Readonly<Record<Exclude<ReasonCode, 'ok'>, Phrase>> = {
  malformed: {
    ko: '화면 밝기와 구겨진 종이를 보고 다시 한 번, 아니면 신분증과 증명서를 봐 주세요',
    en: 'Check brightness and creases, try once more, else look at ID and paper',
    ja: '画面の明るさや紙のしわを見てもう一度、だめなら身分証と書類を確認',
    zh: '检查屏幕亮度和纸张折痕后再试一次，否则查看证件和纸质证明',
  },
  'too-long': {
    ko: '출입 코드가 아닌 긴 코드예요. 다른 증명서를 봐 주세요',
    en: 'A long code of another kind: ask for another pass',
    ja: '入場用でない長いコードです。別の証明を確認',
    zh: '是其他用途的长码，请查看其他证明',
  },
  incomplete: {
    ko: '여러 장으로 나뉜 코드예요. 남은 장을 대 주세요',
    en: 'One card of several: hold up the others',
    ja: '分割されたコードです。残りを読み取ってください',
    zh: '此码分为多张，请扫描其余部分',
  },
  'unsupported-format': {
    ko: '웹 주소나 다른 용도의 코드예요. 출입 증명서를 봐 주세요',
    en: 'A web address or another code: ask for the entry pass',
    ja: 'URLなど別用途のコードです。入場証を確認',
    zh: '是网址或其他用途的码，请查看入场凭证',
  },
  'needs-server': {
    ko: '앱 화면의 움직임과 날짜를 보고, 신분증과 맞춰 봐 주세요',
    en: 'Look at the app’s moving screen and its date, compare with the ID',
    ja: 'アプリ画面の動きと日付を見て、身分証と照合',
    zh: '查看应用的动态画面和日期，并与证件核对',
  },
  'unknown-issuer': {
    ko: '신뢰 목록에 없는 기관이에요. 종이 증명서와 신분증을 봐 주세요',
    en: 'Not on the trust list: look at the paper certificate and the ID',
    ja: '信頼リストにない機関です。紙の証明と身分証を確認',
    zh: '不在信任列表中，请查看纸质证明和证件',
  },
  'unknown-key': {
    ko: '새 열쇠일 수 있어요. 증명서를 눈으로 보고, 신뢰 목록을 새로 받아 주세요',
    en: 'Perhaps a new key: look at the certificate, then update the trust list',
    ja: '新しい鍵かもしれません。証明を目視し、リストを更新',
    zh: '可能是新密钥，请人工查看证明并更新信任列表',
  },
  'algorithm-not-allowed': {
    ko: '위조일 수 있어요. 다른 증명서를 요청해 주세요',
    en: 'Perhaps forged: ask for another pass',
    ja: '偽造の可能性があります。別の証明を求めてください',
    zh: '可能为伪造，请要求出示其他证明',
  },
  'bad-signature': {
    ko: '위조되었거나 손상된 코드예요. 다른 증명서를 요청해 주세요',
    en: 'Forged or damaged: ask for another pass',
    ja: '偽造または破損したコードです。別の証明を求めてください',
    zh: '伪造或损坏的码，请要求出示其他证明',
  },
  'key-not-allowed': {
    ko: '그 기관의 권한 밖 코드예요. 다른 증명서를 요청해 주세요',
    en: 'Outside the issuer’s rights: ask for another pass',
    ja: '発行機関の権限外です。別の証明を求めてください',
    zh: '超出签发机构权限，请要求出示其他证明',
  },
  'not-yet-valid': {
    ko: '시작 날짜를 확인해 주세요. 다른 증명서도 괜찮아요',
    en: 'Check its first day; another pass may do',
    ja: '開始日を確認。ほかの証明でも可',
    zh: '请确认生效日期，也可使用其他证明',
  },
  expired: {
    ko: '최근 서류(접종·검사·입장권)가 있는지 봐 주세요',
    en: 'Ask for a newer paper: vaccination, test or ticket',
    ja: '新しい書類（接種・検査・入場券）を確認',
    zh: '请查看较新的证明（接种、检测或门票）',
  },
  'clock-unsure': {
    ko: '기기 시계를 믿을 수 없어요. 증명서의 날짜를 눈으로 봐 주세요',
    en: 'The kiosk’s clock is unsure: read the dates by eye, then set the clock',
    ja: '機器の時計が不確かです。日付を目で確認',
    zh: '设备时钟不可靠，请人工查看日期',
  },
  'bad-claims': {
    ko: '진짜지만 내용이 모자라요. 종이 증명서를 봐 주세요',
    en: 'Genuine, yet incomplete: look at the paper certificate',
    ja: '本物ですが項目が不足。紙の証明を確認',
    zh: '真实但内容不全，请查看纸质证明',
  },
  revoked: {
    ko: '발급 기관이 취소했어요. 새 증명서를 요청해 주세요',
    en: 'Withdrawn by its issuer: ask for a new pass',
    ja: '発行機関が取り消しました。新しい証明を求めてください',
    zh: '已被签发机构撤销，请要求出示新证明',
  },
  'already-used': {
    ko: '조금 전 같은 코드가 들어왔어요. 신분증과 맞춰 봐 주세요',
    en: 'The same code came in before: compare with the ID',
    ja: '同じコードが先に使われています。身分証と照合',
    zh: '同一码之前已使用，请与证件核对',
  },
  'rule-failed': {
    ko: '진짜 증명서지만 입장 규칙에 모자라요. 다른 서류를 봐 주세요',
    en: 'Genuine, but short of this venue’s rule: look at the other papers',
    ja: '本物ですが入場条件に不足。ほかの書類を確認',
    zh: '真实但不满足本场所规则，请查看其他证明',
  },
  'trust-stale': {
    ko: '신뢰 목록을 새로 받아 주세요. 그때까지 증명서를 눈으로 봐 주세요',
    en: 'Update the trust list; until then look at the certificate',
    ja: '信頼リストを更新。それまでは目視で確認',
    zh: '请更新信任列表，在此之前人工查看证明',
  },
  'journal-fault': {
    ko: '기록 장치 문제예요. 증명서를 눈으로 보고 담당자를 불러 주세요',
    en: 'Nothing can be recorded: look at the certificate, call the technician',
    ja: '記録できません。目視で確認し、担当者を呼んでください',
    zh: '无法记录，请人工查看证明并联系技术人员',
  },
};
