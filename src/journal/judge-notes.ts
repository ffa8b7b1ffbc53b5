import { SECOND_MS } from '../base/time.ts';
import { type Checkpoint, checkpointTime, parseCheckpoint } from './checkpoint.ts';
import type { KeptNote } from './kept-notes.ts';
import type { LogProblem, ProblemCode } from './log-report.ts';
import {
  COSIGNATURE,
  LOG_SIGNATURE,
  openNote,
  parseNote,
  type VerifierKey,
  type VerifyEd25519,
} from './signed-note.ts';

/** A checkpoint that the log has signed. */
export interface SignedHead extends Checkpoint {
  /** When the log says that it was made; null if its clock was unsure. */
  readonly madeAtMs: number | null;
  /** When a witness countersigned it; null if none has. */
  readonly cosignedAtMs: number | null;
  /** The names of those witnesses. */
  readonly cosignedBy: readonly string[];
}

export interface NotesToJudge {
  /** The log's own checkpoints. */
  readonly own: readonly string[];
  /** Checkpoints that were kept elsewhere: a slip, a photograph, another kiosk. */
  readonly witness: readonly KeptNote[];
  /** The keys of the log. */
  readonly keys: readonly VerifierKey[];
  readonly witnessKeys: readonly VerifierKey[];
}

export interface JudgedNotes {
  readonly origin: string | null;
  readonly own: readonly SignedHead[];
  /** Kept elsewhere, or countersigned. */
  readonly witness: readonly SignedHead[];
  readonly problems: readonly LogProblem[];
  /** Name and id of each key of a witness by which no countersignature is, whether it holds or not. */
  readonly unusedWitnessKeys: readonly string[];
}

/** Checks the signatures of checkpoints; what they say of the log is for `LogCheck`. */
export function judgeNotes(notes: NotesToJudge, verify: VerifyEd25519): JudgedNotes {
  const problems: LogProblem[] = [];
  const headsOf = (given: readonly KeptNote[], whose: 'checkpoint' | 'witness'): SignedHead[] =>
    given.flatMap(({ note, file }) => {
      const judged = judgeNote(note, whose, notes, verify);
      if ('code' in judged) problems.push(file === null ? judged : { ...judged, file });
      return 'code' in judged ? [] : [judged];
    });
  const ownNotes = notes.own.map((note) => ({ note, file: null }));
  const own = headsOf(ownNotes, 'checkpoint');
  const kept = headsOf(notes.witness, 'witness');
  const witness = [...kept, ...own.filter(({ cosignedAtMs }) => cosignedAtMs !== null)];
  return {
    origin: own[0]?.origin ?? kept[0]?.origin ?? null,
    own,
    witness,
    problems,
    unusedWitnessKeys: unusedKeys(notes),
  };
}

function unusedKeys({ own, witness, witnessKeys }: NotesToJudge): readonly string[] {
  if (witnessKeys.length === 0) return [];
  const signers = new Set<string>();
  for (const text of [...own, ...witness.map(({ note }) => note)]) {
    const note = parseNote(text);
    for (const { name, id } of note.ok ? note.value.signatures : []) signers.add(`${name}+${id}`);
  }
  return witnessKeys
    .filter(({ type, name, id }) => type !== COSIGNATURE || !signers.has(`${name}+${id}`))
    .map(({ name, id }) => `${name}+${id}`);
}

function judgeNote(
  text: string,
  whose: 'checkpoint' | 'witness',
  { keys, witnessKeys }: NotesToJudge,
  verify: VerifyEd25519,
): SignedHead | LogProblem {
  const problem = (kind: 'unreadable' | 'foreign' | 'forged', size: number | null): LogProblem => {
    const code: ProblemCode = `${whose}-${kind}`;
    return { code, seq: size, upTo: size };
  };
  const note = parseNote(text);
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!note.ok || !checkpoint.ok) return problem('unreadable', null);
  const { origin, size } = checkpoint.value;
  const known = [
    ...keys.filter(({ name, type }) => name === origin && type === LOG_SIGNATURE),
    ...witnessKeys.filter(({ type }) => type === COSIGNATURE),
  ];
  const opened = openNote(note.value, known, verify);
  if (!opened.ok) return problem(opened.error === 'forged' ? 'forged' : 'foreign', size);
  if (!opened.value.some(({ key }) => key.type === LOG_SIGNATURE)) return problem('foreign', size);
  const made = checkpointTime(checkpoint.value);
  const cosigned = opened.value.flatMap(({ atS }) => (atS === null ? [] : [atS * SECOND_MS]));
  const cosignedBy = opened.value.flatMap(({ key, atS }) => (atS === null ? [] : [key.name]));
  return {
    ...checkpoint.value,
    madeAtMs: made?.trusted === true ? made.atMs : null,
    cosignedAtMs: cosigned.length === 0 ? null : Math.min(...cosigned),
    cosignedBy,
  };
}
