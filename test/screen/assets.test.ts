import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readAssets } from '../../src/screen/assets.ts';
import { findRoute, type Reply } from '../../src/screen/route.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assets-'));
  writeFileSync(join(folder, 'page.html'), '<p>page</p>');
  writeFileSync(join(folder, 'page.js'), 'first');
  writeFileSync(join(folder, 'notes.txt'), 'not for the browser');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function replyAt(path: string): Reply | null {
  const routes = readAssets(folder, { 'page.html': '/' });
  if (!routes.ok) return null;
  const found = findRoute(routes.value, 'GET', path);
  return found.ok && found.value.route.kind === 'page' ? found.value.route.reply('') : null;
}

it('serves the page at its own address and the rest beside it', () => {
  expect(replyAt('/')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
  expect(replyAt('/assets/page.js')?.body.toString()).toBe('first');
  expect(replyAt('/assets/page.html')).toBeNull();
  expect(replyAt('/assets/notes.txt')).toBeNull();
});

it('an update that is half written to the disk never reaches an open screen', () => {
  const routes = readAssets(folder, { 'page.html': '/' });
  writeFileSync(join(folder, 'page.js'), 'half a fi');
  rmSync(join(folder, 'page.html'));
  if (!routes.ok) throw new Error(routes.error);
  const bodies = routes.value.map((route) => (route.kind === 'page' ? route.reply('').body.toString() : ''));
  expect(bodies.sort()).toEqual(['<p>page</p>', 'first']);
});

it('pages that were never built are one sentence', () => {
  const missing = join(folder, 'dist');
  expect(readAssets(missing, { 'page.html': '/' })).toMatchObject({
    ok: false,
    error: expect.stringContaining('build them first'),
  });
  expect(readAssets(folder, { 'other.html': '/' })).toEqual({
    ok: false,
    error: `${join(folder, 'other.html')} is missing: build the pages first`,
  });
});
