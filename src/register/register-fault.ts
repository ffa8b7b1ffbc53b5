const FULL: ReadonlySet<string> = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT']);

/** One sentence with what to do. @param code what SQLite or the file system says */
export const cannotBeWritten = (code: string): string =>
  `the visitor register cannot be written (${code}): ${remedyFor(code)}`;

function remedyFor(code: string): string {
  if (FULL.has(code)) return 'free some space, then try again';
  return code === 'SQLITE_BUSY' ? 'something else reads it, try again in a moment' : 'check its owner and the disk';
}
