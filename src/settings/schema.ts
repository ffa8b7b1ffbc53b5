import { z } from 'zod';

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

/** Every setting of the owner: type, limits, default, the form and the README table come from here. */
export const settingsSchema = z.strictObject({
  venueName: setting(z.string().trim().min(1).max(60).default('문지기 Munjigi'), {
    title: 'Venue name',
    description: 'Printed on stickers and shown on the screen',
  }),
  venueId: setting(
    z
      .string()
      .regex(/^[a-z0-9-]{1,21}$/, 'must be 1 to 21 of a-z, 0-9 and -')
      .default('venue'),
    {
      title: 'Venue id',
      description: 'Names this venue in stickers; the same on all kiosks of the venue',
    },
  ),
  kioskId: setting(z.string().regex(/^[0-9A-HJKMNP-TV-Z]{2}$/, 'must be 2 characters of 0-9, A-Z without I, L, O, U'), {
    title: 'Kiosk id',
    description: 'Begins every sticker id; different on each kiosk of the venue, drawn at first start',
  }),
  zone: setting(z.string().refine(isTimeZone, 'must be a time zone such as Asia/Seoul').default('Asia/Seoul'), {
    title: 'Time zone',
    description: 'Where days begin and end',
  }),
  policy: setting(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
      .default('any-genuine'),
    {
      title: 'Policy',
      description: 'What opens the door: a preset by name',
    },
  ),
  relayMs: setting(z.int().min(200).max(10_000).default(1_500), {
    title: 'Door release',
    description: 'How long the strike is released after an admission',
    unit: 'ms',
  }),
  assistSoundsLikeAdmit: setting(z.boolean().default(false), {
    title: 'Discreet assist',
    description: 'An assist sounds like an admission, so that nobody else hears that someone needs help',
  }),
  stickerOffer: setting(z.enum(['on-request', 'off']).default('on-request'), {
    title: 'Stickers',
    description: 'Whether staff can print a sticker for an admitted pass',
  }),
  stickerHours: setting(
    z
      .int()
      .min(1)
      .max(24 * 31)
      .default(24),
    {
      title: 'Sticker validity',
      description: 'A sticker ends after this time, and never later than the pass it came from',
      unit: 'h',
    },
  ),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;
