import { randomBytes } from 'node:crypto';
import { DAY_MS, HOUR_MS } from '../base/time.ts';
import { cardOf, DEMO_NAME, secondsAt, testOf, vaccinationOf } from './demo-documents.ts';
import type { DemoIssuers } from './demo-issuers.ts';
import { signEntryPass, signEuDcc, signHealthCard } from './demo-passes.ts';
import type { WalletPass } from './world.ts';

const YEAR_MS = 365 * DAY_MS;

export interface Wallet {
  readonly passes: readonly WalletPass[];
  /** The line of the ticket that somebody has used before the visitor came. */
  readonly usedLine: string;
}

const uniqueName = (): string => randomBytes(9).toString('base64url');

/** Signs the demo passes: good ones of each format, and one of each thing that goes wrong at a door. */
export async function signWallet(issuers: DemoIssuers, nowMs: number): Promise<Wallet> {
  const good = { iat: secondsAt(nowMs - 30 * DAY_MS), exp: secondsAt(nowMs + YEAR_MS) };
  const past = { iat: secondsAt(nowMs - 60 * DAY_MS), exp: secondsAt(nowMs - DAY_MS) };
  const { dcc, card, entry, stranger } = issuers;
  const ticket = { kind: 'ticket', product: 'Munjigi Demo Concert', single: true };
  const usedLine = await signEntryPass({ ...ticket, jti: uniqueName() }, good, entry);
  const passes: readonly WalletPass[] = [
    {
      id: 'dcc',
      title: { ko: '백신 증명서', en: 'Vaccination certificate' },
      note: { ko: '종이 증명서의 QR입니다. 열립니다', en: 'The QR of a paper certificate. Opens' },
      format: 'eu-dcc',
      expect: 'admit',
      lines: [signEuDcc(vaccinationOf(nowMs), good, dcc)],
    },
    {
      id: 'card',
      title: { ko: '건강 카드', en: 'SMART Health Card' },
      note: { ko: '다른 나라의 건강 카드. 열립니다', en: 'A health card from abroad. Opens' },
      format: 'smart-health-card',
      expect: 'admit',
      lines: signHealthCard(cardOf(card.issuer, nowMs), card, 1),
    },
    {
      id: 'card-parts',
      title: { ko: '건강 카드, QR 두 개', en: 'Health card in two codes' },
      note: { ko: '두 개를 차례로 비춥니다. 열립니다', en: 'Both codes, one after the other. Opens' },
      format: 'smart-health-card',
      expect: 'admit',
      lines: signHealthCard(cardOf(card.issuer, nowMs - HOUR_MS), card, 2),
    },
    {
      id: 'member',
      title: { ko: '회원권', en: 'Membership' },
      note: { ko: '이 가게가 직접 발급한 출입증. 열립니다', en: 'A pass that this venue issued itself. Opens' },
      format: 'entry-pass',
      expect: 'admit',
      lines: [await signEntryPass({ jti: uniqueName(), kind: 'membership', nam: DEMO_NAME }, good, entry)],
    },
    {
      id: 'ticket',
      title: { ko: '입장권, 한 번만', en: 'Ticket, one entry' },
      note: { ko: '처음에는 열리고, 다음부터는 열리지 않습니다', en: 'Opens the first time, never again' },
      format: 'entry-pass',
      expect: 'admit',
      lines: [await signEntryPass({ ...ticket, jti: uniqueName() }, good, entry)],
    },
    {
      id: 'used',
      title: { ko: '이미 쓴 입장권', en: 'Used ticket' },
      note: { ko: '누군가 이미 사용했습니다', en: 'Somebody came in with it already' },
      format: 'entry-pass',
      expect: 'refuse',
      lines: [usedLine],
    },
    {
      id: 'expired',
      title: { ko: '기간이 지난 검사 결과', en: 'Expired test' },
      note: { ko: '진짜이지만 기간이 끝났습니다', en: 'Genuine, but past its date' },
      format: 'eu-dcc',
      expect: 'refuse',
      lines: [signEuDcc(testOf(nowMs - 20 * DAY_MS), past, dcc)],
    },
    {
      id: 'forged',
      title: { ko: '위조된 증명서', en: 'Forged certificate' },
      note: { ko: '이름을 고쳐 서명이 맞지 않습니다', en: 'The name was altered: its signature does not fit' },
      format: 'eu-dcc',
      expect: 'refuse',
      lines: [signEuDcc(vaccinationOf(nowMs), good, dcc, forge)],
    },
    {
      id: 'stranger',
      title: { ko: '모르는 발급자', en: 'Unknown issuer' },
      note: { ko: '발급자를 몰라 직원이 봅니다', en: 'Nobody here knows its issuer: staff look' },
      format: 'entry-pass',
      expect: 'assist',
      lines: [await signEntryPass({ jti: uniqueName(), kind: 'ticket' }, good, stranger)],
    },
    {
      id: 'coov',
      title: { ko: 'COOV 화면의 QR', en: 'COOV session code' },
      note: { ko: '서버 주소뿐이라 확인할 수 없어 직원이 봅니다', en: 'Only a server address inside: staff look' },
      format: 'coov-session',
      expect: 'assist',
      lines: ['did:infra:vp:wss.coov.io/3/Zk3vq0pX7nTq2bYHAAAB'],
    },
  ];
  return { passes, usedLine };
}

/** Makes the bearer another one: the same length, so that only the signature can tell. */
function forge(payload: Buffer): Buffer {
  const text = payload.toString('latin1').replaceAll('HONG', 'KANG');
  return Buffer.from(text, 'latin1');
}
