import type { Policy } from '../../src/policy/policy.ts';
import { anyGenuine } from '../../src/policy/presets/any-genuine.ts';
import { eventTicket } from '../../src/policy/presets/event-ticket.ts';
import { membership } from '../../src/policy/presets/membership.ts';

const passback = { mode: 'passback', minutes: 10, samePerson: 'ignore' } as const;

/** The policies that an owner changes between; each way of counting and each choice occurs. */
export const HOUSE_RULES: readonly Policy[] = [
  anyGenuine,
  { ...anyGenuine, id: 'passback', reuse: passback },
  {
    ...anyGenuine,
    id: 'lenient',
    reuse: { ...passback, minutes: 30 },
    clockUnsure: 'admit',
    stale: 'assist',
    verdicts: { expired: 'assist', 'already-used': 'assist', 'not-yet-valid': 'assist' },
  },
  eventTicket,
  membership,
  {
    ...anyGenuine,
    id: 'strict',
    reuse: passback,
    clockUnsure: 'refuse',
    stale: 'refuse',
    verdicts: { 'journal-fault': 'refuse', 'unknown-issuer': 'refuse', malformed: 'refuse' },
  },
  { ...anyGenuine, id: 'once', reuse: { ...passback, mode: 'single' }, clockUnsure: 'admit' },
];
