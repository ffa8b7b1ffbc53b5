/** One line of JSON for the system's log; never scanned text, names or keys. */
export type Log = (event: string, members?: Readonly<Record<string, string | number | boolean | null>>) => void;

/** The log of a running kiosk: standard error, which the supervisor keeps. */
export const stderrLog: Log = (event, members = {}) => {
  process.stderr.write(`${JSON.stringify({ event, ...members })}\n`);
};
