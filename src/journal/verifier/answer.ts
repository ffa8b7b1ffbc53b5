import { err, ok, type Result } from '../../base/result.ts';
import { equalBytes, joinBytes, toHex, utf8 } from '../byte-text.ts';
import { checkOutage, type OutageFault } from '../check-outage.ts';
import { checkProof, type ProvenEntry } from '../check-proof.ts';
import { checkExported, EXPORT_FILES, keyFault, notesOf, ownFileFault, readKeys } from '../exported-log.ts';
import type { KeptText } from '../kept-notes.ts';
import type { LogReport } from '../log-report.ts';
import type { OutageCertificate } from '../outage.ts';
import { readOutage } from '../outage-file.ts';
import type { InBoth } from '../report-text.ts';
import type { SignatureCheck, VerifierKey, VerifyEd25519 } from '../signed-note.ts';
import { sha256 } from './sha256.ts';
import { type OpenedFile, sortFiles, textOf } from './sorted-files.ts';

/** What a stranger holds: files of the kiosk's owner, and what was written down, kept or photographed elsewhere. */
export interface Evidence {
  readonly files: readonly OpenedFile[];
  /** Verifier keys of the log, a line each; empty to take the one in the export. */
  readonly keys: string;
  /** Checkpoints that were kept elsewhere, as typed and as files: whoever made the export has not chosen these. */
  readonly witnesses: string;
  readonly keptFiles: readonly OpenedFile[];
  /** Verifier keys of witnesses, a line each. */
  readonly witnessKeys: string;
  /** The first entry that the stranger asked for; 0 for the whole log. */
  readonly askedFrom: number;
}

/** What came of the log, of one proof, or of one certificate. */
export type Answer =
  | { readonly kind: 'log'; readonly report: LogReport }
  | { readonly kind: 'entry'; readonly name: string; readonly entry: Result<ProvenEntry, InBoth> }
  | { readonly kind: 'outage'; readonly name: string; readonly outage: Result<OutageCertificate, OutageFault> };

export interface Answers {
  /** The log first; never empty. */
  readonly answers: readonly Answer[];
  /** Nobody gave a key: whoever made the files may have made this one. */
  readonly keyIsFromExport: boolean;
  /** Names of files that were not looked into. */
  readonly ignored: readonly string[];
}

/** What the surroundings give: signatures as the browser verifies them, and a pause in which the page is drawn. */
export interface Surroundings {
  verify(check: SignatureCheck): Promise<boolean>;
  pause(done: number): Promise<void>;
}

/** Between two pauses. */
const ENTRIES_A_SLICE = 2_000;
const LINE_FEED = 0x0a;

/** Checks all of what was given: an export, proofs, certificates. The error is one sentence. */
export async function answer(evidence: Evidence, around: Surroundings): Promise<Result<Answers, InBoth>> {
  const sorted = sortFiles(evidence.files);
  if (!sorted.ok) return sorted;
  const { exported, proofs, certificates, ignored } = sorted.value;
  const isLog = exported.has(EXPORT_FILES.entries) || exported.has(EXPORT_FILES.checkpoints);
  if (!isLog && proofs.length === 0 && certificates.length === 0) {
    return err({
      ko: '여기에는 확인할 것이 없습니다. 내보낸 폴더, 증명(.tlog-proof) 또는 증명서(.json, .html)를 놓으십시오.',
      en: 'nothing here can be checked: drop the exported folder, a proof (.tlog-proof) or a certificate (.json, .html)',
    });
  }
  const given = linesOf(evidence.keys);
  const keyFile = exported.get(EXPORT_FILES.key);
  const keyIsFromExport = given.length === 0;
  if (keyIsFromExport && keyFile === undefined) {
    return err({
      ko: '기록의 키가 없습니다. 키를 넣거나, 내보낸 폴더의 key.txt 파일을 함께 놓으십시오.',
      en: 'the key of the log is missing: give it, or the file key.txt of the export',
    });
  }
  const keyText = keyFile === undefined || !keyIsFromExport ? ok('') : textOf(keyFile);
  if (!keyText.ok) return keyText;
  const keys = keyIsFromExport ? [keyText.value] : given;
  const read = readKeys(sha256, keys);
  if (!read.ok) return err(keyFault(read.error));
  const answers: Answer[] = [];
  if (isLog) {
    const report = await checkLog(evidence, exported, keys, around);
    if (!report.ok) return report;
    answers.push({ kind: 'log', report: report.value });
  }
  for (const file of proofs) {
    const text = textOf(file);
    const entry = text.ok
      ? await withVerified(around, (verify) => checkProof(sha256, verify, text.value, read.value))
      : text;
    answers.push({ kind: 'entry', name: file.name, entry });
  }
  for (const { name, text } of certificates) {
    answers.push({ kind: 'outage', name, outage: await checkCertificate(text, read.value, around) });
  }
  return ok({ answers, keyIsFromExport, ignored });
}

async function checkCertificate(
  text: string,
  keys: readonly VerifierKey[],
  around: Surroundings,
): Promise<Result<OutageCertificate, OutageFault>> {
  const signed = readOutage(text);
  if (!signed.ok) return signed;
  const checked = await withVerified(around, (verify) => checkOutage(sha256, verify, signed.value, keys));
  return checked.ok ? ok(signed.value.certificate) : checked;
}

async function checkLog(
  { witnesses, keptFiles, witnessKeys, askedFrom }: Evidence,
  exported: ReadonlyMap<string, OpenedFile>,
  keys: readonly string[],
  around: Surroundings,
): Promise<Result<LogReport, InBoth>> {
  const entries = exported.get(EXPORT_FILES.entries)?.bytes;
  const checkpointsFile = exported.get(EXPORT_FILES.checkpoints);
  if (entries === undefined || checkpointsFile === undefined) {
    const { entries: log, checkpoints: signed } = EXPORT_FILES;
    return err({
      ko: `내보낸 폴더의 파일 ${log}과 ${signed} 가운데 없는 것이 있습니다. 폴더를 통째로 놓으십시오.`,
      en: `the files ${log} and ${signed} of the export are missing: drop the whole folder`,
    });
  }
  const kept: KeptText[] = [{ text: witnesses, file: null }];
  for (const file of keptFiles) {
    const same = exported.get(file.name);
    if (same !== undefined && equalBytes(same.bytes, file.bytes)) return err(ownFileFault(file.name));
    const text = textOf(file);
    if (!text.ok) return text;
    kept.push({ text: text.value, file: file.name });
  }
  const checkpoints = textOf(checkpointsFile);
  if (!checkpoints.ok) return checkpoints;
  const notes = notesOf(sha256, {
    checkpoints: checkpoints.value,
    keys,
    witnesses: kept,
    witnessKeys: linesOf(witnessKeys),
  });
  if (!notes.ok) return notes;
  const startFile = exported.get(EXPORT_FILES.start);
  const start = startFile === undefined ? ok(null) : textOf(startFile);
  if (!start.ok) return start;
  const check = await withVerified(around, (verify) =>
    checkExported(sha256, verify, notes.value, start.value, askedFrom),
  );
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
  return ok(check.value.finish());
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
