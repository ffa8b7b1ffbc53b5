import { join } from 'node:path';
import type { WallTime } from '../../src/base/time.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocuments } from '../../src/trust/loose-document.ts';
import type { LooseKey } from '../../src/trust/loose-key.ts';
import { document } from '../support/trust-files.ts';
import { runCertLogic } from './certlogic.ts';
import { runCoseExamples } from './cose-examples.ts';
import { runDgc } from './dgc.ts';
import { runKde } from './kde.ts';
import { runNzcp } from './nzcp.ts';
import { runPretix } from './pretix.ts';
import { type Report, together } from './report.ts';
import { runSdJwt } from './sd-jwt.ts';
import type { FolderNames } from './set-folders.ts';
import { runShcFolders } from './shc.ts';
import { runTotp } from './totp.ts';
import { runVcJwt } from './vc-jwt.ts';
import { runVdsNc } from './vds-nc.ts';
import { filesBelow, objectIn, textIn } from './vector-files.ts';
import { runWho } from './who.ts';
import { runWycheproofJws, runWycheproofSignatures } from './wycheproof.ts';

/** One public set of vectors. */
export interface ConformanceSet extends FolderNames {
  readonly name: string;
  /**
   * @param dirs the folders that go by one of the names
   * @returns null where something is missing without which nothing can be measured
   */
  run(dirs: readonly string[]): Report | null;
}

const at = (time: string): WallTime => ({ atMs: Date.parse(time), trusted: true });
/** Before the "not active" pass of New Zealand begins, and after every other vector that has no clock of its own. */
const IN_2021 = at('2021-12-13T00:00:00Z');
/** Within the dates of all examples of the framework: they begin on 7 May 2024, and 03 ends a year later. */
const IN_2024 = at('2024-06-01T00:00:00Z');

const each =
  (run: (dir: string) => Report): ConformanceSet['run'] =>
  (dirs) =>
    together(dirs.map(run));

/** The keys in the files that hold some; a file of anything else is none. */
function keysIn(dirs: readonly string[], isKeys: (object: Readonly<Record<string, unknown>>) => boolean): LooseKey[] {
  const files = dirs.flatMap((dir) => filesBelow(dir, /\.json$/).map((path) => join(dir, path)));
  const documents = files.filter((path) => isKeys(objectIn<Record<string, unknown>>(path) ?? {}));
  const keys = readLooseDocuments(documents.map((path) => document(textIn(path), null, path)));
  return keys.ok ? [...keys.value] : [];
}

const NZCP_EXAMPLE = 'did:web:nzcp.covid19.health.nz';

function runNzcpFolders(dirs: readonly string[]): Report | null {
  const keys = keysIn(dirs, ({ id }) => id === NZCP_EXAMPLE);
  // The same document lies in several places.
  const unique = [...new Map(keys.map((key) => [key.kid, key])).values()];
  return unique.length === 0 ? null : together(dirs.map((dir) => runNzcp(dir, trustOf(unique), IN_2021)));
}

interface PretixFile {
  readonly valid_keys: object;
  readonly valid_keys_pretix_sig1: readonly string[];
}

function runPretixFolders(dirs: readonly string[]): Report | null {
  const files = dirs.flatMap((dir) => filesBelow(dir, /\.json$/).map((path) => objectIn<PretixFile>(join(dir, path))));
  const sets = files.flatMap((file) => file?.valid_keys ?? []);
  const beside = files.flatMap((file) => file?.valid_keys_pretix_sig1 ?? []);
  const all = beside.length === 0 ? sets : [...sets, { pretix_sig1: beside }];
  const keys = readLooseDocuments(
    all.map((keys, index) => document(JSON.stringify({ valid_keys: keys }), 'event', `event-${index}.json`)),
  );
  if (!keys.ok || keys.value.length === 0) return null;
  const unique = [...new Map(keys.value.map((key) => [key.kid, key])).values()];
  return together(dirs.map((dir) => runPretix(dir, trustOf(unique))));
}

const WHO = ['who-ddcc', 'ddcc-validator', 'gdhcn-validator'];
const KDE = ['kde-khealthcertificate', 'khealthcertificate'];
const WYCHEPROOF = ['wycheproof'];

/** Every public set, in the order of the table. A further one is one row. */
export const SETS: readonly ConformanceSet[] = [
  { name: 'EU DCC (dgc-testdata)', names: ['dgc-testdata'], run: each(runDgc) },
  {
    name: 'SMART Health Cards',
    names: ['shc', 'health-cards-dev-tools', 'smart-health-cards-and-links', 'health-cards'],
    run(dirs) {
      const runs = runShcFolders(dirs, IN_2024);
      return runs === null ? null : together(runs);
    },
  },
  { name: 'NZ COVID Pass', names: ['nzcp', 'nzcovidpass-spec', 'nzcp-js'], run: runNzcpFolders },
  { name: 'WHO DDCC and others', names: WHO, run: each((dir) => runWho(dir, trustOf([]), IN_2021)) },
  { name: 'KDE Itinerary', names: KDE, run: each((dir) => runKde(dir, IN_2021)) },
  { name: 'ICAO VDS-NC', names: [...WHO, ...KDE], run: (dirs) => runVdsNc(dirs, IN_2021) },
  { name: 'pretix sig1', names: ['pretix-sig1'], run: runPretixFolders },
  { name: 'VC-JWT and VP-JWT', names: ['infra-did-vcjwt'], run: each((dir) => runVcJwt(dir, IN_2021)) },
  { name: 'SD-JWT (RFC 9901)', names: ['sd-jwt'], run: each((dir) => runSdJwt(dir, IN_2024)) },
  { name: 'TOTP (RFC 6238)', names: ['totp'], run: each(runTotp) },
  {
    name: 'CertLogic and rule tests',
    names: ['certlogic', 'eu-dcc-business-rules', 'dgc-business-rules-testdata'],
    run(dirs) {
      const reports = dirs.map(runCertLogic).filter((report) => report !== null);
      return reports.length === 0 ? null : together(reports);
    },
  },
  { name: 'Wycheproof JWS, JWK', names: WYCHEPROOF, run: each(runWycheproofJws) },
  { name: 'Wycheproof ECDSA', names: WYCHEPROOF, run: each((dir) => runWycheproofSignatures(dir, /^Ecdsa.*Verify$/)) },
  { name: 'Wycheproof EdDSA', names: WYCHEPROOF, run: each((dir) => runWycheproofSignatures(dir, /^Eddsa.*Verify$/)) },
  { name: 'Wycheproof RSA', names: WYCHEPROOF, run: each((dir) => runWycheproofSignatures(dir, /^Rsassa.*Verify$/)) },
  {
    name: 'COSE examples',
    names: ['cose-examples', 'Examples'],
    holding: ['sign1-tests', 'ecdsa-examples', 'RFC8152'],
    run: each(runCoseExamples),
  },
];
