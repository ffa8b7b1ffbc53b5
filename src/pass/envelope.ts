import { entryPass } from './entry-pass.ts';
import { type Explained, explain } from './explain.ts';
import type { PassFormat } from './format.ts';
import { healthCertificate } from './health-certificate.ts';
import { nzcp } from './nzcp.ts';
import { pretixSig1 } from './pretix-sig1.ts';
import { rotatingTicket } from './rotating-ticket.ts';
import { sdJwtVc } from './sd-jwt-vc.ts';
import { smartHealthCard } from './smart-health-card.ts';
import { sticker } from './sticker.ts';
import { vcJwt } from './vc-jwt.ts';
import { vdsNc } from './vds-nc.ts';
import { vpJwt } from './vp-jwt.ts';

/** Every format that is verified, most frequent first. A new format is one file and one entry here. */
export const FORMATS: readonly PassFormat[] = [
  healthCertificate,
  smartHealthCard,
  sticker,
  entryPass,
  nzcp,
  pretixSig1,
  vdsNc,
  vcJwt,
  vpJwt,
  sdJwtVc,
  rotatingTicket,
];

export type Recognised = { readonly kind: 'format'; readonly format: PassFormat } | Explained;

/**
 * Which format a line claims to be of. It is not trimmed or guessed at: what a format claims and is broken is
 * malformed by that format.
 * @param line Latin-1, one character a byte
 */
export function recognise(line: string): Recognised {
  const format = FORMATS.find((candidate) => candidate.claims(line));
  return format === undefined ? explain(line) : { kind: 'format', format };
}
