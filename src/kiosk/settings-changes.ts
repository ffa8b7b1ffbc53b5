import { ok, type Result } from '../base/result.ts';
import type { Journal } from '../journal/journal.ts';
import { type Assignment, parseAssignment } from '../settings/change.ts';
import type { OfficeAnswer, OfficeRequest } from './office-request.ts';
import type { SavedSettings, SettingsStore } from './settings-store.ts';

type ChangeRequest = Extract<OfficeRequest, { command: 'settings-set' | 'settings-restore' | 'policy-import' }>;

interface ChangeParts {
  readonly settingsStore: SettingsStore;
  readonly journal: Journal;
  readonly changed: () => void;
}

/** Carries out a request that changes settings or policies; what it changed is used from the next scan on. */
export function changeSettings(request: ChangeRequest, parts: ChangeParts): Result<OfficeAnswer, string> {
  const { settingsStore, journal, changed } = parts;
  if (request.command === 'policy-import') {
    const { name, bytes } = request.file;
    const file = { name, bytes: Buffer.from(bytes, 'base64') };
    const imported = settingsStore.importPolicy(file, request.by, journal);
    if (!imported.ok) return imported;
    changed();
    const { id, sha256, isNew } = imported.value;
    return ok({ id, sha256, imported: isNew, isInUse: settingsStore.settings().policy === id });
  }
  const saved = savedBy(request, settingsStore, journal);
  if (!saved.ok) return saved;
  changed();
  const { version, members, restart } = saved.value;
  return ok({ version, members: members.join(','), restart: restart.join(',') });
}

function savedBy(
  request: Exclude<ChangeRequest, { command: 'policy-import' }>,
  settingsStore: SettingsStore,
  journal: Journal,
): Result<SavedSettings, string> {
  if (request.command === 'settings-restore') return settingsStore.restore(request.version, request.by, journal);
  const assignments: Assignment[] = [];
  for (const text of request.assignments) {
    const assignment = parseAssignment(text);
    if (!assignment.ok) return assignment;
    assignments.push(assignment.value);
  }
  return settingsStore.change(assignments, request.by, journal);
}
