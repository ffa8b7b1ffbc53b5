import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles a TypeScript entry so that a child process can run it; inside node_modules, where its packages resolve. */
export async function bundle(entry: string): Promise<string> {
  const folder = join(PROJECT, 'node_modules', '.cache', 'munjigi-test');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(entry, '.ts')}.mjs`);
  const { outputFiles } = await build({
    entryPoints: [join(PROJECT, entry)],
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    target: 'node20.19',
  });
  // Test files run side by side and share the bundle: none may see a half-written one.
  const unfinished = `${outfile}.${process.pid}`;
  writeFileSync(unfinished, outputFiles[0]?.contents ?? '');
  renameSync(unfinished, outfile);
  return outfile;
}
