import { err, ok, type Result } from '../base/result.ts';
import { LAST_INSTANT_MS, SECOND_MS, type WallTime } from '../base/time.ts';
import { checkDates } from './dates.ts';
import { type PassFormat, refusal } from './format.ts';
import { NO_CLAIMS } from './own-pass.ts';
import { type Finding, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import { namedPassId } from './pass-id.ts';
import { isSameCode, totpCode } from './totp.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'rotating-ticket';
const PREFIX = 'RT1:';
/** Issuer, ticket, when the wallet made the code (seconds since the epoch), code. */
const LINE = /^RT1:([^:]*):([^:]*):(0|[1-9][0-9]{0,11}):([0-9]{6,10})$/;
export const ROTATING_ISSUER = /^[A-Za-z0-9._-]{1,64}$/;
export const ROTATING_TICKET_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** RFC 6238 section 5.2: the wallet's clock and ours may be this many steps apart, in either direction. */
export const SKEW_STEPS = 1;

interface Code {
  readonly issuer: string;
  readonly ticketId: string;
  readonly madeAtMs: number;
  readonly code: string;
}

function readLine(line: string): Result<Code, string> {
  const [, issuer = '', ticketId = '', seconds, code = ''] = LINE.exec(line) ?? [];
  if (seconds === undefined) return err('not RT1:ISSUER:TICKET:SECONDS:CODE');
  if (!ROTATING_ISSUER.test(issuer)) return err('the issuer is not 1 to 64 of A-Z a-z 0-9 . _ -');
  if (!ROTATING_TICKET_ID.test(ticketId)) return err('the ticket is not 1 to 64 of A-Z a-z 0-9 _ -');
  const madeAtMs = Number(seconds) * SECOND_MS;
  return madeAtMs <= LAST_INSTANT_MS ? ok({ issuer, ticketId, madeAtMs, code }) : err('made after the year 9999');
}

/**
 * A ticket whose code changes every few seconds: `RT1:ISSUER:TICKET:SECONDS:CODE`, in a wallet's barcode pattern
 * `RT1:ISSUER:TICKET:{totp_timestamp_seconds}:{totp_value_0}`. The code is the TOTP (RFC 6238) of the ticket's own
 * secret in the step that SECONDS lies in, good in that step and one on either side. Remembered by issuer and ticket,
 * never by the code: whatever code it shows, a ticket that was used is used.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const read = readLine(line);
  if (!read.ok) return refusal('malformed', read.error, { ...NO_FINDING, format: FORMAT });
  const { issuer, ticketId, madeAtMs, code } = read.value;
  const unknown: Finding = { ...NO_FINDING, format: FORMAT, issuer, kid: ticketId };
  const found = trust.find(FORMAT, issuer, Buffer.from(ticketId, 'latin1'));
  if (found === 'unknown-issuer') return refusal(found, 'no secrets of this issuer are on the trust list', unknown);
  if (found === 'unknown-key') return refusal(found, 'the issuer is known, this ticket of it is not', unknown);
  const terms = found.rotating;
  if (terms === undefined || !found.formats.has(FORMAT)) {
    return refusal('key-not-allowed', 'what goes by this name is no secret of a ticket', unknown);
  }
  const { kind, validFromMs, validUntilMs, periodMs, product, single } = terms;
  const finding: Finding = { ...unknown, kind, validFromMs, validUntilMs };
  const step = Math.floor(madeAtMs / periodMs);
  if (!isSameCode(totpCode(terms.algorithm, found.key, step, terms.digits), code)) {
    return refusal('bad-signature', 'the code is not the one of this ticket at that time', finding);
  }
  if (!found.kinds.has(kind)) return refusal('key-not-allowed', `it may not be a ${kind}`, finding);
  const shown = { validFromMs: (step - SKEW_STEPS) * periodMs, validUntilMs: (step + 1 + SKEW_STEPS) * periodMs };
  const stale = checkDates({ ...finding, ...shown }, now);
  if (stale !== null) return refusal(stale, 'the code is of another time: a picture of it, or a wrong clock', finding);
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the ticket', finding);
  return ok({
    ...finding,
    format: FORMAT,
    kind,
    kid: ticketId,
    passId: namedPassId(issuer, ticketId),
    claims: { ...NO_CLAIMS, kind, ticket: { product } },
    single,
    copyMs: (1 + 2 * SKEW_STEPS) * periodMs,
  });
}

export const rotatingTicket: PassFormat = { name: FORMAT, claims: (line) => line.startsWith(PREFIX), verify };
