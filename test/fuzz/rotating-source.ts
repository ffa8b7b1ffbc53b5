import { createHmac, createSecretKey } from 'node:crypto';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { ALL_KINDS } from '../../src/trust/loose-key.ts';
import { type Case, caseOf, DAY_S, type Expectation, NEVER, NOW_S, type Source, type Template } from './case.ts';
import { damageCase } from './damage-case.ts';
import type { Random } from './random.ts';

const FORMAT = 'rotating-ticket';
const ISSUER = 'fuzz-venue';
const PERIOD_S = 30;
const DIGITS = 8;
const TICKETS = 24;

interface Ticket {
  readonly id: string;
  readonly secret: Buffer;
  readonly fromS: number | null;
  readonly untilS: number | null;
}

/** RFC 6238 over SHA-1. */
function codeAt(secret: Buffer, seconds: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / PERIOD_S)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const number = mac.readUInt32BE((mac[19] ?? 0) & 15) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

export function rotatingTickets(random: Random): { readonly source: Source; readonly trusted: readonly TrustedKey[] } {
  const tickets: readonly Ticket[] = Array.from({ length: TICKETS }, (_, index) => ({
    id: `T-${index}`,
    secret: random.bytes(20),
    fromS: random.pick([null, NOW_S - DAY_S, NOW_S, NOW_S + 1]),
    untilS: random.pick([null, NOW_S + DAY_S, NOW_S, NOW_S + 1]),
  }));
  const isCurrent = ({ fromS, untilS }: Ticket): boolean => (fromS ?? 0) <= NOW_S && NOW_S < (untilS ?? NOW_S + 1);
  const identityOf = ({ id }: Ticket) => ({ format: FORMAT, passId: Buffer.from(`${ISSUER}\0${id}`) }) as const;
  const lineOf = ({ id, secret }: Ticket, seconds: number | string, code = codeAt(secret, Number(seconds))): string =>
    `RT1:${ISSUER}:${id}:${seconds}:${code}`;
  const templates: readonly Template[] = tickets
    .filter(isCurrent)
    .map((ticket) => ({ identity: identityOf(ticket), line: Buffer.from(lineOf(ticket, NOW_S)) }));

  function crafted(of: Random): Case {
    const ticket = of.pick(tickets);
    const goodNow: Expectation = isCurrent(ticket) ? { kind: 'admit', identity: identityOf(ticket) } : NEVER;
    const step = Math.floor(NOW_S / PERIOD_S);
    const games: readonly (() => Case)[] = [
      () => {
        const steps = of.pick([-100, -2, -1, 0, 1, 2, 100]);
        const seconds = (step + steps) * PERIOD_S + of.below(PERIOD_S);
        return caseOf(FORMAT, `${steps} steps off`, lineOf(ticket, seconds), Math.abs(steps) <= 1 ? goodNow : NEVER);
      },
      () => caseOf(FORMAT, 'code of another ticket', lineOf(ticket, NOW_S, codeAt(of.bytes(20), NOW_S)), NEVER),
      () =>
        caseOf(
          FORMAT,
          'old code, new time',
          lineOf(ticket, NOW_S, codeAt(ticket.secret, NOW_S - 10 * PERIOD_S)),
          NEVER,
        ),
      () => {
        const seconds = of.pick([
          '',
          '00',
          '-1',
          '1e9',
          `0${NOW_S}`,
          ` ${NOW_S}`,
          `${NOW_S}.0`,
          '999999999999',
          'NaN',
          '0x1',
        ]);
        return caseOf(FORMAT, 'odd time', lineOf(ticket, seconds, codeAt(ticket.secret, NOW_S)), NEVER);
      },
      () => {
        const code = codeAt(ticket.secret, NOW_S);
        const odd = of.pick([code.slice(1), `${code}0`, `0${code}`, '', '00000000', `${code} `, '１２３４５６７８']);
        return caseOf(FORMAT, 'odd code', lineOf(ticket, NOW_S, odd), NEVER);
      },
      () =>
        caseOf(
          FORMAT,
          'unknown ticket',
          lineOf({ ...ticket, id: of.pick(['T-99', '../T-1', '__proto__', '', 'T-1\0']) }, NOW_S),
          NEVER,
        ),
    ];
    return of.pick(games)();
  }

  return {
    trusted: tickets.map(({ id, secret, fromS, untilS }) => ({
      key: createSecretKey(secret),
      alg: null,
      issuer: ISSUER,
      kid: id,
      formats: new Set([FORMAT] as const),
      kinds: ALL_KINDS,
      rotating: {
        algorithm: 'TOTP_SHA1',
        periodMs: PERIOD_S * 1_000,
        digits: DIGITS,
        kind: 'ticket',
        product: null,
        validFromMs: fromS === null ? null : fromS * 1_000,
        validUntilMs: untilS === null ? null : untilS * 1_000,
        single: false,
      },
    })),
    source: {
      row: FORMAT,
      templates,
      make: (of) => (of.chance(0.5) ? damageCase(of, FORMAT, templates) : crafted(of)),
    },
  };
}
