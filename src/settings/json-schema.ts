import * as z from 'zod';
import { settingsSchema } from './schema.ts';

/** JSON Schema (draft 2020-12) of `settings.json`: every setting with its title, limits and default. */
export function settingsJsonSchema(): object {
  // A file may leave out the id that the kiosk draws for itself.
  const { kioskId } = settingsSchema.shape;
  return z.toJSONSchema(settingsSchema.extend({ kioskId: kioskId.optional() }), { io: 'input' });
}
