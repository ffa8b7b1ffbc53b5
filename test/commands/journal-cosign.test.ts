import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { complaintOf, ran } from '../support/command.ts';

/** A kiosk and another one that vouches for its log. */
let folder: string;
let data: string;
let other: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'munjigi-cosign-'));
  [data, other] = [join(folder, 'data'), join(folder, 'other')];
  mkdirSync(data);
  mkdirSync(other);
});
afterEach(() => rmSync(folder, { recursive: true }));

const grow = () => ran(['sticker', 'issue', '--kind', 'ticket', '--data', data]);
const signed = async () => {
  const { out, err } = await ran(['journal', 'checkpoint', '--data', data]);
  return { note: out, key: /key: (\S+)$/m.exec(err)?.[1] ?? '' };
};
function cosign({ note, key }: { readonly note: string; readonly key: string }) {
  writeFileSync(join(folder, 'shown'), note);
  return ran(['journal', 'cosign', join(folder, 'shown'), '--log-key', key, '--data', other]);
}
const kept = (kind: string): string => {
  const [name = 'none'] = readdirSync(join(other, 'witnessed')).filter((file) => file.endsWith(`.${kind}.txt`));
  return readFileSync(join(other, 'witnessed', name), 'utf8');
};

describe('a checkpoint as journal checkpoint prints it', () => {
  it('is countersigned as it is by a kiosk that has never met that log, and kept', async () => {
    await grow();
    const shown = await signed();
    const done = await cosign(shown);
    expect([done.code, done.out.startsWith(shown.note)]).toEqual([0, true]);
    expect(kept('countersigned')).toBe(done.out);
  });

  it('does not let a log grow without a proof, and the evidence of one that was cut off is kept from the shell too', async () => {
    await grow();
    const older = await signed();
    await grow();
    const newer = await cosign(await signed());
    expect(newer.code).toBe(0);
    const refused = complaintOf(await cosign(older));
    expect([refused.code, refused.says]).toEqual([2, expect.stringContaining('keep both and do not trust it')]);
    expect(kept('contradiction')).toBe(older.note);
    expect(kept('countersigned')).toBe(newer.out);
    await grow();
    expect(complaintOf(await cosign(await signed())).says).toContain('ask for the proof since');
  });
});
