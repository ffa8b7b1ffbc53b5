import { parentPort, workerData } from 'node:worker_threads';
import { assert, reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  FOUND,
  type Found,
  type Imported,
  type ImportJob,
  type ImportMessage,
  type ImportTask,
} from './import-protocol.ts';
import { openTrustStore, type TrustStore } from './trust-store.ts';

/** Parses, checks and stores what was brought beside the loop, then hands over all that is trusted and ends. */
async function carryOut(
  { path, environment, task, answer }: ImportJob,
  tell: (message: ImportMessage) => void,
): Promise<Result<Imported, string>> {
  const store = openTrustStore(path, { readOnly: false, environment });
  if (!store.ok) return store;
  try {
    const flag = new Int32Array(answer);
    const found = await take(store.value, task, (good) => {
      tell({ kind: 'found', found: good });
      Atomics.wait(flag, 0, 0);
      if (flag[0] !== FOUND.record) throw new Error('the journal did not take the entry');
    });
    if (!found.ok) return found;
    const contents = store.value.contents();
    return contents.ok ? ok({ found: found.value, contents: contents.value }) : contents;
  } catch (thrown) {
    return err(`nothing was imported: ${reasonOf(thrown)}`);
  } finally {
    store.value.close();
  }
}

async function take(
  store: TrustStore,
  task: ImportTask,
  announce: (found: Found) => void,
): Promise<Result<Found, string>> {
  if (task.kind === 'loose') {
    // What comes from another thread has lost its class.
    const brought = task.documents.map((document) => ({ ...document, bytes: Buffer.from(document.bytes) }));
    const stored = store.import(brought, task.atMs, (documents) => announce({ kind: 'loose', documents }));
    return stored.ok ? ok({ kind: 'loose', documents: stored.value }) : stored;
  }
  const list = await store.importList(task.candidate, (found) => announce({ kind: 'list', list: found }));
  return list.ok ? ok({ kind: 'list', list: list.value }) : list;
}

assert(parentPort !== null, 'runs as a worker');
const port = parentPort;
const tell = (message: ImportMessage): void => port.postMessage(message);
// Made by import-documents, which made every member of it.
tell({ kind: 'done', result: await carryOut(workerData as ImportJob, tell) });
