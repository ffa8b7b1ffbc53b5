import type { Json } from '../../base/json.ts';
import { COVID_19, RESULT_OF_CODE, TEST_OF_LOINC } from '../../pass/fhir-codes.ts';
import type { Kind } from '../../pass/pass.ts';
import type { Params } from '../params.ts';
import type { Phrase4 } from '../phrase.ts';
import type { Rule } from '../rule.ts';
import { all, at, daysAfter, either, get, is, NOW, notAfter, notBefore, param, TODAY, where } from './expressions.ts';

/** A result from a nucleic acid test (LOINC part LP6464-4) and "not detected", as the EU DCC codes them. */
const PCR = TEST_OF_LOINC.get('94500-6') ?? '';
const NEGATIVE = RESULT_OF_CODE.get('not detected') ?? '';

/** A preset is somebody's choice: it never lapses into letting everybody in, whatever the date. */
const ALWAYS = '2000-01-01T00:00:00Z';
const NEVER = '9999-12-31T23:59:59Z';
const HEALTH: readonly Kind[] = ['vaccination', 'test', 'recovery', 'exemption'];
/** Besides health passes any that carries a birth date may show that its holder is a minor; tickets are for other doors. */
export const KOREAN_ADMITS: readonly Kind[] = [...HEALTH, 'membership', 'other'];
export const KOREAN_STICKERS: readonly Kind[] = HEALTH;

/** Born in the year or later: `dccDateOfBirth` takes the last day that a partial date may mean, in the same year. */
const isMinor = where(
  get('payload.dob'),
  notBefore({ dccDateOfBirth: [get('payload.dob')] }, { plusTime: ['0000-01-01', param('minorBornFrom'), 'year'] }),
  false,
);
const unlessMinor = (condition: Json): Json => either(isMinor, condition);
/** A third dose, or one beyond the series: Janssen's second, one after a recovery and two doses. */
const isBooster = either({ '>=': [get('payload.v.0.dn'), 3] }, { '>': [get('payload.v.0.dn'), get('payload.v.0.sd')] });

export const KOREAN_PARAMS: Params = {
  doseDays: {
    unit: 'days',
    min: 0,
    max: 60,
    default: 14,
    title: {
      ko: '접종 완료 후 지나야 하는 날',
      en: 'days after the last dose',
      ja: '接種完了後の日数',
      zh: '完成接种后的天数',
    },
  },
  testHours: {
    unit: 'hours',
    min: 1,
    max: 168,
    default: 48,
    title: { ko: 'PCR 음성 유효 시간', en: 'hours a PCR test counts', ja: 'PCR検査の有効時間', zh: 'PCR检测有效时间' },
  },
  recoveryDays: {
    unit: 'days',
    min: 1,
    max: 730,
    default: 180,
    title: {
      ko: '격리해제 후 유효한 날',
      en: 'days a recovery counts',
      ja: '隔離解除後の有効日数',
      zh: '解除隔离后有效天数',
    },
  },
};

export const minorBornFrom = (year: number): Params => ({
  minorBornFrom: {
    unit: 'year',
    min: 1990,
    max: 2030,
    default: year,
    title: {
      ko: '이 해 이후 출생자는 예외',
      en: 'minors are those born in this year or later',
      ja: 'この年以降の生まれは免除',
      zh: '该年及以后出生者免除',
    },
  },
});

/** A rule of the preset; its number is its place in the Korean set, the same in each preset. */
export function koreanRule(
  Identifier: string,
  CertificateType: Rule['CertificateType'],
  described: Phrase4,
  AffectedFields: readonly string[],
  Logic: Json,
  ValidFrom = ALWAYS,
): Rule {
  return {
    Identifier,
    Type: 'Acceptance',
    Country: 'KR',
    Version: '1.0.0',
    SchemaVersion: '1.0.0',
    Engine: 'CERTLOGIC',
    EngineVersion: '1.3.3',
    CertificateType,
    Description: (['ko', 'en', 'ja', 'zh'] as const).map((lang) => ({ lang, desc: described[lang] })),
    ValidFrom,
    ValidTo: NEVER,
    AffectedFields: [...AffectedFields],
    Logic,
  };
}

/** Once the series is complete it counts for this many days, to the end of the last. */
export const doseNotTooOld = unlessMinor(
  either(isBooster, notAfter(TODAY, daysAfter('payload.v.0.dtDay', param('validDays')))),
);

