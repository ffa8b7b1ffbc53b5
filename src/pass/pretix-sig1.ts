import { decodeBase64 } from '../base/base64url.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { algorithmNamed } from './algorithms.ts';
import { checkDates } from './dates.ts';
import { type PassFormat, refusal } from './format.ts';
import { instantOf } from './numeric-date.ts';
import { NO_CLAIMS } from './own-pass.ts';
import { type Finding, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import { decodePretixTicket, type PretixTicket } from './pretix-ticket.ts';
import type { Trust, TrustedKey } from './trust.ts';

const FORMAT = 'pretix-sig1';
const VERSION = 1;
/** Version, length of the ticket, length of the signature. */
const HEAD_BYTES = 5;
const SIGNATURE_BYTES = 64;
const SMALLEST_LENGTH = Math.ceil((HEAD_BYTES + SIGNATURE_BYTES) / 3) * 4;
/** Base64 from back to front, so that its end is the beginning: version 1 and a ticket of fewer than 1,024 bytes. */
const SIGHT = /^={0,2}[A-Za-z0-9+/]+[A-P]QA$/;
export const MAX_SEED_LENGTH = 128;

const UNREAD: Finding = { ...NO_FINDING, format: FORMAT, kind: 'ticket' };

interface Opened {
  readonly line: string;
  readonly signed: Buffer;
  readonly signature: Buffer;
  readonly ticket: PretixTicket;
}

function open(line: string): Result<Opened, string> {
  const bytes = decodeBase64([...line].reverse().join(''));
  if (bytes === null) return err('not canonical Base64 from back to front');
  if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return err('not version 1');
  const signatureAt = HEAD_BYTES + bytes.readUInt16BE(1);
  if (bytes.readUInt16BE(3) !== SIGNATURE_BYTES) return err('no Ed25519 signature');
  if (signatureAt + SIGNATURE_BYTES !== bytes.length) return err('longer or shorter than its lengths say');
  const signed = bytes.subarray(HEAD_BYTES, signatureAt);
  const ticket = decodePretixTicket(signed);
  return ticket.ok ? ok({ line, signed, signature: bytes.subarray(signatureAt), ticket: ticket.value }) : ticket;
}

const isSignedBy = ({ key }: TrustedKey, { signed, signature }: Opened): boolean => {
  const ed25519 = algorithmNamed('EdDSA');
  return ed25519?.fits(key) === true && ed25519.verify(key, signed, signature);
};

/** 0 and absence both mean that there is no such time. */
const timeOf = (seconds: number): number | null => (seconds === 0 ? null : instantOf(seconds));
const idOf = (id: number): number | null => (id === 0 ? null : id);

function verifyOpened(opened: Opened, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const { ticket } = opened;
  const claimed: Finding = {
    ...UNREAD,
    validFromMs: timeOf(ticket.validFromS),
    validUntilMs: timeOf(ticket.validUntilS),
  };
  // A ticket names no key: its event publishes a short list, and each key on it counts (see Trust.listed).
  const listed = trust.listed(FORMAT);
  if (listed.length === 0) return refusal('unknown-issuer', 'no event with pretix keys is in the trust list', claimed);
  const trusted = listed.find((key) => isSignedBy(key, opened));
  if (trusted === undefined) return refusal('bad-signature', 'signed by none of the keys of the event', claimed);
  const finding: Finding = { ...claimed, issuer: trusted.issuer, kid: trusted.kid };
  if (!trusted.kinds.has('ticket')) return refusal('key-not-allowed', 'the key may not sign tickets', finding);
  // pretix counts a ticket as valid in the second of its end, as its own scanners do.
  const lastMs = finding.validUntilMs;
  const outside = checkDates({ ...finding, validUntilMs: lastMs === null ? null : lastMs + 1 }, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the ticket', finding);
  if (ticket.seed === '' || ticket.seed.length > MAX_SEED_LENGTH) {
    return refusal('bad-claims', `the seed is not 1 to ${MAX_SEED_LENGTH} characters long`, finding);
  }
  if (ticket.item === 0) return refusal('bad-claims', 'the ticket names no product', finding);
  return ok({
    ...finding,
    format: FORMAT,
    kind: 'ticket',
    kid: trusted.kid,
    passId: Buffer.from(ticket.seed, 'utf8'),
    claims: {
      ...NO_CLAIMS,
      kind: 'ticket',
      ticket: {
        product: String(ticket.item),
        variation: idOf(ticket.variation),
        subevent: idOf(ticket.subevent),
        event: trusted.issuer,
      },
    },
    // Whether a ticket is good for one entry is the event's rule, not on the ticket.
    single: false,
    revocable: { by: 'secret', secret: opened.line },
  });
}

/**
 * pretix_sig1 tickets: the Base64 of version, two lengths, a protobuf message and its Ed25519 signature, written from
 * back to front. A genuine ticket may still be used, revoked or blocked: that is for revocation and the journal.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const opened = open(line);
  return opened.ok ? verifyOpened(opened.value, trust, now) : refusal('malformed', opened.error, UNREAD);
}

export const pretixSig1: PassFormat = {
  name: FORMAT,
  claims: (line) => line.length >= SMALLEST_LENGTH && SIGHT.test(line),
  verify,
};
