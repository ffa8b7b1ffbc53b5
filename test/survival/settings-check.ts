import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const USUAL_MS = 1_500;
export const SAVED_MS = 900;
/** The command whose faults are looked for. */
export const SAVE: readonly string[] = ['settings', 'set', `relayMs=${SAVED_MS}`];

interface LastChange {
  readonly sha256: string;
}

/**
 * What does not hold of settings that were being saved, once a kiosk has started on them again.
 * @param isAcknowledged the command said that they were saved
 */
export function savedSettingsProblems(data: string, isAcknowledged: boolean): readonly string[] {
  const path = join(data, 'settings.json');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
  const problems: string[] = [];
  const { relayMs = USUAL_MS } = JSON.parse(text) as { relayMs?: number };
  if (relayMs !== USUAL_MS && relayMs !== SAVED_MS) problems.push(`settings that are neither old nor new: ${relayMs}`);
  if (isAcknowledged && relayMs !== SAVED_MS) problems.push('LOST: settings whose change was acknowledged');
  const db = new Database(join(data, 'journal.db'), { readonly: true });
  const last = db
    .prepare<[], LastChange>(
      `SELECT json_extract(CAST(bytes AS TEXT), '$.sha256') AS sha256 FROM entry
       WHERE json_extract(CAST(bytes AS TEXT), '$.type') = 'settings-changed' ORDER BY seq DESC LIMIT 1`,
    )
    .get();
  db.close();
  const digest = createHash('sha256').update(text).digest('hex');
  const isTold = last === undefined ? relayMs === USUAL_MS : last.sha256 === digest;
  if (!isTold) problems.push('the log names other settings than those in use');
  return problems;
}