/** What both presets ask for. */
export const KOREAN_RULES: readonly Rule[] = [
  koreanRule(
    'GR-KR-0001',
    'General',
    {
      ko: '접종·음성·완치·예외 확인이 필요합니다.',
      en: 'A vaccination, negative test, recovery or exemption is needed.',
      ja: '接種・陰性・回復・免除のいずれかの証明が必要です。',
      zh: '需要接种、阴性、康复或免接种证明。',
    },
    ['kind', 'dob'],
    unlessMinor({ in: [get('payload.kind'), [...HEALTH]] }),
  ),
  koreanRule(
    'VR-KR-0001',
    'Vaccination',
    {
      ko: '코로나19 백신 접종 증명이 아닙니다.',
      en: 'Not a vaccination against COVID-19.',
      ja: '新型コロナワクチンの証明ではありません。',
      zh: '不是新冠疫苗接种证明。',
    },
    ['v.0.tg', 'dob'],
    unlessMinor(is(get('payload.v.0.tg'), COVID_19)),
  ),
  koreanRule(
    'VR-KR-0002',
    'Vaccination',
    {
      ko: '접종을 마치지 않았습니다. 2차(얀센 1차)까지 필요합니다.',
      en: 'The vaccination is not complete: two doses, or one of Janssen.',
      ja: '接種が完了していません（2回、ヤンセンは1回）。',
      zh: '未完成接种：需两剂，杨森为一剂。',
    },
    ['v.0.dn', 'v.0.sd', 'dob'],
    unlessMinor(all({ '>': [get('payload.v.0.sd'), 0] }, { '>=': [get('payload.v.0.dn'), get('payload.v.0.sd')] })),
  ),
  koreanRule(
    'VR-KR-0003',
    'Vaccination',
    {
      ko: '접종 완료 후 아직 충분한 날이 지나지 않았습니다. 3차 접종은 바로 인정됩니다.',
      en: 'Too few days have passed since the last dose; a third dose counts at once.',
      ja: '接種完了からの日数が足りません。3回目は当日から有効です。',
      zh: '完成接种后天数不足；第三剂即时有效。',
    },
    ['v.0.dt', 'v.0.dn', 'v.0.sd', 'dob'],
    unlessMinor(
      where(
        isBooster,
        notBefore(TODAY, at('payload.v.0.dtDay')),
        notBefore(TODAY, daysAfter('payload.v.0.dtDay', param('doseDays'))),
      ),
    ),
  ),
  koreanRule(
    'TR-KR-0001',
    'Test',
    {
      ko: '음성 결과가 아닙니다.',
      en: 'The result is not negative.',
      ja: '陰性の結果ではありません。',
      zh: '结果不是阴性。',
    },
    ['t.0.tr', 't.0.tg'],
    // Whoever has the virus must stay at home, of whatever age.
    all(is(get('payload.t.0.tr'), NEGATIVE), is(get('payload.t.0.tg'), COVID_19)),
  ),
  koreanRule(
    'TR-KR-0002',
    'Test',
    {
      ko: 'PCR 검사만 인정됩니다. 신속항원검사는 인정되지 않습니다.',
      en: 'Only a PCR test counts, a rapid antigen test does not.',
      ja: 'PCR検査のみ有効です。抗原検査は使えません。',
      zh: '仅接受PCR检测，不接受抗原检测。',
    },
    ['t.0.tt', 'dob'],
    unlessMinor(is(get('payload.t.0.tt'), PCR)),
  ),
  koreanRule(
    'TR-KR-0003',
    'Test',
    {
      ko: 'PCR 음성 확인의 유효 시간이 지났거나 아직 시작되지 않았습니다.',
      en: 'The test is too old, or its time is still to come.',
      ja: 'PCR陰性証明の有効時間外です。',
      zh: 'PCR阴性证明不在有效时间内。',
    },
    ['t.0.sc', 'dob'],
    unlessMinor(
      all(
        notBefore(TODAY, at('payload.t.0.scDay')),
        // A sample of this evening has no result yet. One that names its day alone counts from its midnight.
        either(is(get('payload.t.0.sc'), get('payload.t.0.scDay')), notBefore(NOW, at('payload.t.0.sc'))),
        // To the end of the day on which the hours are over: its midnight was not after them.
        notAfter(at('external.site.dayStart'), { plusTime: [get('payload.t.0.sc'), param('testHours'), 'hour'] }),
      ),
    ),
  ),
  koreanRule(
    'RR-KR-0001',
    'Recovery',
    {
      ko: '격리해제 후 인정 기간이 아니거나 증명서 기간이 지났습니다.',
      en: 'Outside the days that a recovery counts, or past the date on the certificate.',
      ja: '隔離解除後の有効期間外か、証明書の期限切れです。',
      zh: '不在解除隔离后的有效期内，或证明已过期。',
    },
    ['r.0.tg', 'r.0.df', 'r.0.du', 'dob'],
    unlessMinor(
      all(
        is(get('payload.r.0.tg'), COVID_19),
        notBefore(TODAY, at('payload.r.0.dfDay')),
        notAfter(TODAY, daysAfter('payload.r.0.dfDay', param('recoveryDays'))),
        notAfter(TODAY, at('payload.r.0.duDay')),
      ),
    ),
  ),
  koreanRule(
    'GR-KR-0002',
    'General',
    {
      ko: '예외 확인서의 기간이 지났습니다.',
      en: 'The exemption has ended.',
      ja: '接種免除証明の期限が切れています。',
      zh: '免接种证明已过期。',
    },
    ['x.0.until', 'dob'],
    unlessMinor(where(get('payload.x.0.until'), notAfter(TODAY, at('payload.x.0.untilDay')), true)),
  ),
];
