import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { forgetInThread } from '../../src/kiosk/forget-in-thread.ts';
import { newLogKey } from '../support/exported-log.ts';

const DUE = 'journal-20211213T024000000Z.db';
const LATER_MS = Date.parse('2022-02-01T00:00:00.000Z');

function site(body: string) {
  const folder = mkdtempSync(join(tmpdir(), 'forget-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'damaged'));
  writeFileSync(join(folder, 'damaged', DUE), 'damaged');
  const worker = join(folder, 'worker.mjs');
  writeFileSync(worker, `import { parentPort, workerData } from 'node:worker_threads';\n${body}`);
  const told: string[] = [];
  const log = (event: string, members?: object): void => void told.push(`${event} ${JSON.stringify(members)}`);
  const url = new URL(`file://${worker}`);
  const forget = forgetInThread(join(folder, 'journal.db'), newLogKey('7A').verifier, log, url);
  return { told, forget };
}

it('a damaged log that needs more memory than there is ends no kiosk, and is tried again', async () => {
  const { told, forget } = site('const all = []; for (;;) all.push(new Array(100_000).fill(workerData));');
  forget(LATER_MS, LATER_MS);
  await vi.waitFor(() => expect(told).toEqual([expect.stringMatching(/^damaged-journal-kept .*memory/i)]), 20_000);
  await vi.waitFor(() => {
    forget(LATER_MS, LATER_MS);
    expect(told).toHaveLength(2);
  }, 20_000);
}, 60_000);

it('a damaged log that somebody reads is told of, and tried again', async () => {
  const { told, forget } = site('parentPort.postMessage(workerData.files);');
  forget(LATER_MS, LATER_MS);
  await vi.waitFor(() => expect(told).toEqual([expect.stringMatching(/^damaged-journal-kept .*being read/)]), 20_000);
  await vi.waitFor(() => {
    forget(LATER_MS, LATER_MS);
    expect(told).toHaveLength(2);
  }, 20_000);
}, 60_000);

it('a damaged log that is not yet due starts no thread', () => {
  const { told, forget } = site('throw new Error("started");');
  forget(Date.parse('2021-12-13T02:40:00.000Z'), LATER_MS);
  expect(told).toEqual([]);
});
