import { parentPort, workerData } from 'node:worker_threads';
import { assert, reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { FOUND, type Imported, type ImportJob, type ImportMessage } from './import-protocol.ts';
import { openTrustStore } from './trust-store.ts';

/** Parses, checks and stores a set of documents beside the loop, then hands over all keys and ends. */
function carryOut(
  { path, documents, atMs, answer }: ImportJob,
  tell: (message: ImportMessage) => void,
): Result<Imported, string> {
  const store = openTrustStore(path, { readOnly: false });
  if (!store.ok) return store;
  try {
    const flag = new Int32Array(answer);
    const stored = store.value.import(documents, atMs, (found) => {
      tell({ kind: 'found', documents: found });
      Atomics.wait(flag, 0, 0);
      if (flag[0] !== FOUND.record) throw new Error('the journal did not take the entry');
    });
    if (!stored.ok) return stored;
    const keys = store.value.keys();
    return keys.ok ? ok({ stored: stored.value, keys: keys.value }) : keys;
  } catch (thrown) {
    return err(`nothing was imported: ${reasonOf(thrown)}`);
  } finally {
    store.value.close();
  }
}

assert(parentPort !== null, 'runs as a worker');
const port = parentPort;
const tell = (message: ImportMessage): void => port.postMessage(message);
// Made by import-documents, which made every member of it.
tell({ kind: 'done', result: carryOut(workerData as ImportJob, tell) });
