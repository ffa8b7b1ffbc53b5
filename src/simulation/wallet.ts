import { randomBytes } from 'node:crypto';
import { DAY_MS, formatInstant, HOUR_MS, SECOND_MS } from '../base/time.ts';
import type { DemoIssuers } from './demo-issuers.ts';
import { signEntryPass, signEuDcc, signHealthCard } from './demo-passes.ts';
import type { WalletPass } from './world.ts';

const DEMO_NAME = { fn: '홍', gn: '길동', fnt: 'HONG', gnt: 'GILDONG' };
const DEMO_BIRTH = '1958-03-01';
const YEAR_MS = 365 * DAY_MS;

/** A pass of the wallet before it is numbered, with the one that is presented as used up already. */
export interface Wallet {
  readonly passes: readonly WalletPass[];
  /** The line of the ticket that somebody has used before the visitor came. */
  readonly usedLine: string;
}

const day = (atMs: number): string => formatInstant(atMs).slice(0, 10);
const secondsAt = (atMs: number): number => Math.floor(atMs / SECOND_MS);
const uniqueName = (): string => randomBytes(9).toString('base64url');

/** Signs the demo passes: good ones of each format, and one of each thing that goes wrong at a door. */
export async function signWallet(issuers: DemoIssuers, nowMs: number): Promise<Wallet> {
  const good = { iat: secondsAt(nowMs - 30 * DAY_MS), exp: secondsAt(nowMs + YEAR_MS) };
  const past = { iat: secondsAt(nowMs - 60 * DAY_MS), exp: secondsAt(nowMs - DAY_MS) };
  const dcc = signEuDcc(vaccination(nowMs), good, issuers.dcc);
  const usedLine = await signEntryPass(
    { jti: uniqueName(), kind: 'ticket', product: 'Yesterday', single: true },
    good,
    issuers.entry,
  );
  const passes: WalletPass[] = [
    pass(
      'dcc',
      '백신 증명서',
      'Vaccination certificate',
      '종이 증명서의 QR입니다. 열립니다',
      'The QR of a paper certificate. Opens',
      'eu-dcc',
      'admit',
      [dcc],
    ),
    pass(
      'card',
      '건강 카드',
      'SMART Health Card',
      '다른 나라의 건강 카드. 열립니다',
      'A health card from abroad. Opens',
      'smart-health-card',
      'admit',
      signHealthCard(card(issuers.card.issuer, nowMs), issuers.card, 1),
    ),
    pass(
      'card-parts',
      '건강 카드, QR 두 개',
      'Health card in two codes',
      '두 개를 차례로 비춥니다. 열립니다',
      'Both codes, one after the other. Opens',
      'smart-health-card',
      'admit',
      signHealthCard(card(issuers.card.issuer, nowMs - HOUR_MS), issuers.card, 2),
    ),
    pass(
      'member',
      '회원권',
      'Membership',
      '이 가게가 직접 발급한 출입증. 열립니다',
      'A pass that this venue issued itself. Opens',
      'entry-pass',
      'admit',
      [await signEntryPass({ jti: uniqueName(), kind: 'membership', nam: DEMO_NAME }, good, issuers.entry)],
    ),
    pass(
      'ticket',
      '입장권, 한 번만',
      'Ticket, one entry',
      '처음에는 열리고, 다음부터는 열리지 않습니다',
      'Opens the first time, never again',
      'entry-pass',
      'admit',
      [
        await signEntryPass(
          { jti: uniqueName(), kind: 'ticket', product: 'Munjigi Demo Concert', single: true },
          good,
          issuers.entry,
        ),
      ],
    ),
    pass(
      'used',
      '이미 쓴 입장권',
      'Used ticket',
      '누군가 이미 사용했습니다',
      'Somebody came in with it already',
      'entry-pass',
      'refuse',
      [usedLine],
    ),
    pass(
      'expired',
      '기간이 지난 검사 결과',
      'Expired test',
      '진짜이지만 기간이 끝났습니다',
      'Genuine, but past its date',
      'eu-dcc',
      'refuse',
      [signEuDcc(test(nowMs - 20 * DAY_MS), past, issuers.dcc)],
    ),
    pass(
      'forged',
      '위조된 증명서',
      'Forged certificate',
      '내용을 고쳐 서명이 맞지 않습니다',
      'Altered: its signature does not fit',
      'eu-dcc',
      'refuse',
      [signEuDcc(vaccination(nowMs), good, issuers.dcc, forge)],
    ),
    pass(
      'stranger',
      '모르는 발급자',
      'Unknown issuer',
      '발급자를 몰라 직원이 봅니다',
      'Nobody here knows its issuer: staff look',
      'entry-pass',
      'assist',
      [await signEntryPass({ jti: uniqueName(), kind: 'ticket' }, good, issuers.stranger)],
    ),
    pass(
      'coov',
      'COOV 화면의 QR',
      'COOV session code',
      '서버 주소뿐이라 확인할 수 없어 직원이 봅니다',
      'Only a server address inside: staff look',
      'coov-session',
      'assist',
      ['did:infra:vp:wss.coov.io/3/Zk3vq0pX7nTq2bYHAAAB'],
    ),
  ];
  return { passes, usedLine };
}

