import type { StaffReason } from '../../src/policy/staff-reasons.ts';
import type { Fault, PrintedSticker, StaffButton, WalletPass, World } from '../../src/simulation/world.ts';

/** A white picture of one dot: the smallest PNG that a browser shows. */
const ONE_DOT_PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=',
  'base64',
);

export const WALLET: readonly WalletPass[] = [
  {
    id: 'vaccinated',
    title: { ko: '접종 증명서', en: 'Vaccination certificate' },
    note: { ko: '3차 접종, 유효해요', en: 'Third dose, in date' },
    format: 'eu-dcc',
    expect: 'admit',
    lines: ['HC1:DEMO GOOD'],
  },
  {
    id: 'card-of-two',
    title: { ko: '두 장짜리 건강 카드', en: 'Health card of two codes' },
    note: { ko: '두 코드를 차례로 대요', en: 'Both codes are held up in turn' },
    format: 'smart-health-card',
    expect: 'admit',
    lines: ['shc:/1/2/567629', 'shc:/2/2/095243'],
  },
  {
    id: 'server-bound',
    title: { ko: 'COOV 앱의 QR', en: 'QR of the COOV app' },
    note: { ko: '서버가 있어야만 확인돼요', en: 'Only its server could judge it' },
    format: 'coov-session',
    expect: 'assist',
    lines: ['coov-session-demo'],
  },
  {
    id: 'forged',
    title: { ko: '위조 증명서', en: 'Forged certificate' },
    note: { ko: '서명이 맞지 않아요', en: 'Its signature does not fit' },
    format: 'entry-pass',
    expect: 'refuse',
    lines: ['\u00ff\u0000binary'],
  },
  {
    id: 'endless',
    title: { ko: '너무 긴 코드', en: 'Endless code' },
    note: { ko: 'QR에 담기지 않아요', en: 'No QR code holds it' },
    format: 'url',
    expect: 'assist',
    lines: ['x'.repeat(3_000)],
  },
];

export interface FakeWorld {
  readonly world: World;
  /** What was held up, in order. */
  readonly scanned: readonly Buffer[];
  readonly pressed: readonly StaffButton[];
  /** The presentation that each press was for. */
  readonly pressedFor: readonly (number | null)[];
  readonly because: readonly StaffReason[];
  left(): number;
  print(sticker: PrintedSticker): void;
}

export function sticker(id: string, png: Buffer = ONE_DOT_PNG): PrintedSticker {
  return { id, printedAt: '2021-12-13T02:40:00.000Z', token: `token-of-${id}`, png };
}

/** A world that remembers what was done to it; `onScan` plays the kiosk. */
export function fakeWorld(onScan: (line: Buffer) => void = () => {}): FakeWorld {
  const scanned: Buffer[] = [];
  const pressed: StaffButton[] = [];
  const pressedFor: (number | null)[] = [];
  const because: StaffReason[] = [];
  let left = 0;
  const listeners = new Set<() => void>();
  let stickers: readonly PrintedSticker[] = [];
  let faults: Readonly<Record<Fault, boolean>> = {
    'scanner-unplugged': false,
    'paper-out': false,
    'disk-full': false,
    'clock-wrong': false,
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    scanned,
    pressed,
    pressedFor,
    because,
    left: () => left,
    print(next) {
      stickers = [next, ...stickers];
      tell();
    },
    world: {
      wallet: () => WALLET,
      scan(line) {
        scanned.push(line);
        onScan(line);
      },
      press: (button, scan, reason) => {
        pressed.push(button);
        pressedFor.push(scan);
        because.push(reason);
      },
      leave: () => {
        left += 1;
      },
      faults: () => faults,
      setFault(fault, on) {
        faults = { ...faults, [fault]: on };
        tell();
      },
      stickers: () => stickers,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}
