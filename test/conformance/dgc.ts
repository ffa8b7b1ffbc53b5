import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Result } from '../../src/base/result.ts';
import { authenticate } from '../../src/pass/authenticate.ts';
import type { FormatName, Pass, PassReason, Refusal } from '../../src/pass/pass.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { REASONS } from '../../src/policy/reasons.ts';
import { conflictIn, trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import type { LooseDocument } from '../../src/trust/loose-key.ts';
import { FLAG_EXCEPTIONS, KID_EXCEPTIONS } from './dgc-exceptions.ts';

interface Outcome {
  readonly reason: PassReason | 'ok';
  readonly format: FormatName | null;
}

const isUnreadable = ({ reason }: Outcome): boolean => REASONS[reason].class === 'unreadable';
const isUnproven = ({ reason }: Outcome): boolean =>
  reason === 'unknown-key' || reason === 'algorithm-not-allowed' || reason === 'bad-signature';

/** What a false flag stands for; a true flag forbids the same (vectors/README.md). */
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

export interface DgcReport {
  readonly files: number;
  readonly flags: number;
  readonly agree: number;
  /** Flags that do not agree and are named in dgc-exceptions, with the reason. */
  readonly exceptions: readonly string[];
  readonly disagreements: readonly string[];
}

interface DgcFile {
  readonly PREFIX?: string;
  readonly BASE45?: string;
  readonly TESTCTX?: { readonly CERTIFICATE?: string; readonly VALIDATIONCLOCK?: string };
  readonly EXPECTEDRESULTS?: Readonly<Record<string, boolean>>;
}

/** The set writes its clocks with and without zone, and zones with and without colon. */
function clockOf(text: string): number {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') : `${text}Z`;
  return Date.parse(zoned);
}

function trustIn(document: LooseDocument): Trust {
  const keys = readLooseDocument(document);
  if (!keys.ok) throw new Error(keys.error);
  const conflict = conflictIn(keys.value);
  if (conflict !== null) throw new Error(conflict);
  return trustOf(keys.value);
}

function outcomeOf(result: Result<Pass, Refusal>): Outcome {
  return result.ok
    ? { reason: 'ok', format: result.value.format }
    : { reason: result.error.reason, format: result.error.finding.format };
}

/** The outcome at the clock of the file and, where that hides what comes after the dates, the one within the dates. */
function judge(
  line: string,
  certificate: string,
  atMs: number,
  isUnderPassKid: boolean,
): { at: Outcome; inside: Outcome } {
  const presented = { line: Buffer.from(line, 'utf8'), parts: 1 };
  const der: LooseDocument = { name: 'certificate', issuer: null, bytes: Buffer.from(certificate, 'base64') };
  const own = authenticate(presented, trustIn(der), { atMs, trusted: true });
  const kid = own.ok || !isUnderPassKid ? null : own.error.finding.kid;
  const set = (): LooseDocument => ({
    ...der,
    bytes: Buffer.from(JSON.stringify({ keys: [{ kid, x5c: [certificate] }] })),
  });
  const trust = trustIn(kid === null ? der : set());
  const result = authenticate(presented, trust, { atMs, trusted: true });
  const at = outcomeOf(result);
  if (result.ok || REASONS[at.reason].class !== 'time') return { at, inside: at };
  const { validFromMs, validUntilMs } = result.error.finding;
  const insideMs = validFromMs ?? (validUntilMs ?? 1) - 1;
  return { at, inside: outcomeOf(authenticate(presented, trust, { atMs: insideMs, trusted: true })) };
}

/**
 * Runs every file of a dgc-testdata checkout through `authenticate`, each with its own certificate at its own clock,
 * and compares each flag that speaks of a verifier with the reason. Pictures and encoders' flags are not looked at.
 */
export function runDgc(dir: string): DgcReport {
  const report = { files: 0, flags: 0, agree: 0, exceptions: [] as string[], disagreements: [] as string[] };
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'));
  for (const path of paths.sort()) {
    const file: DgcFile = JSON.parse(readFileSync(join(dir, path), 'utf8').replace(/^\uFEFF/, ''));
    const line = file.PREFIX ?? (file.BASE45 === undefined ? undefined : `HC1:${file.BASE45}`);
    const { CERTIFICATE: certificate, VALIDATIONCLOCK: clock } = file.TESTCTX ?? {};
    if (line === undefined || certificate === undefined || clock === undefined) continue;
    const name = path.split(sep).join('/');
    const outcome = judge(
      line,
      certificate,
      clockOf(clock),
      KID_EXCEPTIONS.some((exception) => exception.file.test(name)),
    );
    report.files += 1;
    for (const [flag, expected] of Object.entries(file.EXPECTEDRESULTS ?? {})) {
      const short = flag.replace(/^EXPECTED/, '');
      const isFailure = FLAGS[short];
      if (isFailure === undefined) continue;
      report.flags += 1;
      const seen = short === 'SCHEMAVALIDATION' ? outcome.inside : outcome.at;
      if (isFailure(seen) !== expected) {
        report.agree += 1;
        continue;
      }
      const exception = FLAG_EXCEPTIONS.find((known) => known.flag === short && known.file.test(name));
      const sentence = `${name}: ${short} ${expected}, but ${seen.reason}`;
      if (exception === undefined) report.disagreements.push(sentence);
      else report.exceptions.push(`${sentence} (${exception.why})`);
    }
  }
  return report;
}
