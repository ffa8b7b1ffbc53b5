import * as z from 'zod';
import { PLAIN_TEXT } from '../base/plain-text.ts';
import { wrongValue } from './complaint.ts';
import { group, oneOf, wholeNumber, yesOrNo } from './members.ts';
import { VENUE_KINDS } from './venue-kinds.ts';

/** Characters of Crockford's base 32: none of them can be taken for another when read aloud or copied by hand. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const setting = <T extends z.ZodType>(schema: T, meta: { title: string; description: string; unit?: string }): T =>
  schema.meta(meta);

const wanting = (wanted: string) => (issue: { readonly input?: unknown }) => wrongValue(issue.input, wanted);
/** One line of text of the form that `pattern` describes. */
const patterned = (pattern: RegExp, wanted: string) => {
  const error = wanting(wanted);
  return z.string({ error }).regex(pattern, { error });
};

export const MAX_VENUE_NAME_LENGTH = 60;
const venueName = wanting(`1 to ${MAX_VENUE_NAME_LENGTH} printable characters on one line`);
const zone = wanting('a time zone, such as Asia/Seoul');
const policyParam = wanting('a whole number');
export const MIN_RELAY_MS = 200;
export const MAX_RELAY_MS = 10_000;
export const MAX_STICKER_HOURS = 24 * 31;
/** What trust lists are for; a kiosk at work must never take one that was made for trying things out. */
export const ENVIRONMENTS = ['production', 'test'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];
export const MAX_OCCUPANCY = 9_999;

/** Every setting of the owner: type, limits, default, the form and the README table come from here. */
export const settingsSchema = group({
  venueName: setting(
    z
      .string({ error: venueName })
      .trim()
      .max(MAX_VENUE_NAME_LENGTH, { error: venueName })
      .regex(PLAIN_TEXT, { error: venueName })
      .default('문지기 Munjigi'),
    {
      title: 'Venue name',
      description: 'Printed on stickers and shown on the screen',
    },
  ),
  venueId: setting(patterned(/^[a-z0-9-]{1,21}$/, '1 to 21 of a-z, 0-9 and -').default('venue'), {
    title: 'Venue id',
    description: 'Names this venue in stickers; the same on all kiosks of the venue',
  }),
  kioskId: setting(patterned(/^[0-9A-HJKMNP-TV-Z]{2}$/, '2 characters of 0-9 and A-Z without I, L, O, U'), {
    title: 'Kiosk id',
    description: 'Begins every sticker id; different on each kiosk of the venue, drawn at first start',
  }),
  zone: setting(z.string({ error: zone }).refine(isTimeZone, { error: zone }).default('Asia/Seoul'), {
    title: 'Time zone',
    description: 'Where days begin and end',
  }),
  policy: setting(
    patterned(/^[a-z0-9][a-z0-9-]{0,39}$/, 'the name of a preset or of a policy file').default('any-genuine'),
    {
      title: 'Policy',
      description: 'What opens the door: a preset, or a file of `policies/` by its id',
    },
  ),
  policyParams: setting(
    z
      .record(z.string(), z.number({ error: policyParam }), { error: wanting('parameters with a number each') })
      .default({}),
    {
      title: 'Policy parameters',
      description:
        'Numbers that take the place of the policy’s own; `munjigi policy show` lists them with their limits',
    },
  ),
  venueKind: setting(oneOf(VENUE_KINDS).default('other'), {
    title: 'Kind of venue',
    description: 'What rules may ask about the place, such as `restaurant`',
  }),
  environment: setting(oneOf(ENVIRONMENTS).default('production'), {
    title: 'Environment',
    description: 'Which signed trust lists are taken: those for production or those for test, never both',
  }),
  relayMs: setting(wholeNumber(MIN_RELAY_MS, MAX_RELAY_MS, ' milliseconds').default(1_500), {
    title: 'Door release',
    description: 'How long the strike is released after an admission',
    unit: 'ms',
  }),
  assistSoundsLikeAdmit: setting(yesOrNo.default(false), {
    title: 'Discreet assist',
    description: 'An assist sounds like an admission, so that nobody else hears that someone needs help',
  }),
  stickerOffer: setting(oneOf(['on-request', 'off']).default('on-request'), {
    title: 'Stickers',
    description: 'Whether staff can print a sticker for an admitted pass',
  }),
  stickerHours: setting(wholeNumber(1, MAX_STICKER_HOURS, ' hours').default(24), {
    title: 'Sticker validity',
    description: 'A sticker ends after this time, and never later than the pass it came from',
    unit: 'h',
  }),
  register: setting(oneOf(['off', 'on']).default('off'), {
    title: 'Visitor register',
    description: 'Whether visitors leave number and district, sealed for the authority that the trust list names',
  }),
  dailySlip: setting(yesOrNo.default(false), {
    title: 'Daily slip',
    description:
      'At 04:00 the printer prints what was counted that day and a checkpoint of the log, to be kept elsewhere',
  }),
  occupancyLimit: setting(wholeNumber(0, MAX_OCCUPANCY, ' people').default(0), {
    title: 'People inside',
    description: 'With so many people inside, staff are asked before the next; 0 where nobody counts',
  }),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;
