import { readFileSync } from 'node:fs';
import { reasonOf } from '../base/assert.ts';
import { decodeBase64 } from '../base/base64url.ts';
import { plainText } from '../base/plain-text.ts';
import { formatInstant, LAST_INSTANT_MS, type WallTime } from '../base/time.ts';
import type { Authenticated } from '../door/event.ts';
import { readDataFolder } from '../kiosk/data-folder.ts';
import { authenticate } from '../pass/authenticate.ts';
import { assemble, type HeldChunks, NO_CHUNKS } from '../pass/chunks.ts';
import { refusal } from '../pass/format.ts';
import { NO_FINDING, type Pass } from '../pass/pass.ts';
import { datesUnderRules } from '../policy/dates-under-rules.ts';
import { type Circumstances, type Decision, decide, decideRefusal, NO_HISTORY } from '../policy/decide.ts';
import { type Policy, parsePolicy } from '../policy/policy.ts';
import { PRESETS, presetNamed } from '../policy/presets.ts';
import { trustAgeAt } from '../policy/trust-age.ts';
import type { Settings } from '../settings/schema.ts';
import { type Command, EXIT_NOT_ALL, EXIT_OK, orUsage, parseCommandLine, print, tell, UsageError } from './command.ts';
import { splitLines, withoutTerminator } from './lines.ts';
import { TIME_HELP, timeOrNow } from './now.ts';
import { readStandardInput } from './standard-input.ts';
import { loadTrust, storedSettings } from './trust-options.ts';

/** Where the door stands as long as no kiosk's settings say: what a new kiosk is set to. */
const USUAL_SITE: Pick<Settings, 'zone' | 'venueKind'> = { zone: 'Asia/Seoul', venueKind: 'other' };
const ENCODINGS = ['line', 'base64', 'file'] as const;
type Encoding = (typeof ENCODINGS)[number];
/** As far as `Date` can count, so that an absurd date still prints as a date. */
const FIRST_INSTANT_MS = -LAST_INSTANT_MS;
const NOT_BASE64 = refusal('malformed', 'the line is not base64 of a scan', NO_FINDING);

/** `munjigi verify`: stateless, so no pass is ever already used here. */
export const verify: Command = {
  help: `Usage: munjigi verify [options] [FILE|-]

Reads one pass a line and prints one verdict a line. Nothing is recorded and nothing is fetched.

  --trust [ISSUER=]PATH   keys to trust, and revocation lists: a file or a folder (repeatable), one signed trust list
                          among them
  --trust-root FILE       the public key that signs the list
  --data DIR              also trust what that kiosk trusts, its own stickers included; days and hours are of its zone
  --policy P              a policy file, a preset (${PRESETS.map(({ id }) => id).join(', ')}) or none; default any-genuine;
                          its rules cut the dates that are printed
  --now TIME              judge at this time instead of now
  --encoding E            line (default), base64 (each line is base64 of a scan) or file (the whole file is one scan,
                          but for one line end)
  --json                  one JSON object a line

${TIME_HELP}
Exit code: 0 all admitted, 1 some not, 2 the call was wrong.`,

  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      trust: { type: 'string', multiple: true },
      'trust-root': { type: 'string' },
      data: { type: 'string' },
      policy: { type: 'string' },
      now: { type: 'string' },
      encoding: { type: 'string' },
      json: { type: 'boolean' },
    });
    if (positionals.length > 1) throw new UsageError('give one file, or - for standard input; see --help');
    const encoding = encodingNamed(values.encoding ?? 'line');
    const policy = policyNamed(values.policy ?? 'any-genuine');
    const now: WallTime = { atMs: timeOrNow(values.now, '--now'), trusted: true };
    if (values.data !== undefined) tell(`data folder: ${values.data}`);
    const trust = await loadTrust(values.trust ?? [], values.data, values['trust-root']);
    const site = values.data === undefined ? USUAL_SITE : storedSettings(orUsage(readDataFolder(values.data)));
    const { zone, venueKind } = site;
    const around = { now, zone, venueKind, trustAge: trustAgeAt(trust.list, now.atMs) };
    let allAdmitted = true;
    let held: HeldChunks = NO_CHUNKS;
    for (const { number, scan } of scansIn(await readInput(positionals[0] ?? '-'), encoding)) {
      const assembled = scan === null ? { held: NO_CHUNKS, presented: null } : assemble(held, scan, 0);
      held = assembled.held;
      const { presented } = assembled;
      const outcome = presented === null ? NOT_BASE64 : authenticate(presented, trust, now);
      const decision = outcome.ok
        ? policy === null
          ? genuine(outcome.value, around)
          : underPolicy(outcome.value, policy, around)
        : decideRefusal(outcome.error, policy);
      allAdmitted &&= decision.verdict === 'admit';
      const row = rowOf(number, outcome, decision);
      print(values.json ? JSON.stringify(row) : textOf(row));
    }
    return allAdmitted ? EXIT_OK : EXIT_NOT_ALL;
  },
};

