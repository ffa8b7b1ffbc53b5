/** The version in package.json; a test holds the two together. */
export const VERSION = '0.1.0';

/** No clock can truly show a time before this program was written: part of the floor under the wall clock. */
export const RELEASED_AT_MS = Date.UTC(2026, 10, 22);
