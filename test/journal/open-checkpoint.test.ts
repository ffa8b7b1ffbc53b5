import { describe, expect, it } from 'vitest';
import { checkpointTime, formatCheckpoint, parseCheckpoint } from '../../src/journal/checkpoint.ts';
import { sha256, verifyEd25519 } from '../../src/journal/native-crypto.ts';
import { judgeCheckpoint, openCheckpoint } from '../../src/journal/open-checkpoint.ts';
import {
  COSIGNATURE,
  cosignatureBytes,
  cosignedMessage,
  signatureLine,
  verifierKey,
} from '../../src/journal/signed-note.ts';
import { signCheckpoint } from '../../src/journal/witness.ts';
import { newLogKey } from '../support/exported-log.ts';
import { LUNCH_MS } from '../support/passes.ts';

const key = newLogKey('7A');
const head = { size: 7, root: sha256(Buffer.from('root')) };
const note = signCheckpoint(key, head, { atMs: LUNCH_MS, trusted: true });

describe('a checkpoint', () => {
  it('that only a witness of the name of the log has signed is none of the log', () => {
    const text = formatCheckpoint({ origin: key.origin, ...head, extensions: [] });
    const { publicKey } = key.verifier;
    const cosigner = verifierKey(sha256, key.origin, COSIGNATURE, publicKey);
    const bytes = cosignatureBytes(1, key.sign(Buffer.from(cosignedMessage(text, 1))));
    const cosigned = `${text}\n${signatureLine({ name: key.origin, id: cosigner.id, bytes })}`;
    for (const keys of [[cosigner], [cosigner, key.verifier]]) {
      expect(judgeCheckpoint(cosigned, keys, verifyEd25519)).toMatchObject({ ok: false, error: { kind: 'foreign' } });
    }
    expect(judgeCheckpoint(note, [cosigner, key.verifier], verifyEd25519).ok).toBe(true);
  });

  it.each([
    ['unreadable', 'nothing'],
    ['unreadable', note.replace('\n7\n', '\n07\n')],
    ['forged', note.replace('\n7\n', '\n8\n')],
    ['foreign', signCheckpoint(newLogKey('7A'), head, { atMs: LUNCH_MS, trusted: true })],
  ])('is %s in one word for programs and one sentence for people', (kind, given) => {
    const judged = judgeCheckpoint(given, [key.verifier], verifyEd25519);
    expect(judged).toMatchObject({ ok: false, error: { kind } });
    const sentence = judged.ok ? '' : judged.error.sentence;
    expect(openCheckpoint(given, [key.verifier], verifyEd25519)).toEqual({ ok: false, error: sentence });
  });

  it('from before the epoch says no time', () => {
    const timeOf = (line: string) => {
      const parsed = parseCheckpoint(formatCheckpoint({ origin: key.origin, ...head, extensions: [line] }));
      return parsed.ok ? checkpointTime(parsed.value) : undefined;
    };
    expect(timeOf('time 1970-01-01T00:00:00.000Z trusted')).toEqual({ atMs: 0, trusted: true });
    expect(timeOf('time 1969-12-31T23:59:59.999Z trusted')).toBeNull();
    expect(timeOf('time 0000-01-01T00:00:00.000Z trusted')).toBeNull();
  });
});
