import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatCheckpointCode } from '../../src/journal/checkpoint-code.ts';
import { sha256 } from '../../src/journal/native-crypto.ts';
import { signCheckpoint } from '../../src/journal/witness.ts';
import { encodePng } from '../../src/sticker/png.ts';
import { drawSlip, type SlipFace } from '../../src/sticker/slip.ts';
import { newLogKey } from '../support/exported-log.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { hasZbar, readCode } from '../support/zbar.ts';

const folder = mkdtempSync(join(tmpdir(), 'slip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const key = newLogKey('7A');
const head = { size: 9_007_199_254_740_991, root: sha256(Buffer.from('root')) };
const checkpoint = signCheckpoint(key, head, { atMs: LUNCH_MS, trusted: false });
const code = formatCheckpointCode({ key: key.verifier, proof: { old: 0, path: [], checkpoint } });
const face: SlipFace = {
  venue: '아주 긴 이름을 가진 북촌 한옥마을 문화회관 별관 지하 1층 카페',
  day: '2021-12-13',
  printedAt: '2021-12-14 04:00',
  admitted: 123_456,
  assisted: 9_999,
  refused: 9_999,
  staffAdmitted: 9_999,
  stickers: 9_999,
  down: { minutes: 1_440, isMeasured: false },
  off: { minutes: 1_440, isMeasured: false },
  entries: { first: 9_007_199_254_740_000, last: 9_007_199_254_740_990 },
  log: key.origin,
  words: 'lusab babad gutih tugad mudof sakat',
  code,
};

describe('the slip of a day', () => {
  it.skipIf(!hasZbar).each([
    ['40 mm', 320, 203],
    ['58 mm', 384, 203],
    ['80 mm', 576, 203],
    ['80 mm at 300 dpi', 832, 300],
  ])(
    `on paper of %s has a code that another program reads${hasZbar ? '' : ' (skipped: install zbar-tools)'}`,
    (_, widthDots, dpi) => {
      const drawn = drawSlip(face, { widthDots, dpi });
      if (!drawn.ok) throw new Error(drawn.error);
      expect(drawn.value).toMatchObject({ width: widthDots, missing: [] });
      expect(readCode(encodePng(drawn.value), folder)).toBe(code);
    },
  );

  it('of a day without entries says so and is drawn all the same', () => {
    const unknown = { minutes: null, isMeasured: true };
    const drawn = drawSlip({ ...face, entries: null, down: unknown, off: unknown }, { widthDots: 384, dpi: 203 });
    expect(drawn.ok && drawn.value.missing).toEqual([]);
  });
});
