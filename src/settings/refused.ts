import type * as z from 'zod';
import { assert } from '../base/assert.ts';

/** What to say of a refused file: its first complaint, but a misspelt member before one that seems missing because of it. */
export function firstComplaint({ issues }: z.ZodError): string {
  const told = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  assert(told !== undefined, 'zod refuses with an issue');
  return `${told.path.length === 0 ? 'the file' : told.path.join('.')} ${told.message}`;
}
