import { LAST_INSTANT_MS } from '../../src/base/time.ts';
import { KINDS, type Pass } from '../../src/pass/pass.ts';
import { type Case, type Identity, SECRET_NAME, type Source } from './case.ts';
import { genuine, type Judged } from './judge.ts';
import type { World } from './world.ts';

const FIRST_INSTANT_MS = Date.UTC(0, 0, 1) - 1_900 * 365.2425 * 86_400_000;
const CONTROL = /\p{Cc}/u;
const MAX_PASS_ID_BYTES = 70_000;

/** What a genuine pass says when nothing was done to it, by its name. */
export type Sayings = ReadonlyMap<string, string>;

const nameOf = ({ format, passId }: Identity): string => `${format} ${passId.toString('hex')}`;

/** A holder chooses what of an SD-JWT is disclosed: of those the name alone must stay the same. */
function sayingOf({ format, kind, issuer, single, validFromMs, validUntilMs, claims }: Pass): string {
  return JSON.stringify([
    format,
    kind,
    issuer,
    single,
    validFromMs,
    validUntilMs,
    format === 'sd-jwt-vc' ? null : claims,
  ]);
}

/** Judges each untouched pass once, with nothing of the run in between. */
export function sayingsOf(world: World, sources: readonly Source[]): Sayings {
  const said = new Map<string, string>();
  for (const { row, templates } of sources) {
    for (const { line, identity } of templates) {
      const outcome = genuine({ line, parts: 1 }, world.trust, {
        atMs: Date.parse('2021-12-13T02:40:00Z'),
        trusted: true,
      });
      if (!outcome.ok) throw new Error(`a genuine ${row} is refused: ${outcome.error.reason}, ${outcome.error.detail}`);
      said.set(nameOf(identity), sayingOf(outcome.value));
    }
  }
  return said;
}

const isNamed = (pass: Pass, identity: Identity): boolean =>
  pass.format === identity.format && pass.passId.equals(identity.passId);

/** What an admitted pass must be in itself, whatever it says. */
function unsound(pass: Pass, made: Case): string | null {
  const { validFromMs, validUntilMs, kind, kid, passId } = pass;
  const nowMs = made.now.atMs;
  if (!KINDS.includes(kind) || kind !== pass.claims.kind) return 'is of no kind';
  if (kid === '' || passId.length === 0 || passId.length > MAX_PASS_ID_BYTES) return 'has no name or key';
  for (const atMs of [validFromMs, validUntilMs]) {
    if (atMs !== null && !(Number.isFinite(atMs) && atMs >= FIRST_INSTANT_MS && atMs <= LAST_INSTANT_MS)) {
      return 'has a date that no four digits of a year can write';
    }
  }
  if (validFromMs !== null && validFromMs > nowMs) return 'has not begun';
  return validUntilMs !== null && validUntilMs < nowMs ? 'is over' : null;
}

/** What is wrong with a verdict, or null. */
export function faultIn(made: Case, judged: Judged, sayings: Sayings): string | null {
  const { outcome, verdict, told } = judged;
  if (told !== null && (told === '' || CONTROL.test(told))) return 'inspect says nothing, or control characters';
  if (told?.toLowerCase().includes(SECRET_NAME.toLowerCase())) return 'inspect names the person unasked';
  if (verdict === 'admit' && !outcome.ok) return 'admitted without a pass';
  const { expected } = made;
  if (!outcome.ok || verdict !== 'admit') {
    if (expected.kind !== 'admit') return null;
    return `false refusal: ${outcome.ok ? verdict : `${outcome.error.reason}, ${outcome.error.detail}`}`;
  }
  const pass = outcome.value;
  const fault = unsound(pass, made);
  if (fault !== null) return `false admission: it ${fault}`;
  switch (expected.kind) {
    case 'never':
      return 'false admission';
    case 'sound':
      return pass.format === expected.format ? null : `false admission: as ${pass.format}`;
    case 'admit':
      return isNamed(pass, expected.identity) ? null : 'admitted under another name';
    case 'same': {
      const identity = expected.identities.find((each) => isNamed(pass, each));
      if (identity === undefined) return 'false admission: it is none of the passes that it was made of';
      const said = sayings.get(nameOf(identity));
      return said === undefined || said === sayingOf(pass) ? null : 'false admission: it says something else';
    }
  }
}