function underPolicy(pass: Pass, policy: Policy, around: Circumstances): Decision {
  const decision = decide(pass, policy, NO_HISTORY, around);
  const { validFromMs, validUntilMs } = decision;
  return { ...decision, ...datesUnderRules({ ...pass, validFromMs, validUntilMs }, policy, around) };
}

/** Without a policy nobody has chosen what an old list means, but past its end it admits under no choice. */
function genuine(pass: Pass, { now, trustAge }: Circumstances): Decision {
  const { validFromMs, validUntilMs } = pass;
  const reason = trustAge === 'expired' ? 'trust-stale' : now.trusted ? 'ok' : 'clock-unsure';
  return { verdict: reason === 'ok' ? 'admit' : 'assist', reason, rule: null, validFromMs, validUntilMs, advice: null };
}

function encodingNamed(name: string): Encoding {
  const encoding = ENCODINGS.find((known) => known === name);
  if (encoding === undefined) throw new UsageError(`--encoding must be ${ENCODINGS.join(', ')}, not '${name}'`);
  return encoding;
}

function policyNamed(name: string): Policy | null {
  if (name === 'none') return null;
  const preset = presetNamed(name);
  if (preset !== null) return preset;
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch {
    const presets = PRESETS.map(({ id }) => id).join(', ');
    throw new UsageError(`--policy '${name}' is neither a preset (${presets}, none) nor a file that can be read`);
  }
  return orUsage(parsePolicy(text, name));
}

async function readInput(file: string): Promise<Buffer> {
  if (file === '-') return readStandardInput();
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(thrown)}`);
  }
}

/** A scan is null where its line is not what the encoding says: that line alone is unreadable. */
function* scansIn(bytes: Buffer, encoding: Encoding): Generator<{ number: number; scan: Buffer | null }> {
  if (encoding === 'file') {
    yield { number: 1, scan: withoutTerminator(bytes) };
    return;
  }
  for (const [index, line] of splitLines(bytes).entries()) {
    if (line.length === 0) continue;
    yield { number: index + 1, scan: encoding === 'base64' ? decodeBase64(line.toString('latin1')) : line };
  }
}

function rowOf(line: number, outcome: Authenticated, decision: Decision) {
  const finding = outcome.ok ? outcome.value : outcome.error.finding;
  return {
    line,
    verdict: decision.verdict,
    reason: decision.reason,
    rule: decision.rule,
    format: finding.format,
    kind: finding.kind,
    issuer: finding.issuer,
    kid: finding.kid,
    validFrom: instantText(decision.validFromMs),
    validUntil: instantText(decision.validUntilMs),
  };
}

const instantText = (atMs: number | null): string | null =>
  atMs === null ? null : formatInstant(Math.min(Math.max(atMs, FIRST_INSTANT_MS), LAST_INSTANT_MS));

function textOf(row: ReturnType<typeof rowOf>): string {
  const parts = [
    row.format,
    row.kind,
    row.issuer === null ? null : plainText(row.issuer),
    row.validUntil === null ? null : `until ${row.validUntil}`,
  ];
  const known = parts.filter((part) => part !== null).join(', ');
  const because = row.rule === null ? row.reason : `${row.reason} (${row.rule})`;
  return `${row.line}: ${row.verdict}: ${because}${known === '' ? '' : ` [${known}]`}`;
}