function pass(
  id: string,
  ko: string,
  en: string,
  noteKo: string,
  noteEn: string,
  format: WalletPass['format'],
  expect: WalletPass['expect'],
  lines: readonly string[],
): WalletPass {
  return { id, title: { ko, en }, note: { ko: noteKo, en: noteEn }, format, expect, lines };
}

const vaccination = (nowMs: number) => ({
  ver: '1.3.0',
  nam: DEMO_NAME,
  dob: DEMO_BIRTH,
  v: [
    {
      tg: '840539006',
      vp: '1119349007',
      mp: 'EU/1/20/1528',
      ma: 'ORG-100030215',
      dn: 2,
      sd: 2,
      dt: day(nowMs - 60 * DAY_MS),
      co: 'KR',
      is: 'Munjigi demo issuer',
      ci: `URN:UVCI:01:KR:DEMO${randomBytes(6).toString('hex').toUpperCase()}`,
    },
  ],
});

const test = (sampledMs: number) => ({
  ver: '1.3.0',
  nam: DEMO_NAME,
  dob: DEMO_BIRTH,
  t: [
    {
      tg: '840539006',
      tt: 'LP6464-4',
      nm: 'Demo PCR',
      sc: formatInstant(sampledMs),
      tr: '260415000',
      tc: 'Munjigi demo laboratory',
      co: 'KR',
      is: 'Munjigi demo issuer',
      ci: `URN:UVCI:01:KR:DEMO${randomBytes(6).toString('hex').toUpperCase()}`,
    },
  ],
});

const card = (issuer: string, issuedMs: number) => ({
  iss: issuer,
  nbf: secondsAt(issuedMs - DAY_MS),
  vc: {
    type: [
      'https://smarthealth.cards#health-card',
      'https://smarthealth.cards#immunization',
      'https://smarthealth.cards#covid19',
    ],
    credentialSubject: {
      fhirVersion: '4.0.1',
      fhirBundle: {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          {
            fullUrl: 'resource:0',
            resource: {
              resourceType: 'Patient',
              name: [{ family: DEMO_NAME.fnt, given: [DEMO_NAME.gnt] }],
              birthDate: DEMO_BIRTH,
            },
          },
          ...[90, 60].map((daysAgo, index) => ({
            fullUrl: `resource:${index + 1}`,
            resource: {
              resourceType: 'Immunization',
              status: 'completed',
              vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '208' }] },
              patient: { reference: 'resource:0' },
              occurrenceDateTime: day(issuedMs - daysAgo * DAY_MS),
              performer: [{ actor: { display: 'Munjigi demo clinic' } }],
            },
          })),
        ],
      },
    },
  },
});

/** Makes the bearer another one: the same length, so that only the signature can tell. */
function forge(payload: Buffer): Buffer {
  const text = payload.toString('latin1').replaceAll('HONG', 'KANG');
  return Buffer.from(text, 'latin1');
}
