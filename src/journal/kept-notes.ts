import { err, ok, type Result } from '../base/result.ts';
import { notesIn } from './checkpoint-code.ts';
import type { Sha256 } from './merkle.ts';
import type { InBoth } from './report-text.ts';

/** What a stranger gives as a witness. */
export interface KeptText {
  readonly text: string;
  /** The name of the file that it stood in; null where it was typed. */
  readonly file: string | null;
}

/** One signed note of it, not yet judged. */
export interface KeptNote {
  readonly note: string;
  readonly file: string | null;
}

/** The checkpoints that were kept elsewhere; the error is one sentence. */
export function keptNotes(sha256: Sha256, texts: readonly KeptText[]): Result<readonly KeptNote[], InBoth> {
  const notes: KeptNote[] = [];
  for (const { text, file } of texts) {
    const isBlank = text.trim() === '';
    // Whoever gives a file takes it for a witness: a log that passes without one would seem to pass with it.
    if (isBlank && file !== null) {
      return err({
        ko: `${file}에 확인점이 없습니다. 확인점을 보관한 파일을 주십시오.`,
        en: `${file} holds no checkpoint: give the file in which one was kept`,
      });
    }
    if (!isBlank) notes.push(...notesIn(sha256, text).map((note) => ({ note, file })));
  }
  return ok(notes);
}
