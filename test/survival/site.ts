import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestIssuer, testIssuer } from '../support/issuer.ts';
import { type Build, PROJECT } from './mutants.ts';

/** A kiosk that has never started: its folder, its wiring, an issuer of single-use tickets that it trusts. */
export interface Site {
  readonly folder: string;
  readonly data: string;
  readonly journal: string;
  readonly acks: string;
  readonly hardware: string;
  readonly issuer: TestIssuer;
  ticket(): string;
  remove(): void;
}

/**
 * Makes a site on the disk of the project: a memory file system would make every sync a success.
 * @param dataAt where its data shall lie, if not beside the rest
 */
export function makeSite(build: Build, dataAt?: string): Site {
  const cache = join(PROJECT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  // As strace tells paths: without links.
  const folder = realpathSync(mkdtempSync(join(cache, 'munjigi-survival-')));
  const data = dataAt ?? join(folder, 'data');
  const acks = join(folder, 'acks');
  const hardware = join(folder, 'hardware.yaml');
  execFileSync('mkfifo', [acks]);
  const wiring = ['scanner: {driver: stdin}', `signal: {driver: simulated, path: ${acks}}`, 'printer: {driver: none}'];
  writeFileSync(hardware, ['board: generic', ...wiring, ''].join('\n'));
  const issuer = testIssuer(folder);
  const importing = [build.cli, 'trust', 'import', '--unsigned', issuer.trustFile, '--data', data];
  execFileSync(process.execPath, importing, { stdio: 'pipe' });
  return {
    folder,
    data,
    journal: join(data, 'journal.db'),
    acks,
    hardware,
    issuer,
    ticket: () => issuer.pass('ticket', { single: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
