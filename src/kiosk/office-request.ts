import { err, ok, type Result } from '../base/result.ts';
import { SETTINGS_ORIGINS, type SettingsOrigin } from '../settings/history.ts';

/** A writing command as it travels to a running kiosk: types only, what they say is checked where it is carried out. */
export type OfficeRequest =
  | {
      readonly command: 'sticker-issue';
      /** The pass as scanned, base64; else `kind` says what staff saw. */
      readonly pass?: string;
      readonly kind?: string;
      readonly via?: string;
      /** RFC 3339. */
      readonly until?: string;
      readonly print?: boolean;
    }
  | { readonly command: 'sticker-revoke'; readonly id: string }
  /**
   * Signs the log as it is; with `exportFrom`, after an entry that says from where on it is given away, or what is left
   * of the damaged one of that name.
   */
  | { readonly command: 'journal-checkpoint'; readonly exportFrom?: number; readonly damaged?: string }
  /** Countersigns another log's checkpoint: a C2SP consistency proof and the verifier key of that log. */
  | { readonly command: 'journal-cosign'; readonly proof: string; readonly key: string }
  /** Keeps a countersignature of this log: the note with it, and the verifier key of the witness. */
  | { readonly command: 'journal-witness'; readonly note: string; readonly key: string }
  /** Begins anew with the kiosk whose log has that name. */
  | { readonly command: 'journal-forget'; readonly log: string }
  /** Prints the slip of a day, `YYYY-MM-DD`; of today so far where none is named. */
  | { readonly command: 'journal-slip'; readonly day?: string }
  | { readonly command: 'owner-pin-set'; readonly pin: string }
  | { readonly command: 'count-out'; readonly count: number }
  | { readonly command: 'count-reset' }
  | { readonly command: 'register-add'; readonly phone: string; readonly district: string }
  /** Records that the visits of a stretch of time leave the kiosk; times in milliseconds since the epoch. */
  | {
      readonly command: 'register-export';
      readonly fromMs: number;
      readonly toMs: number;
      readonly visits: number;
      readonly sha256: string;
    }
  /** Puts the list that lies built in the folder into use; the digest is that of the file it was built from. */
  | { readonly command: 'revocations-adopt'; readonly sha256: string }
  | { readonly command: 'settings-set'; readonly assignments: readonly string[]; readonly by: SettingsOrigin }
  | { readonly command: 'settings-restore'; readonly version: number; readonly by: SettingsOrigin }
  | { readonly command: 'policy-import'; readonly file: SentFile; readonly by: SettingsOrigin }
  /** RFC 3339. */
  | { readonly command: 'clock-set'; readonly to: string }
  | { readonly command: 'trust-import'; readonly documents: readonly SentDocument[] }
  | {
      readonly command: 'trust-list-import';
      readonly list: SentFile;
      /** The root to pin where none is, and the words that the owner was given for it. */
      readonly root?: SentFile;
      readonly fingerprint?: string;
    };

/** No more people are counted out at once: a slip of the finger must not empty a hall. */
export const MAX_COUNT_OUT = 999;

/** A file on its way; `bytes` is base64. */
export interface SentFile {
  readonly name: string;
  readonly bytes: string;
}

/** A file of keys on its way. */
export interface SentDocument extends SentFile {
  readonly issuer: string | null;
}

/** What was done, as it travels back. */
export type OfficeAnswer = { readonly [member: string]: string | number | boolean | null };

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const SHA256 = /^[0-9a-f]{64}$/;
const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isFlagOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'boolean';

const isOrigin = (value: unknown): boolean => SETTINGS_ORIGINS.some((known) => known === value);

const isSentFile = (value: unknown): value is Members =>
  isMembers(value) && typeof value['name'] === 'string' && typeof value['bytes'] === 'string';
const isSentDocument = (value: unknown): boolean =>
  isSentFile(value) && (value['issuer'] === null || typeof value['issuer'] === 'string');

const IS_SOUND: Readonly<Record<OfficeRequest['command'], (request: Members) => boolean>> = {
  'sticker-issue': ({ pass, kind, via, until, print }) =>
    [pass, kind, via, until].every(isTextOrAbsent) && isFlagOrAbsent(print),
  'sticker-revoke': ({ id }) => typeof id === 'string',
  'count-out': ({ count }) => Number.isSafeInteger(count),
  'count-reset': () => true,
  'register-add': ({ phone, district }) => typeof phone === 'string' && typeof district === 'string',
  'register-export': ({ fromMs, toMs, visits, sha256 }) =>
    [fromMs, toMs, visits].every(isCount) && typeof sha256 === 'string' && SHA256.test(sha256),
  'revocations-adopt': ({ sha256 }) => typeof sha256 === 'string',
  'journal-checkpoint': ({ exportFrom, damaged }) =>
    (exportFrom === undefined || Number.isSafeInteger(exportFrom)) && isTextOrAbsent(damaged),
  'journal-cosign': ({ proof, key }) => typeof proof === 'string' && typeof key === 'string',
  'journal-witness': ({ note, key }) => typeof note === 'string' && typeof key === 'string',
  'journal-forget': ({ log }) => typeof log === 'string',
  'journal-slip': ({ day }) => isTextOrAbsent(day),
  'owner-pin-set': ({ pin }) => typeof pin === 'string',
  'settings-set': ({ assignments, by }) =>
    Array.isArray(assignments) && assignments.every((text) => typeof text === 'string') && isOrigin(by),
  'settings-restore': ({ version, by }) => Number.isSafeInteger(version) && isOrigin(by),
  'policy-import': ({ file, by }) => isSentFile(file) && isOrigin(by),
  'clock-set': ({ to }) => typeof to === 'string',
  'trust-import': ({ documents }) => Array.isArray(documents) && documents.every(isSentDocument),
  'trust-list-import': ({ list, root, fingerprint }) =>
    isSentFile(list) && (root === undefined || isSentFile(root)) && isTextOrAbsent(fingerprint),
};

const isCommand = (name: unknown): name is OfficeRequest['command'] =>
  typeof name === 'string' && Object.hasOwn(IS_SOUND, name);

const isRequest = (value: Members): value is Members & OfficeRequest =>
  isCommand(value['command']) && IS_SOUND[value['command']](value);

/** Reads one line from the control socket. Another version of the program may have sent it: the door must not mind. */
export function parseOfficeRequest(text: string): Result<OfficeRequest, string> {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return err('the request is not JSON');
  }
  if (!isMembers(request) || !isCommand(request['command'])) {
    return err('the kiosk does not know this command: it may run another version');
  }
  return isRequest(request)
    ? ok(request)
    : err(`the kiosk does not understand this ${request['command']}: it may run another version`);
}
