import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { isDay } from './day.ts';
import type { HealthGroup } from './required-members.ts';

const MAX_TEXT_LENGTH = 256;

export const isText = (value: Json | undefined): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT_LENGTH;
/** A day, or a date-time that begins with one. */
const startsOnDay = (value: Json | undefined): boolean => isText(value) && isDay(value.slice(0, 10));
const isCount = (value: Json | undefined): boolean => Number.isInteger(value) && Number(value) >= 1;

/** The members that every rule about such an entry rests on; an EU DCC entry has more. */
const IS_SOUND: Readonly<Record<HealthGroup, (entry: JsonObject) => boolean>> = {
  v: ({ dn, sd, dt }) => isCount(dn) && isCount(sd) && startsOnDay(dt),
  t: ({ sc, tr }) => startsOnDay(sc) && isText(tr),
  r: ({ fr, df, du }) => startsOnDay(fr) && startsOnDay(df) && startsOnDay(du),
  x: ({ why, until }) => isText(why) && (until === undefined || until === null || startsOnDay(until)),
};

/** One entry, bare or as the EU DCC writes it in a list of one, that a rule can judge; else null. */
export function soundEntry(group: HealthGroup, value: Json | undefined): JsonObject | null {
  const entry = isJsonArray(value) && value.length === 1 ? value[0] : value;
  return isJsonObject(entry) && IS_SOUND[group](entry) ? entry : null;
}
