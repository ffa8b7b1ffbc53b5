import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { checkOutage } from '../../src/journal/check-outage.ts';
import { makeOutage } from '../../src/journal/make-outage.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { readOutage, signOutage } from '../../src/journal/outage-file.ts';
import { outageBody } from '../../src/journal/outage-page.ts';
import { newLogKey } from '../support/exported-log.ts';
import { open, read, time, useJournalFile } from '../support/journal-file.ts';
import { LUNCH_MS } from '../support/passes.ts';

useJournalFile();

it('a scanner that was gone for a minute is not said to go on all day, by an owner who shows the checkpoint of then', () => {
  const key = newLogKey('7A');
  const journal = open();
  journal.record({ type: 'start', lastEnd: 'first-start', version: '1' });
  for (const device of ['scanner', 'signal'] as const) journal.record({ type: 'device-ready', device });
  time.advance(MINUTE_MS);
  journal.record({ type: 'device-lost', device: 'scanner' });
  time.advance(MINUTE_MS);
  journal.record({ type: 'device-lost', device: 'printer' });
  journal.checkpoint(key);
  const dayEnd = LUNCH_MS + 8 * HOUR_MS;
  const question = {
    ...{ fromMs: LUNCH_MS, toMs: dayEnd, madeAtMs: LUNCH_MS + DAY_MS },
    ...{ log: key.origin, venue: 'v', zone: 'Asia/Seoul' },
  };
  const made = read((db) => makeOutage(db, question));
  if (!made.ok) throw new Error(made.error);
  const signed = readOutage(signOutage(made.value, key));
  expect(signed.ok && checkOutage(sha256, verifyEd25519, signed.value, [key.verifier]).ok).toBe(true);
  expect(made.value.intervals).toMatchObject([{ cause: 'scanner', to: null }]);
  const page = outageBody(made.value);
  const stillSo = (at: string) => `${at} <span lang="ko">현재 계속</span> <span lang="en">still so</span>`;
  expect(page).toContain(stillSo('11:42'));
  expect(page).not.toContain('goes on');
  expect(outageBody({ ...made.value, proofs: [] })).toContain(stillSo('11:41'));
});
