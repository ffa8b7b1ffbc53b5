import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { putStagedFile, STAGED_SUFFIX, stageFile } from '../base/atomic-file.ts';
import { makeFolder } from '../base/make-folder.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Journal } from '../journal/journal.ts';
import { type Policy, parsePolicy } from '../policy/policy.ts';
import { presetNamed } from '../policy/presets.ts';
import { digestOf } from '../settings/history.ts';
import type { DataFolder } from './data-folder.ts';
import { policyDigest, policyPath } from './policy-files.ts';

/** One sentence why a policy cannot be used with the settings as they are; null if it can. */
export type Refuses = (policy: Policy) => string | null;

const STAGED = `.json${STAGED_SUFFIX}`;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A policy as it lies in a file, or one sentence that says what is wrong. */
function policyIn(bytes: Uint8Array, name: string, refuses: Refuses): Result<Policy, string> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return err(`${name} is not UTF-8: save it as plain JSON text`);
  }
  const policy = parsePolicy(text, name);
  if (!policy.ok) return policy;
  const { id } = policy.value;
  if (presetNamed(id) !== null) return err(`${name}: id '${id}' is that of a preset: give it another id`);
  const refusal = refuses(policy.value);
  return refusal === null ? policy : err(`${name}: ${refusal}`);
}

/**
 * Checks a policy file and stores it under its id. It is recorded when it lies beside the old one on the disk, so that
 * whatever ends the process there, the next start finishes it. Throws `JournalFault`, and has then changed nothing.
 * @returns id and digest, or one sentence
 */
export function importPolicy(
  folder: DataFolder,
  file: { readonly name: string; readonly bytes: Uint8Array },
  journal: Journal,
  refuses: Refuses,
): Result<{ readonly id: string; readonly sha256: string; readonly isNew: boolean }, string> {
  const policy = policyIn(file.bytes, file.name, refuses);
  if (!policy.ok) return policy;
  const { id } = policy.value;
  const sha256 = digestOf(file.bytes);
  const before = policyDigest(folder, id);
  if (before === sha256) return ok({ id, sha256, isNew: false });
  const path = policyPath(folder, id);
  const unwritten = (thrown: unknown) =>
    err(`cannot write ${path}: ${reasonOf(thrown)}; check the folder's owner and free space`);
  try {
    makeFolder(folder.policies, 0o700);
    stageFile(path, file.bytes);
  } catch (thrown) {
    discard(path);
    return unwritten(thrown);
  }
  try {
    journal.record({ type: 'policy-changed', id, sha256 });
  } catch (thrown) {
    discard(path);
    throw thrown;
  }
  try {
    putStagedFile(path);
  } catch (thrown) {
    discard(path);
    // The log has said what did not come: it must say what is used instead.
    const now = policyDigest(folder, id);
    if (now !== null && now !== sha256) journal.record({ type: 'policy-changed', id, sha256: now });
    return unwritten(thrown);
  }
  return ok({ id, sha256, isNew: true });
}

/** Finishes imports that the end of a process cut short, and clears away what is no whole policy. Throws `JournalFault`. */
export function finishPolicyImports(folder: DataFolder, journal: Journal, refuses: Refuses): void {
  if (!existsSync(folder.policies)) return;
  for (const name of readdirSync(folder.policies)) {
    if (!name.endsWith(STAGED)) continue;
    const staged = join(folder.policies, name);
    const path = staged.slice(0, -STAGED_SUFFIX.length);
    const bytes = readFileSync(staged);
    const policy = policyIn(bytes, staged, refuses);
    if (policy.ok && `${policy.value.id}${STAGED}` === basename(staged)) {
      journal.record({ type: 'policy-changed', id: policy.value.id, sha256: digestOf(bytes) });
      putStagedFile(path);
    } else {
      discard(path);
    }
  }
}

/** What was staged for a path is cleared away; where even that fails, the next start does it. */
export function discard(path: string): void {
  try {
    rmSync(path + STAGED_SUFFIX, { force: true });
  } catch {}
}
