/** The wall clock of the browser, in milliseconds since the epoch: only the age mark looks at it. */
export function wallMs(): number {
  return Date.now();
}
