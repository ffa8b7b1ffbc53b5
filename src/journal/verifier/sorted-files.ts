import { err, ok, type Result } from '../../base/result.ts';
import { EXPORT_FILES } from '../exported-log.ts';
import { outageIn } from '../outage-file.ts';
import type { InBoth } from '../report-text.ts';

export interface OpenedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const EXPORT_NAMES: ReadonlySet<string> = new Set(Object.values(EXPORT_FILES));
const PROOF_NAME = /\.tlog-proof$/i;
const CERTIFICATE_NAME = /\.(json|html?)$/i;
const utf8Text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The files by what their names say: what is in one must not decide whether another is looked at. */
export interface SortedFiles {
  readonly exported: ReadonlyMap<string, OpenedFile>;
  readonly proofs: readonly OpenedFile[];
  readonly certificates: readonly { readonly name: string; readonly text: string }[];
  readonly ignored: readonly string[];
}

/** The error is one sentence. */
export function sortFiles(files: readonly OpenedFile[]): Result<SortedFiles, InBoth> {
  const exported = new Map<string, OpenedFile>();
  const proofs: OpenedFile[] = [];
  const certificates: { name: string; text: string }[] = [];
  const ignored: string[] = [];
  for (const file of files) {
    const { name } = file;
    if (EXPORT_NAMES.has(name)) {
      if (exported.has(name)) {
        return err({
          ko: `이름이 ${name}인 파일이 두 개입니다. 내보낸 폴더를 하나씩 놓으십시오.`,
          en: `two files are called ${name}: give one export at a time`,
        });
      }
      exported.set(name, file);
      continue;
    }
    // What a computer keeps of a file beside it has the ending of that file.
    if (name.startsWith('._')) {
      ignored.push(name);
      continue;
    }
    const text = CERTIFICATE_NAME.test(name) ? textOf(file) : null;
    const certificate = text?.ok === true ? outageIn(text.value) : null;
    if (certificate !== null) certificates.push({ name, text: certificate });
    else if (PROOF_NAME.test(name)) proofs.push(file);
    else ignored.push(name);
  }
  return ok({ exported, proofs, certificates, ignored });
}

/** The error is one sentence. */
export function textOf({ name, bytes }: OpenedFile): Result<string, InBoth> {
  try {
    return ok(utf8Text.decode(bytes));
  } catch {
    return err({ ko: `파일 ${name}은(는) 글이 아닙니다.`, en: `the file ${name} is no text` });
  }
}
