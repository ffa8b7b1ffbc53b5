import type { OpenedFile } from '../sorted-files.ts';

/** The files of a file or folder picker, by their names alone. */
export function pickedFiles(input: HTMLInputElement): Promise<readonly OpenedFile[]> {
  return Promise.all([...(input.files ?? [])].map(opened));
}

/** Dropped files and the files inside dropped folders. */
export async function droppedFiles(drop: DataTransfer): Promise<readonly OpenedFile[]> {
  // The list is empty after the first turn, so that everything is asked for at once.
  const entries = [...drop.items].map((item) => item.webkitGetAsEntry());
  const files = await Promise.all(entries.map(filesIn));
  return Promise.all(files.flat().map(opened));
}

async function filesIn(entry: FileSystemEntry | null): Promise<readonly File[]> {
  if (entry?.isFile === true) {
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  }
  if (entry?.isDirectory !== true) return [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  // A browser gives a hundred at a time.
  for (;;) {
    const next = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (next.length === 0) break;
    inside.push(...next);
  }
  // One level: an export holds no folders.
  const files = await Promise.all(inside.filter(({ isFile }) => isFile).map(filesIn));
  return files.flat();
}

async function opened(file: File): Promise<OpenedFile> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
