import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Result } from '../../src/base/result.ts';
import { authenticate } from '../../src/pass/authenticate.ts';
import type { Finding, FormatName, Pass, PassReason, Refusal } from '../../src/pass/pass.ts';
import { REASONS } from '../../src/policy/reasons.ts';
import { conflictIn, trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import { ALL_KINDS, type LooseDocument, type LooseKey } from '../../src/trust/loose-key.ts';
import { encodeBase45 } from '../support/dcc.ts';
import { FLAG_EXCEPTIONS, KID_EXCEPTIONS } from './dgc-exceptions.ts';
import type { Report } from './report.ts';
import { filesBelow, objectIn } from './vector-files.ts';

interface Outcome {
  readonly reason: PassReason | 'ok';
  readonly format: FormatName | null;
}

const isUnreadable = ({ reason }: Outcome): boolean => REASONS[reason].class === 'unreadable';
const isUnproven = ({ reason }: Outcome): boolean =>
  reason === 'unknown-key' || reason === 'algorithm-not-allowed' || reason === 'bad-signature';

/** What a false flag stands for; a true flag forbids the same. In the order in which a verifier comes upon them. */
const FLAGS: Readonly<Record<string, (outcome: Outcome) => boolean>> = {
  UNPREFIX: ({ format }) => format !== 'eu-dcc',
  B45DECODE: isUnreadable,
  COMPRESSION: isUnreadable,
  DECODE: isUnreadable,
  VERIFY: (outcome) => isUnreadable(outcome) || isUnproven(outcome),
  KEYUSAGE: ({ reason }) => reason === 'key-not-allowed',
  EXPIRATIONCHECK: ({ reason }) => REASONS[reason].class === 'time',
  SCHEMAVALIDATION: ({ reason }) => reason === 'bad-claims',
};

/** A flag that is wrong in the file need not hide the next one: each is looked at where nothing before it refuses. */
interface Outcomes {
  /** At the clock of the file, with its certificate and nothing else. */
  readonly at: Outcome;
  /** As if the clock were within the dates and the key were for every kind. */
  readonly content: Outcome;
  /** By the dates in the pass alone. */
  readonly isOutside: boolean;
}

export interface DgcReport extends Report {
  readonly files: number;
  readonly flags: number;
}

interface DgcFile {
  readonly PREFIX: string;
  readonly BASE45: string;
  readonly COMPRESSED: string;
  readonly COSE: string;
  readonly TESTCTX: { readonly CERTIFICATE?: string; readonly VALIDATIONCLOCK?: string };
  readonly EXPECTEDRESULTS: Readonly<Record<string, boolean | string>>;
}

/** The scanned line: as it stands, or made of the innermost layer that the file gives. */
function lineIn({ PREFIX, BASE45, COMPRESSED, COSE }: Partial<DgcFile>): string | null {
  if (PREFIX !== undefined) return PREFIX;
  if (BASE45 !== undefined) return `HC1:${BASE45}`;
  if (COMPRESSED !== undefined) return `HC1:${encodeBase45(Buffer.from(COMPRESSED, 'hex'))}`;
  return COSE === undefined ? null : `HC1:${encodeBase45(deflateSync(Buffer.from(COSE, 'hex')))}`;
}

/** The set writes its clocks with and without zone, and zones with and without colon; null for one that says nothing. */
function clockOf(text: string | undefined): number | null {
  const trimmed = (text ?? '').trim();
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(trimmed) ? trimmed.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') : `${trimmed}Z`;
  const atMs = Date.parse(zoned);
  return Number.isNaN(atMs) ? null : atMs;
}

/** None for a certificate that cannot be read: the file then fails by its key, and not the run. */
function keysIn(document: LooseDocument): readonly LooseKey[] {
  const keys = readLooseDocument(document);
  return keys.ok && conflictIn(keys.value) === null ? keys.value : [];
}

function outcomeOf(result: Result<Pass, Refusal>): Outcome {
  return result.ok
    ? { reason: 'ok', format: result.value.format }
    : { reason: result.error.reason, format: result.error.finding.format };
}

const findingOf = (result: Result<Pass, Refusal>): Finding => (result.ok ? result.value : result.error.finding);

/**
 * @param isUnderPassKid give the certificate under the kid of the pass where that is not its hash, so that the
 *   signature itself is judged
 */
function judge(line: string, certificate: string, clockMs: number | null, isUnderPassKid: boolean): Outcomes {
  const presented = { line: Buffer.from(line, 'utf8'), parts: 1 };
  const base64 = certificate.replace(/-----[A-Z ]+-----/g, '');
  const der: LooseDocument = { name: 'certificate', issuer: null, bytes: Buffer.from(base64, 'base64') };
  const at = (keys: readonly LooseKey[], atMs: number): Result<Pass, Refusal> =>
    authenticate(presented, trustOf(keys), { atMs, trusted: true });
  const first = at(keysIn(der), clockMs ?? 0);
  const kid = !first.ok && first.error.reason === 'unknown-key' && isUnderPassKid ? findingOf(first).kid : null;
  const set = (): LooseDocument => ({
    ...der,
    bytes: Buffer.from(JSON.stringify({ keys: [{ kid, x5c: [der.bytes.toString('base64')] }] })),
  });
  const keys = kid === null ? keysIn(der) : keysIn(set());
  const { validFromMs, validUntilMs } = findingOf(first);
  const insideMs = validFromMs ?? validUntilMs ?? 0;
  const atMs = clockMs ?? insideMs;
  const anyKind = keys.map((key) => ({ ...key, kinds: ALL_KINDS }));
  return {
    at: outcomeOf(at(keys, atMs)),
    content: outcomeOf(at(anyKind, insideMs)),
    isOutside: (validFromMs !== null && atMs < validFromMs) || (validUntilMs !== null && atMs > validUntilMs),
  };
}

/** Whether the failure that a flag speaks of is seen. */
function isSeen(flag: string, { at, content, isOutside }: Outcomes): boolean {
  if (flag === 'EXPIRATIONCHECK') return FLAGS[flag]?.(at) === true || isOutside;
  return FLAGS[flag]?.(flag === 'SCHEMAVALIDATION' ? content : at) === true;
}

const isFalse = (flag: boolean | string | undefined): boolean => flag === false || flag === 'false';
const isSaid = (flag: boolean | string): boolean => typeof flag === 'boolean' || flag === 'true' || flag === 'false';

/** The flags of one file that speak of a verifier, without their common prefix. */
function flagsOf({ EXPECTEDRESULTS }: Partial<DgcFile>): ReadonlyMap<string, boolean> {
  const flags = Object.entries(EXPECTEDRESULTS ?? {})
    .filter(([, value]) => isSaid(value))
    .map(([name, value]): [string, boolean] => [name.replace(/^EXPECTED/, ''), !isFalse(value)]);
  return new Map(flags.filter(([name]) => FLAGS[name] !== undefined));
}

/** What is refused for a failure that the file also announces is not looked at further: nothing of it is accepted. */
function agrees(flag: string, expected: boolean, flags: ReadonlyMap<string, boolean>, outcomes: Outcomes): boolean {
  if (isSeen(flag, outcomes) !== expected) return true;
  if (expected) return false;
  const before = Object.keys(FLAGS).slice(0, Object.keys(FLAGS).indexOf(flag));
  return before.some((earlier) => flags.get(earlier) === false && isSeen(earlier, outcomes));
}

/**
 * Runs every file of a dgc-testdata checkout through `authenticate`, each with its own certificate at its own clock,
 * and compares each flag that speaks of a verifier with the reason. Pictures and encoders' flags are not looked at.
 */
export function runDgc(dir: string): DgcReport {
  const report = { files: 0, flags: 0, agree: 0, exceptions: [] as string[], disagreements: [] as string[] };
  for (const name of filesBelow(dir, /\.json$/i)) {
    const file = objectIn<DgcFile>(join(dir, name)) ?? {};
    const line = lineIn(file);
    const { CERTIFICATE: certificate, VALIDATIONCLOCK: clock } = file.TESTCTX ?? {};
    const flags = flagsOf(file);
    if (line === null || certificate === undefined) continue;
    const clockMs = clockOf(clock);
    // Unless the wrong kid is what the file is about, the certificate is the one it was signed with, by whatever name.
    const isUnderPassKid = flags.get('VERIFY') !== false || KID_EXCEPTIONS.some(({ file: of }) => of.test(name));
    const outcomes = judge(line, certificate, clockMs, isUnderPassKid);
    report.files += 1;
    for (const [flag, expected] of flags) {
      if (flag === 'EXPIRATIONCHECK' && clockMs === null) continue;
      report.flags += 1;
      if (agrees(flag, expected, flags, outcomes)) {
        report.agree += 1;
        continue;
      }
      const { reason } = flag === 'SCHEMAVALIDATION' ? outcomes.content : outcomes.at;
      const exception = FLAG_EXCEPTIONS.find((known) => known.flag === flag && known.file.test(name));
      // No exception ever excuses a signature that should not have counted.
      const isExcused = exception !== undefined && (expected || flag !== 'VERIFY');
      const sentence = `${name}: ${flag} ${expected}, but ${reason}`;
      if (!isExcused) report.disagreements.push(sentence);
      else report.exceptions.push(`${sentence}: ${exception.why}`);
    }
  }
  return { ...report, vectors: report.flags };
}
