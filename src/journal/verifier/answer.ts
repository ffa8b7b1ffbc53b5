import { err, ok, type Result } from '../../base/result.ts';
import { joinBytes, toHex, utf8 } from '../byte-text.ts';
import { checkOutage, type OutageFault } from '../check-outage.ts';
import { checkProof, type ProvenEntry } from '../check-proof.ts';
import { checkExported, EXPORT_FILES, notesOf } from '../exported-log.ts';
import type { LogReport } from '../log-report.ts';
import type { OutageCertificate } from '../outage.ts';
import { outageIn, readOutage } from '../outage-file.ts';
import { PROOF_HEADER } from '../proof.ts';
import { parseVerifierKey, type SignatureCheck, type VerifierKey, type VerifyEd25519 } from '../signed-note.ts';
import { sha256 } from './sha256.ts';

export interface OpenedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a stranger holds: files, and what was written down or photographed elsewhere. */
export interface Evidence {
  readonly files: readonly OpenedFile[];
  /** Verifier keys of the log, a line each; empty to take the one in the export. */
  readonly keys: string;
  /** Checkpoints that were kept elsewhere. */
  readonly witnesses: string;
  /** Verifier keys of witnesses, a line each. */
  readonly witnessKeys: string;
}

export type Answer =
  | { readonly kind: 'log'; readonly report: LogReport; readonly keyIsFromExport: boolean }
  | { readonly kind: 'entry'; readonly entry: ProvenEntry }
  | { readonly kind: 'outage'; readonly certificate: OutageCertificate; readonly fault: OutageFault | null };

/** What the surroundings give: signatures as the browser verifies them, and a pause in which the page is drawn. */
export interface Surroundings {
  verify(check: SignatureCheck): Promise<boolean>;
  pause(done: number): Promise<void>;
}

/** Between two pauses. */
const ENTRIES_A_SLICE = 2_000;
const LINE_FEED = 0x0a;
const utf8Text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Checks whatever was given: one proof, or an export. The error is one sentence. */
export async function answer(evidence: Evidence, around: Surroundings): Promise<Result<Answer, string>> {
  const texts = new Map<string, string>();
  for (const { name, bytes } of evidence.files) {
    if (name === EXPORT_FILES.entries || name === EXPORT_FILES.verifier) continue;
    try {
      texts.set(name, utf8Text.decode(bytes));
    } catch {
      return err(`the file ${name} is no text and does not belong to an export`);
    }
  }
  const keys = linesOf(evidence.keys);
  const keyText = texts.get(EXPORT_FILES.key);
  const usedKeys = keys.length > 0 || keyText === undefined ? keys : [keyText];
  if (usedKeys.length === 0) return err('the key of the log is missing: give it, or the file key.txt of the export');
  const proof = [...texts.values()].find((text) => text.startsWith(PROOF_HEADER));
  if (proof !== undefined) return answerProof(proof, usedKeys, around);
  const [outage] = [...texts.values()].flatMap((text) => outageIn(text) ?? []);
  if (outage !== undefined) return answerOutage(outage, usedKeys, around);
  return answerLog(evidence, texts, usedKeys, keys.length === 0, around);
}

async function answerProof(
  proof: string,
  keyTexts: readonly string[],
  around: Surroundings,
): Promise<Result<Answer, string>> {
  const keys = keysOf(keyTexts);
  if (!keys.ok) return keys;
  const checked = await withVerified(around, (verify) => checkProof(sha256, verify, proof, keys.value));
  return checked.ok ? ok({ kind: 'entry', entry: checked.value }) : checked;
}

async function answerOutage(
  file: string,
  keyTexts: readonly string[],
  around: Surroundings,
): Promise<Result<Answer, string>> {
  const keys = keysOf(keyTexts);
  if (!keys.ok) return keys;
  const signed = readOutage(file);
  if (!signed.ok) return err('this certificate cannot be read: it is damaged, or of a newer version of the program');
  const { certificate } = signed.value;
  const checked = await withVerified(around, (verify) => checkOutage(sha256, verify, signed.value, keys.value));
  return ok({ kind: 'outage', certificate, fault: checked.ok ? null : checked.error });
}

function keysOf(keyTexts: readonly string[]): Result<readonly VerifierKey[], string> {
  const keys: VerifierKey[] = [];
  for (const text of keyTexts) {
    const key = parseVerifierKey(sha256, text);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return ok(keys);
}

async function answerLog(
  { files, witnesses, witnessKeys }: Evidence,
  texts: ReadonlyMap<string, string>,
  keys: readonly string[],
  keyIsFromExport: boolean,
  around: Surroundings,
): Promise<Result<Answer, string>> {
  const entries = files.find(({ name }) => name === EXPORT_FILES.entries)?.bytes;
  const checkpoints = texts.get(EXPORT_FILES.checkpoints);
  if (entries === undefined || checkpoints === undefined) {
    return err(
      `the files ${EXPORT_FILES.entries} and ${EXPORT_FILES.checkpoints} of the export are missing: drop the whole folder`,
    );
  }
  const own: ReadonlySet<string> = new Set(Object.values(EXPORT_FILES));
  const kept = [...texts].filter(([name]) => !own.has(name)).map(([, text]) => text);
  const notes = notesOf(sha256, {
    checkpoints,
    start: null,
    keys,
    witnesses: [...kept, ...(witnesses.trim() === '' ? [] : [witnesses])],
    witnessKeys: linesOf(witnessKeys),
  });
  if (!notes.ok) return notes;
  const start = texts.get(EXPORT_FILES.start) ?? null;
  const check = await withVerified(around, (verify) => checkExported(sha256, verify, notes.value, start));
  if (!check.ok) return check;
  let done = 0;
  for (let from = 0; from < entries.length; ) {
    const end = entries.indexOf(LINE_FEED, from);
    const to = end < 0 ? entries.length : end;
    check.value.entry(entries.subarray(from, to));
    from = to + 1;
    done += 1;
    if (done % ENTRIES_A_SLICE === 0) await around.pause(done);
  }
  return ok({ kind: 'log', report: check.value.finish(), keyIsFromExport });
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Runs what asks for signatures at once, as often as it takes until each that it asks for is verified. */
export async function withVerified<T>(around: Surroundings, run: (verify: VerifyEd25519) => T): Promise<T> {
  const known = new Map<string, boolean>();
  for (;;) {
    const asked = new Map<string, SignatureCheck>();
    const result = run((check) => {
      const name = nameOf(check);
      const verified = known.get(name);
      if (verified === undefined) asked.set(name, check);
      // Only a run in which nothing is left to ask counts.
      return verified ?? true;
    });
    if (asked.size === 0) return result;
    for (const [name, check] of asked) {
      known.set(name, await around.verify(check));
      if (known.size % 100 === 0) await around.pause(known.size);
    }
  }
}

const nameOf = ({ publicKey, message, signature }: SignatureCheck): string =>
  toHex(sha256(joinBytes(publicKey, signature, utf8('\n'), message)));
