import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { WallTime } from '../../src/base/time.ts';
import type { CertifiedKey, Trust } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';
import { outcomeOf, type Run, Tally } from './outcome.ts';
import { filesBelow } from './vector-files.ts';
import { lineIn } from './who.ts';

/** The sets publish no country authority: what is measured under this trust is the signature alone. */
const TAKEN_AT_ITS_WORD: Trust = {
  ...trustOf([]),
  certified: (_format, certificate): CertifiedKey => ({
    key: new X509Certificate(certificate).publicKey,
    alg: null,
    issuer: null,
    kid: 'in the code',
    formats: new Set(['vds-nc']),
    kinds: ALL_KINDS,
    validFromMs: 0,
    validUntilMs: Number.MAX_SAFE_INTEGER,
  }),
};

/** Something in the signed part of every seal, and what a forger would write there. */
const ALTERED: readonly (readonly [RegExp, string])[] = [
  [/"dob"\s*:\s*"(19|20)/, '"dob":"18'],
  [/"is"\s*:\s*"[A-Z]/, '"is":"X'],
];
const SEALS = /(^|\/)(ICAO[^/]*Contents\.txt|icao\/[^/]*\.txt)$/;

/** The seals of the WHO's and of KDE's collections: without authority, by their signature, and altered. */
export function runVdsNc(dirs: readonly string[], now: WallTime): Run {
  const tally = new Tally();
  const files = dirs.flatMap((dir) => filesBelow(dir, SEALS).map((path) => join(dir, path)));
  for (const path of files) {
    const line = lineIn(path);
    tally.note(path, outcomeOf(line, trustOf([]), now), 'vds-nc: unknown-issuer');
    tally.note(path, outcomeOf(line, TAKEN_AT_ITS_WORD, now), 'vds-nc: ok');
    for (const [from, to] of ALTERED) {
      const altered = line.replace(from, to);
      if (altered === line) continue;
      tally.note(`${path} altered`, outcomeOf(altered, TAKEN_AT_ITS_WORD, now), 'vds-nc: bad-signature');
    }
  }
  return tally;
}
