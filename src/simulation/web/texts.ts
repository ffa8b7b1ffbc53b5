import type { DeviceCondition } from '../../base/device.ts';
import type { VerdictName } from '../../policy/reasons.ts';
import type { StaffReason } from '../../policy/staff-reasons.ts';
import type { Fault, StaffButton } from '../world.ts';

export type Language = 'ko' | 'en';
type Text = Readonly<Record<Language, string>>;

export const TEXTS = {
  tagline: {
    ko: '서버 없이 확인하는 문 앞의 키오스크',
    en: 'A door kiosk that checks passes without any server',
  },
  simulator: { ko: '시뮬레이터', en: 'Simulator' },
  door: { ko: '문 앞', en: 'At the door' },
  wallet: { ko: '데모 지갑', en: 'Demo wallet' },
  walletHint: { ko: '카드를 누르면 리더기에 대요', en: 'Press a card to hold it up to the reader' },
  holdUp: { ko: '리더기에 대기', en: 'Hold up' },
  showCode: { ko: 'QR 보기', en: 'Show QR' },
  close: { ko: '닫기', en: 'Close' },
  staff: { ko: '직원 버튼', en: 'Staff buttons' },
  because: { ko: '직원의 근거', en: 'Staff saw' },
  oneLeaves: { ko: '한 명 나감', en: 'One leaves' },
  faults: { ko: '고장 내기', en: 'Break something' },
  stickers: { ko: '나온 스티커', en: 'Printed stickers' },
  noStickers: {
    ko: '종이 증명서를 확인한 뒤 스티커 버튼을 눌러 보세요',
    en: 'Hold up a paper pass, then press the sticker button',
  },
  recent: { ko: '최근 판정', en: 'Last verdicts' },
  noRecent: { ko: '아직 없어요', en: 'None yet' },
  anything: { ko: '아무 코드나 대 보기', en: 'Scan anything' },
  anythingHint: { ko: 'QR 내용을 붙여 넣으세요', en: 'Paste what a QR code says' },
  soundOn: { ko: '소리 켜기', en: 'Sound on' },
  soundOff: { ko: '소리 끄기', en: 'Sound off' },
  fullScreen: { ko: '손님 화면 크게 보기', en: 'The visitor’s screen alone' },
  rawState: { ko: '상태 JSON', en: 'State as JSON' },
  screenTitle: { ko: '손님 화면', en: 'The visitor’s screen' },
  locked: { ko: '잠김', en: 'Locked' },
  released: { ko: '열림', en: 'Released' },
  buzzer: { ko: '부저', en: 'Buzzer' },
  reader: { ko: '리더기', en: 'Reader' },
  printer: { ko: '프린터', en: 'Printer' },
  lamps: { ko: '표시등', en: 'Lamps' },
  voice: { ko: '음성', en: 'Voice' },
  journal: { ko: '기록', en: 'Journal' },
  trust: { ko: '신뢰 목록', en: 'Trust list' },
  clock: { ko: '시계', en: 'Clock' },
  sure: { ko: '확실', en: 'sure' },
  unsure: { ko: '불확실', en: 'unsure' },
  silent: {
    ko: '키오스크가 응답하지 않아요. 다시 연결하고 있어요…',
    en: 'The kiosk does not answer. Reconnecting…',
  },
} as const satisfies Record<string, Text>;

export const VERDICTS: Readonly<Record<VerdictName, Text>> = {
  admit: { ko: '들어오세요', en: 'Admit' },
  assist: { ko: '직원 확인', en: 'Assist' },
  refuse: { ko: '거절', en: 'Refuse' },
};

export const BUTTONS: Readonly<Record<StaffButton, Text>> = {
  admit: { ko: '들여보내기', en: 'Let in' },
  refuse: { ko: '돌려보내기', en: 'Turn away' },
  sticker: { ko: '스티커 발급', en: 'Print a sticker' },
};

export const BECAUSE: Readonly<Record<StaffReason, Text>> = {
  papers: { ko: '다른 증명서를 확인함', en: 'Other papers' },
  'issuer-app': { ko: '발급 앱에서 확인함', en: 'The issuer’s own app' },
  known: { ko: '직원이 아는 분', en: 'Somebody they know' },
  'not-theirs': { ko: '본인 증명서가 아님', en: 'Somebody else’s pass' },
  'nothing-else': { ko: '다른 증명서 없음', en: 'Nothing else to show' },
  'not-said': { ko: '말하지 않음', en: 'Not said' },
};

export const FAULT_NAMES: Readonly<Record<Fault, Text>> = {
  'scanner-unplugged': { ko: '리더기 뽑기', en: 'Unplug the reader' },
  'paper-out': { ko: '용지 빼기', en: 'Take the paper out' },
  'disk-full': { ko: '디스크 채우기', en: 'Fill the disk' },
  'clock-wrong': { ko: '시계 틀리게', en: 'Set the clock wrong' },
};

export const CONDITIONS: Readonly<Record<DeviceCondition, Text>> = {
  ready: { ko: '정상', en: 'ready' },
  lost: { ko: '끊김', en: 'lost' },
  fault: { ko: '고장', en: 'fault' },
  absent: { ko: '없음', en: 'none' },
};
