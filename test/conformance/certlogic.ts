import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonArray, isJsonObject, type Json, type JsonObject, parseJson } from '../../src/base/json.ts';
import { checkLogic, contextOf, evaluateLogic } from '../../src/policy/certlogic.ts';
import { MAX_POLICY_DEPTH, parsePolicy } from '../../src/policy/policy.ts';
import { Comparison, type Report, together } from './report.ts';
import { filesBelow, textIn } from './vector-files.ts';

const MAX_ITEMS = 10_000_000;
const NO_PARAMS: ReadonlySet<string> = new Set();

function jsonIn(text: string): Json {
  const parsed = parseJson(text, MAX_ITEMS, MAX_POLICY_DEPTH);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const listIn = (value: Json | undefined): readonly JsonObject[] =>
  isJsonArray(value) ? value.filter(isJsonObject) : [];
const objectsIn = (path: string): readonly JsonObject[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => jsonIn(line) as JsonObject);

/** The value as JSON writes it, so that a `Date` is the text that the suites expect. */
function evaluated(logic: Json, context: Json): string {
  const outcome = evaluateLogic(logic, contextOf(context));
  return outcome.ok ? JSON.stringify(outcome.value) : `throws: ${outcome.error}`;
}

/** Every assertion of the specification's evaluator suites that upstream does not skip itself, through our gates. */
export function runCertLogicSuites(dir: string): Report {
  const comparison = new Comparison();
  for (const file of readdirSync(join(dir, 'testSuite')).sort()) {
    const suite = jsonIn(readFileSync(join(dir, 'testSuite', file), 'utf8')) as JsonObject;
    for (const each of listIn(suite['cases'])) {
      for (const [at, assertion] of listIn(each['assertions']).entries()) {
        if ([suite, each, assertion].some(({ directive }) => directive === 'skip')) continue;
        const logic = assertion['certLogicExpression'] ?? each['certLogicExpression'] ?? null;
        const name = `${file}: ${String(each['name'])} ${at}`;
        const checked = checkLogic(logic, NO_PARAMS);
        const seen = checked.ok ? evaluated(logic, assertion['data'] ?? null) : checked.error;
        comparison.note(`${name}: ${seen}`, seen === JSON.stringify(assertion['expected']), true);
      }
    }
  }
  return comparison;
}

/** The suites of expressions that a validator must find good or faulty. */
export function runCertLogicValidation(dir: string): Report {
  const comparison = new Comparison();
  for (const file of readdirSync(join(dir, 'validation-testSuite')).sort()) {
    const suite = jsonIn(readFileSync(join(dir, 'validation-testSuite', file), 'utf8')) as JsonObject;
    for (const [at, each] of listIn(suite['cases']).entries()) {
      const checked = checkLogic(each['certLogicExpression'] ?? null, NO_PARAMS);
      comparison.note(`${file} ${at}`, checked.ok, listIn(each['issues']).length === 0);
    }
  }
  return comparison;
}

/** A policy file around published rules, as an owner would write it. */
export function policyAround(rules: readonly Json[]): string {
  const title = { ko: '규칙', en: 'Rules', ja: '規則', zh: '规则' };
  return JSON.stringify({ id: 'published', title, admits: ['vaccination', 'test', 'recovery'], rules });
}

export interface RuleReport extends Report {
  /** Rules that could not be imported as they are. */
  readonly unimported: readonly string[];
}

/**
 * The published business rules of the member states: each imports as it is, and each published test of it gets the
 * published verdict. The payload is upstream's, without the normalising that a scan's claims go through.
 */
export function runBusinessRules(dir: string): RuleReport {
  const comparison = new Comparison();
  const unimported: string[] = [];
  const valueSets = jsonIn(readFileSync(join(dir, 'business-rules', 'valuesets.json'), 'utf8')) as JsonObject;
  const logics = new Map<string, Json>();
  for (const { file, rule } of objectsIn(join(dir, 'business-rules', 'rules.jsonl'))) {
    const policy = parsePolicy(policyAround([rule ?? null]), String(file));
    const logic = policy.ok ? policy.value.rules[0]?.Logic : undefined;
    if (logic === undefined) unimported.push(policy.ok ? String(file) : policy.error);
    else logics.set(String(file), logic);
  }
  for (const test of objectsIn(join(dir, 'business-rules', 'tests.jsonl'))) {
    const logic = logics.get(String(test['rule']));
    if (logic === undefined) continue;
    const external = {
      ...(test['external'] as JsonObject),
      valueSets: valueSets[String(test['valueSets'])] ?? null,
    };
    const holds = evaluated(logic, { payload: test['payload'] ?? null, external }) === 'true';
    comparison.note(String(test['file']), holds, test['expected'] === true);
  }
  return { ...comparison, unimported };
}

/** The same rules and tests as upstream lays them out: a folder for each rule, with `rule.json` and `tests`. */
function runRuleFolders(dir: string): Report {
  const comparison = new Comparison();
  for (const path of filesBelow(dir, /(^|\/)rule\.json$/)) {
    const folder = join(dir, path, '..');
    const rule = jsonIn(textIn(join(dir, path))) as JsonObject;
    const policy = parsePolicy(policyAround([rule]), path);
    const logic = policy.ok ? policy.value.rules[0]?.Logic : undefined;
    if (!existsSync(join(folder, 'tests'))) continue;
    for (const name of filesBelow(join(folder, 'tests'), /\.json$/)) {
      const test = jsonIn(textIn(join(folder, 'tests', name))) as JsonObject;
      const context = { payload: test['payload'] ?? null, external: test['external'] ?? null };
      const holds = logic !== undefined && evaluated(logic, context) === 'true';
      comparison.note(`${path} ${name}`, holds, test['expected'] === true);
    }
  }
  return comparison;
}

/** A rule that does not import as it is disagrees, for each is one that a state has published. */
function runImported(dir: string): Report {
  const { unimported, ...report } = runBusinessRules(dir);
  const refused = unimported.map((rule) => `${rule}: not imported`);
  return { ...report, vectors: report.vectors + refused.length, disagreements: [...report.disagreements, ...refused] };
}

/** All of the above, wherever it lies below a folder; null where there is none of it. */
export function runCertLogic(dir: string): Report | null {
  const holding = (path: RegExp): readonly string[] => [
    ...new Set(filesBelow(dir, path).map((found) => join(dir, found.replace(path, '')))),
  ];
  const reports = [
    ...holding(/(^|\/)testSuite\/[^/]+\.json$/).map(runCertLogicSuites),
    ...holding(/(^|\/)validation-testSuite\/[^/]+\.json$/).map(runCertLogicValidation),
    ...holding(/(^|\/)business-rules\/rules\.jsonl$/).map(runImported),
    runRuleFolders(dir),
  ];
  const all = together(reports);
  return all.vectors === 0 ? null : all;
}
