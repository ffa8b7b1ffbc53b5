import type { Policy } from '../policy.ts';
import type { Rule } from '../rule.ts';
import { all, either, get, is, param, where } from './expressions.ts';

const rule = (
  Identifier: string,
  described: readonly [ko: string, en: string, ja: string, zh: string],
  AffectedFields: readonly string[],
  Logic: Rule['Logic'],
): Rule => {
  const [ko, en, ja, zh] = described;
  return {
    Identifier,
    Type: 'Acceptance',
    Country: 'KR',
    Version: '1.0.0',
    SchemaVersion: '1.0.0',
    Engine: 'CERTLOGIC',
    EngineVersion: '1.3.3',
    CertificateType: 'General',
    Description: Object.entries({ ko, en, ja, zh }).map(([lang, desc]) => ({ lang, desc })),
    ValidFrom: '2021-01-01T00:00:00Z',
    ValidTo: '9999-12-31T23:59:59Z',
    AffectedFields: [...AffectedFields],
    Logic,
  };
};

const HOUR = get('external.site.hour');
const hasBegun = { '>=': [HOUR, param('fromHour')] };
const hasNotEnded = { '<': [HOUR, param('untilHour')] };

/**
 * A ticket opens the door once, inside the hours of the event, in the site's zone, if it is for the product that is asked
 * for. The house's own choice, no law; the ticket's own dates are checked before any rule.
 */
export const eventTicket: Policy = {
  id: 'event-ticket',
  title: { ko: '행사 입장권', en: 'Event ticket', ja: 'イベントチケット', zh: '活动门票' },
  admits: ['ticket'],
  rules: [
    rule(
      'event-product',
      [
        '이 행사의 입장권이 아닙니다.',
        'A ticket for something else.',
        '別のイベントのチケットです。',
        '不是本活动的门票。',
      ],
      ['ticket.product'],
      either(is(param('product'), 0), is(get('payload.ticket.productNumber'), param('product'))),
    ),
    rule(
      'event-hours',
      ['입장 시간이 아닙니다.', 'Outside the hours of entry.', '入場時間ではありません。', '不在入场时间内。'],
      [],
      where(
        { '<': [param('fromHour'), param('untilHour')] },
        all(hasBegun, hasNotEnded),
        either(hasBegun, hasNotEnded),
      ),
    ),
  ],
  params: {
    product: {
      unit: 'none',
      min: 0,
      max: 999_999,
      default: 0,
      title: {
        ko: '상품 번호 (0은 모두)',
        en: 'number of the product, 0 for any',
        ja: '商品番号（0はすべて）',
        zh: '产品编号（0表示全部）',
      },
    },
    fromHour: {
      unit: 'hours',
      min: 0,
      max: 23,
      default: 0,
      title: { ko: '입장 시작', en: 'entry begins at hour', ja: '入場開始', zh: '入场开始' },
    },
    untilHour: {
      unit: 'hours',
      min: 0,
      max: 24,
      default: 24,
      title: { ko: '입장 끝', en: 'entry ends at hour', ja: '入場終了', zh: '入场结束' },
    },
  },
  hours: [],
  reuse: { mode: 'single', minutes: 10, samePerson: 'ignore' },
  stale: 'mark',
  clockUnsure: 'assist',
  verdicts: {},
  party: { withoutPass: 0 },
  // A sticker for a ticket that opens once would never open anything.
  sticker: { kinds: [], maxDays: 1 },
};
