import { join } from 'node:path';
import type { Trust } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { readLooseDocument } from '../../src/trust/loose-document.ts';
import { document } from '../support/trust-files.ts';
import { outcomeOf } from './outcome.ts';
import { Comparison, type Report } from './report.ts';
import { filesBelow, objectIn } from './vector-files.ts';

interface TotpFile {
  readonly key_hex: string;
  readonly step: number;
  readonly digits: number;
  readonly vectors: readonly { readonly time: number; readonly otp: string }[];
}

const algorithmIn = (name: string): string => (/sha-?256/i.test(name) ? 'TOTP_SHA256' : 'TOTP_SHA1');

function trustIn({ key_hex: key, step, digits }: TotpFile, algorithm: string): Trust {
  const tickets = [{ id: 't', key }];
  const set = { algorithm, periodMillis: step * 1_000, valueLength: digits, tickets };
  const keys = readLooseDocument(document(JSON.stringify({ iss: 'rfc6238', rotating_tickets: set })));
  if (!keys.ok) throw new Error(keys.error);
  return trustOf(keys.value);
}

/** Every code of the set as a ticket at its own time, and again with one digit changed. */
export function runTotp(dir: string): Report {
  const comparison = new Comparison();
  for (const name of filesBelow(dir, /\.json$/)) {
    const { key_hex, step, digits, vectors } = objectIn<TotpFile>(join(dir, name)) ?? {};
    if (key_hex === undefined || step === undefined || digits === undefined || vectors === undefined) continue;
    if (/sha-?512/i.test(name)) {
      for (const { time } of vectors)
        comparison.note(`${name} at ${time}`, false, true, 'SHA-512, by which no ticket is made');
      continue;
    }
    const trust = trustIn({ key_hex, step, digits, vectors }, algorithmIn(name));
    for (const { time, otp } of vectors) {
      const accepted = (code: string) =>
        outcomeOf(`RT1:rfc6238:t:${time}:${code}`, trust, { atMs: time * 1_000, trusted: true }).reason === 'ok';
      comparison.note(`${name} at ${time}`, accepted(otp), true);
      const changed = `${otp.slice(0, -1)}${(Number(otp.at(-1)) + 1) % 10}`;
      comparison.note(`${name} at ${time}, changed`, accepted(changed), false);
    }
  }
  return comparison;
}
