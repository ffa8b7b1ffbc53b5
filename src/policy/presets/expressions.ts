import type { Json } from '../../base/json.ts';

/** CertLogic, written by hand in the presets: these only shorten what would otherwise be brackets. */
export const get = (path: string): Json => ({ var: path });
export const param = (name: string): Json => get(`external.params.${name}`);
export const all = (...conditions: readonly Json[]): Json => ({ and: conditions });
/** CertLogic has no `or`. */
export const either = (first: Json, second: Json): Json => ({ if: [first, true, second] });
export const where = (condition: Json, then: Json, otherwise: Json): Json => ({ if: [condition, then, otherwise] });
export const is = (left: Json, right: Json): Json => ({ '===': [left, right] });

/** A date or date-time, as an instant; a plain date is its midnight in UTC, so that days compare with days. */
export const at = (path: string): Json => ({ plusTime: [get(path), 0, 'day'] });
export const daysAfter = (path: string, days: Json): Json => ({ plusTime: [get(path), days, 'day'] });
export const notBefore = (left: Json, right: Json): Json => ({ 'not-before': [left, right] });
export const notAfter = (left: Json, right: Json): Json => ({ 'not-after': [left, right] });

export const NOW = at('external.validationClock');
export const TODAY = at('external.validationClockDay');
