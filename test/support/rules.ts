import type { Json } from '../../src/base/json.ts';
import { type Policy, parsePolicy } from '../../src/policy/policy.ts';

/** A rule as the EU publishes it, about every pass, in force for as long as any test runs. */
export const ruleOf = (Logic: unknown, members: object = {}): object => ({
  Identifier: 'GR-KR-0009',
  Type: 'Acceptance',
  Country: 'KR',
  Version: '1.0.0',
  SchemaVersion: '1.0.0',
  Engine: 'CERTLOGIC',
  EngineVersion: '1.3.3',
  CertificateType: 'General',
  Description: [{ lang: 'en', desc: 'What the rule asks for.' }],
  ValidFrom: '2021-01-01T00:00:00Z',
  ValidTo: '2099-12-31T00:00:00Z',
  AffectedFields: [],
  Logic,
  ...members,
});

export const policyText = (members: object): string =>
  JSON.stringify({
    id: 'rules',
    title: { ko: '규칙', en: 'Rules', ja: '規則', zh: '规则' },
    admits: ['vaccination', 'test', 'recovery', 'exemption', 'ticket', 'membership', 'other'],
    ...members,
  });

/** A policy of some rules, read as a file would be. */
export function policyOf(rules: readonly object[], members: object = {}): Policy {
  const parsed = parsePolicy(policyText({ rules, ...members }), 'rules.json');
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** What reading a policy with this one expression says: the sentence, or `taken`. */
export function sentenceAbout(logic: Json | object, members: object = {}): string {
  const parsed = parsePolicy(policyText({ rules: [ruleOf(logic)], ...members }), 'rules.json');
  return parsed.ok ? 'taken' : parsed.error;
}
