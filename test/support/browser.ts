import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { readAssets } from '../../src/screen/assets.ts';
import type { Route } from '../../src/screen/route.ts';

const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);
/** For the name of a skipped test. */
export const chromiumNote = hasChromium ? '' : ' (skipped: install chromium)';

/** A browser that talks to nobody of its own accord; a fresh profile each time. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const SRC = join(import.meta.dirname, '..', '..', 'src');

/** Bundles the pages as the build does and reads them in: the visitor's screen at `/`, the simulator at `/simulator`. */
export async function builtPages(): Promise<readonly Route[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pages-'));
  try {
    const entries = [
      'page.tsx',
      'page.css',
      'page.html',
      'owner.tsx',
      'owner.css',
      'owner.html',
      'register.tsx',
      'register.css',
      'register.html',
      'icon.svg',
    ].map((name) => join(SRC, 'screen/web', name));
    const simulator = ['simulator.tsx', 'simulator.css', 'simulator.html'].map((name) =>
      join(SRC, 'simulation/web', name),
    );
    await build({
      entryPoints: [...entries, ...simulator],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'chrome109',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      loader: { '.html': 'copy', '.svg': 'copy' },
      outbase: SRC,
      outdir: folder,
      logLevel: 'error',
    });
    const screen = readAssets(join(folder, 'screen/web'), {
      'page.html': '/',
      'owner.html': '/owner',
      'register.html': '/register',
    });
    const simulation = readAssets(join(folder, 'simulation/web'), { 'simulator.html': '/simulator' });
    if (!screen.ok) throw new Error(screen.error);
    if (!simulation.ok) throw new Error(simulation.error);
    return [...screen.value, ...simulation.value];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
