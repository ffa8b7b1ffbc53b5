import type { ReasonCode } from '../policy/reasons.ts';
import type { Phrase } from './locale.ts';

/** What the visitor reads under a verdict: the reason in plain words, without blame and without a technical term. */
export const REASON_LINES: Readonly<Record<ReasonCode, Phrase>> = {
  malformed: {
    ko: '코드를 읽지 못했어요',
    en: 'The code could not be read',
    ja: 'コードを読み取れませんでした',
    zh: '无法读取二维码',
  },
  'too-long': {
    ko: '코드가 너무 길어요',
    en: 'The code is too long',
    ja: 'コードが長すぎます',
    zh: '二维码内容过长',
  },
  incomplete: {
    ko: '여러 코드 가운데 일부만 읽었어요',
    en: 'Only a part of the codes was read so far',
    ja: '複数のコードの一部だけ読み取りました',
    zh: '目前只读取了其中一部分',
  },
  'unsupported-format': {
    ko: '출입용 코드가 아니에요',
    en: 'This is not an entry code',
    ja: '入場用のコードではありません',
    zh: '这不是入场码',
  },
  'needs-server': {
    ko: '이 코드는 여기서 확인할 수 없어요',
    en: 'This code cannot be checked here',
    ja: 'このコードはここでは確認できません',
    zh: '此码无法在这里核验',
  },
  'unknown-issuer': {
    ko: '처음 보는 기관의 코드예요',
    en: 'We do not know who issued this code',
    ja: '登録のない機関のコードです',
    zh: '无法识别签发机构',
  },
  'unknown-key': {
    ko: '발급 기관을 확인하지 못했어요',
    en: 'The issuer could not be confirmed',
    ja: '発行機関を確認できませんでした',
    zh: '无法确认签发机构',
  },
  'algorithm-not-allowed': {
    ko: '인정되지 않는 코드예요',
    en: 'This kind of code is not accepted',
    ja: '認められていないコードです',
    zh: '不接受此类二维码',
  },
  'bad-signature': {
    ko: '진짜 코드로 확인되지 않아요',
    en: 'The code is not genuine',
    ja: '正しいコードと確認できません',
    zh: '无法确认此码的真实性',
  },
  'key-not-allowed': {
    ko: '발급 권한을 확인할 수 없어요',
    en: 'The issuer may not issue this code',
    ja: '発行権限を確認できません',
    zh: '签发机构没有此权限',
  },
  'not-yet-valid': {
    ko: '아직 사용할 수 없는 코드예요',
    en: 'The code is not valid yet',
    ja: 'まだ有効になっていません',
    zh: '此码尚未生效',
  },
  expired: {
    ko: '기간이 지난 코드예요',
    en: 'The code has expired',
    ja: '有効期限が切れています',
    zh: '此码已过期',
  },
  'clock-unsure': {
    ko: '기기의 날짜가 확실하지 않아요',
    en: 'Our clock is not sure of the date',
    ja: '機器の日付が確かではありません',
    zh: '设备的日期无法确定',
  },
  'bad-claims': {
    ko: '코드에 빠진 내용이 있어요',
    en: 'Something is missing in the code',
    ja: 'コードに足りない項目があります',
    zh: '二维码内容不完整',
  },
  revoked: {
    ko: '취소된 코드예요',
    en: 'The code was withdrawn',
    ja: '取り消されたコードです',
    zh: '此码已被撤销',
  },
  'already-used': {
    ko: '이미 사용한 코드예요',
    en: 'The code was already used',
    ja: 'すでに使用されたコードです',
    zh: '此码已使用过',
  },
  'rule-failed': {
    ko: '이 코드만으로는 부족해요',
    en: 'This code alone is not enough',
    ja: 'このコードだけでは足りません',
    zh: '仅凭此码还不够',
  },
  'trust-stale': {
    ko: '확인 자료가 오래됐어요',
    en: 'Our checking data is old',
    ja: '照合データが古くなっています',
    zh: '核验数据已过时',
  },
  'journal-fault': {
    ko: '기기에 문제가 있어요. 코드는 괜찮아요',
    en: 'The trouble is ours, not your code',
    ja: '機器の不具合です。コードの問題ではありません',
    zh: '是设备问题，不是您的二维码',
  },
  ok: {
    ko: '확인됐어요',
    en: 'All is well',
    ja: '確認できました',
    zh: '核验通过',
  },
};
