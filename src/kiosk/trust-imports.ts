import { assert } from '../base/assert.ts';
import { ok, type Result } from '../base/result.ts';
import type { Clock } from '../base/time.ts';
import type { Journal } from '../journal/journal.ts';
import type { Found, ImportTask } from '../trust/import-protocol.ts';
import type { OfficeAnswer, OfficeRequest, SentFile } from './office-request.ts';
import type { Stores } from './stores.ts';

type ImportRequest = Extract<OfficeRequest, { command: 'trust-import' | 'trust-list-import' }>;

interface ImportParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly importTrust: Stores['importTrust'];
}

const fileOf = ({ name, bytes }: SentFile) => ({ name, bytes: Buffer.from(bytes, 'base64') });

function taskOf(request: ImportRequest, clock: Clock): ImportTask {
  const now = clock.wall();
  if (request.command === 'trust-import') {
    const documents = request.documents.map((document) => ({ ...fileOf(document), issuer: document.issuer }));
    return { kind: 'loose', documents, atMs: now.atMs };
  }
  const root = request.root === undefined ? null : fileOf(request.root);
  const { fingerprint = null } = request;
  return { kind: 'list', candidate: { ...fileOf(request.list), root, fingerprint, now } };
}

function record(found: Found, journal: Journal): void {
  if (found.kind === 'loose') {
    for (const { sha256, keys } of found.documents) {
      journal.record({ type: 'trust-imported', signed: false, sha256, keys });
    }
    return;
  }
  const { version, sha256, keys, root, rootBecame } = found.list;
  if (rootBecame !== null) journal.record({ type: 'trust-root', root, became: rootBecame });
  journal.record({ type: 'trust-imported', signed: true, version, sha256, keys });
}

/** Imports what a request brought. An import that is recorded may have failed; one that was done is recorded always. */
export async function importTrust(request: ImportRequest, parts: ImportParts): Promise<Result<OfficeAnswer, string>> {
  const { journal, clock } = parts;
  const imported = await parts.importTrust(taskOf(request, clock), (found) => record(found, journal));
  if (!imported.ok) return imported;
  const found = imported.value;
  assert((found.kind === 'list') === (request.command === 'trust-list-import'), 'what was asked for is what was done');
  if (found.kind === 'list') {
    const { version, issuers, keys, isStanding, rootBecame } = found.list;
    return ok({ version, issuers, keys, imported: !isStanding, rootBecame });
  }
  const { documents } = found;
  return ok({ documents: documents.length, keys: documents.reduce((sum, { keys }) => sum + keys, 0) });
}
