import type { Result } from '../../src/base/result.ts';
import type { WallTime } from '../../src/base/time.ts';
import { authenticate } from '../../src/pass/authenticate.ts';
import { assemble, NO_CHUNKS } from '../../src/pass/chunks.ts';
import type { Presented } from '../../src/pass/format.ts';
import { inspect } from '../../src/pass/inspect.ts';
import type { Pass, Refusal } from '../../src/pass/pass.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { decide, decideRefusal, NO_HISTORY } from '../../src/policy/decide.ts';
import { factsOf } from '../../src/policy/facts.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { PRESETS, presetNamed } from '../../src/policy/presets.ts';
import type { VerdictName } from '../../src/policy/reasons.ts';
import { around } from '../support/passes.ts';
import type { Case } from './case.ts';

export type Outcome = Result<Pass, Refusal>;
/** What stands for `authenticate`: itself, or a broken one in a control. */
export type Authenticate = (presented: Presented, trust: Trust, now: WallTime) => Outcome;

export const genuine: Authenticate = authenticate;

/** All that a scan goes through up to its verdict, and what came of it. */
export interface Judged {
  readonly presented: Presented;
  readonly outcome: Outcome;
  /** Under `any-genuine`. */
  readonly verdict: VerdictName;
  /** What `pass inspect` says, where it was asked. */
  readonly told: string | null;
  /** By the wall clock: never less than the time of the processor. */
  readonly tookMs: number;
}

const ZONE = 'Asia/Seoul';
const anyGenuine = presetNamed('any-genuine');
if (anyGenuine === null) throw new Error('no preset any-genuine');
/** As hard as a policy can be, for the paths that no preset takes. */
const strict: Policy = {
  ...anyGenuine,
  id: 'strict',
  admits: ['other'],
  reuse: { mode: 'single', minutes: 1, samePerson: 'ignore' },
  clockUnsure: 'refuse',
  sticker: { kinds: [], maxDays: 1 },
};
const POLICIES: readonly Policy[] = [...PRESETS, strict];

function verdictOf(outcome: Outcome, policy: Policy, now: WallTime): VerdictName {
  return (outcome.ok ? decide(outcome.value, policy, NO_HISTORY, around(now)) : decideRefusal(outcome.error, policy))
    .verdict;
}

/** The path of `verify`, of the kiosk's verdict and, where asked, of `pass inspect`. */
export function judge(made: Case, trust: Trust, asked: boolean, how: Authenticate = genuine): Judged {
  const startedMs = performance.now();
  let held = NO_CHUNKS;
  let presented: Presented = { line: Buffer.alloc(0), parts: 1 };
  for (const line of made.lines) ({ held, presented } = assemble(held, line, 0));
  const outcome = how(presented, trust, made.now);
  const verdicts = POLICIES.map((policy) => verdictOf(outcome, policy, made.now));
  if (outcome.ok) factsOf(outcome.value.claims, ZONE, made.now.atMs);
  const told = asked ? inspect(presented, trust, made.now) : null;
  if (asked) inspect(presented, trust, made.now, true);
  return { presented, outcome, verdict: verdicts[0] ?? 'refuse', told, tookMs: performance.now() - startedMs };
}

/** The processor's time for the same once more, in ms, of the whole process: nothing else may run meanwhile. */
export function cpuMsOf(...again: Parameters<typeof judge>): number {
  const before = process.cpuUsage();
  judge(...again);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
