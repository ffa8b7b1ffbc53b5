import { err, ok, type Result } from '../base/result.ts';
import { LAST_INSTANT_MS, SECOND_MS } from '../base/time.ts';
import { fromBase64, joinBytes, toBase64, toHex, utf8 } from './byte-text.ts';
import type { Sha256 } from './merkle.ts';

/** Ed25519 over the note's text, of the log itself (C2SP signed-note). */
export const LOG_SIGNATURE = 0x01;
/** Ed25519 over time and text, of a witness (C2SP tlog-cosignature). */
export const COSIGNATURE = 0x04;
type SignatureType = typeof LOG_SIGNATURE | typeof COSIGNATURE;

export const MAX_NOTE_LENGTH = 16_384;
/** The specification asks for 16 at least. */
export const MAX_SIGNATURES = 64;

const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;
/** No later second has a date with four digits of a year. */
const LAST_TIME_S = Math.floor(LAST_INSTANT_MS / SECOND_MS);
// U+0085 is a space to Unicode and not to ECMAScript.
const KEY_NAME = /^[^\s\u0085+]+$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a note must not hold
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const SIGNATURE_LINE = /^— (\S+) (\S+)$/u;
const VERIFIER_KEY = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u;

/**
 * The encodings of Ed25519 points of low order, sign bit off, those included that are no canonical ones: under such a key
 * signatures hold that no secret has made, and programs disagree about which.
 */
const WEAK_KEYS: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);
const isWeak = (publicKey: Uint8Array): boolean =>
  WEAK_KEYS.has(toHex(publicKey.map((byte, at) => (at === PUBLIC_KEY_BYTES - 1 ? byte & 0x7f : byte))));

/** Who may sign: name and key id together, as C2SP signed-note says. */
export interface VerifierKey {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly type: SignatureType;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  /** What follows the key id. */
  readonly bytes: Uint8Array;
}

export interface SignedNote {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** One signature to be checked: RFC 8032 Ed25519. */
export interface SignatureCheck {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}
export type VerifyEd25519 = (check: SignatureCheck) => boolean;

/** A signature that holds; a witness also says when, in seconds since the epoch. */
export interface Endorsement {
  readonly key: VerifierKey;
  readonly atS: number | null;
}

/** C2SP signed-note, "key ID". */
export function verifierKey(sha256: Sha256, name: string, type: SignatureType, publicKey: Uint8Array): VerifierKey {
  const id = sha256(joinBytes(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).subarray(0, KEY_ID_BYTES);
  return { name, id: toHex(id), type, publicKey };
}

/** C2SP signed-note, "verifier keys": `name+id+base64(type, key)`. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${id}+${toBase64(joinBytes(Uint8Array.of(type), publicKey))}`;
}

/** Reads a verifier key of a log or of a witness; the error is one sentence. */
export function parseVerifierKey(sha256: Sha256, text: string): Result<VerifierKey, string> {
  const [, name = '', id = '', spelled = ''] = VERIFIER_KEY.exec(text.trim()) ?? [];
  const bytes = fromBase64(spelled);
  const type = bytes?.[0];
  if (bytes === null || !KEY_NAME.test(name) || bytes.length !== 1 + PUBLIC_KEY_BYTES) {
    return err('this is no verifier key: it reads name+8 hexadecimal digits+base64');
  }
  if (type !== LOG_SIGNATURE && type !== COSIGNATURE) return err('this verifier key is of a kind that is not Ed25519');
  const key = verifierKey(sha256, name, type, bytes.subarray(1));
  if (isWeak(key.publicKey))
    return err('this verifier key is weak: anybody can sign under it, so no kiosk has made it');
  return key.id === id
    ? ok(key)
    : err('this verifier key is damaged: its digits do not fit name and key; copy it again');
}

/** Reads a note without judging its signatures; the error is one sentence. */
export function parseNote(note: string, maxLength: number = MAX_NOTE_LENGTH): Result<SignedNote, string> {
  if (note.length > maxLength) return err(`longer than ${maxLength} characters`);
  if (CONTROL.test(note)) return err('it holds a control character');
  const end = note.lastIndexOf('\n\n');
  if (end < 1 || !note.endsWith('\n')) return err('no signature follows its text');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return err(`more than ${MAX_SIGNATURES} signatures`);
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name = '', spelled = ''] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = fromBase64(spelled);
    if (bytes === null || bytes.length <= KEY_ID_BYTES || !KEY_NAME.test(name))
      return err('a signature line is damaged');
    signatures.push({ name, id: toHex(bytes.subarray(0, KEY_ID_BYTES)), bytes: bytes.subarray(KEY_ID_BYTES) });
  }
  return ok({ text: note.slice(0, end + 1), signatures });
}

export function formatNote({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(signatureLine).join('')}`;
}

/** One line with its line feed. */
export function signatureLine({ name, id, bytes }: NoteSignature): string {
  return `— ${name} ${toBase64(joinBytes(idBytes(id), bytes))}\n`;
}

/** What a signature of this key covers; null where its form is not that of the key's kind. */
export function checkOf(text: string, signature: NoteSignature, key: VerifierKey): SignatureCheck | null {
  const { bytes } = signature;
  const { publicKey } = key;
  if (key.type === LOG_SIGNATURE) {
    return bytes.length === SIGNATURE_BYTES ? { publicKey, message: utf8(text), signature: bytes } : null;
  }
  const atS = timeOf(bytes);
  if (atS === null) return null;
  return { publicKey, message: cosignedMessage(text, atS), signature: bytes.subarray(TIME_BYTES) };
}

/** C2SP tlog-cosignature, "Ed25519 signed message". */
export function cosignedMessage(text: string, atS: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${atS}\n${text}`);
}

/** The bytes of a cosignature after the key id. */
export function cosignatureBytes(atS: number, signature: Uint8Array): Uint8Array {
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(atS));
  return joinBytes(time, signature);
}

/** The signatures of known keys; names and ids that are not known are passed over. */
function knownSignatures(
  note: SignedNote,
  keys: readonly VerifierKey[],
): readonly { readonly signature: NoteSignature; readonly key: VerifierKey }[] {
  return note.signatures.flatMap((signature) => {
    const key = keys.find(({ name, id }) => name === signature.name && id === signature.id);
    return key === undefined ? [] : [{ signature, key }];
  });
}

/**
 * C2SP signed-note, "Signatures": every signature of a known key must hold.
 * @returns those that hold; `forged` if a known key's does not, `unsigned` if none is by a known key
 */
export function openNote(
  note: SignedNote,
  keys: readonly VerifierKey[],
  verify: VerifyEd25519,
): Result<readonly Endorsement[], 'forged' | 'unsigned'> {
  const endorsements: Endorsement[] = [];
  for (const { signature, key } of knownSignatures(note, keys)) {
    const check = checkOf(note.text, signature, key);
    if (check === null || !verify(check)) return err('forged');
    endorsements.push({ key, atS: key.type === COSIGNATURE ? timeOf(signature.bytes) : null });
  }
  return endorsements.length > 0 ? ok(endorsements) : err('unsigned');
}

/** Notes that stand in one file, a blank line between them; text that was copied by hand may end otherwise. */
export function splitNotes(file: string): readonly string[] {
  const blocks = file
    .replaceAll('\r\n', '\n')
    .replace(/^\n+|\n+$/g, '')
    .split(/\n{2,}/);
  const notes: string[] = [];
  for (let at = 0; at < blocks.length; at += 2) {
    const text = blocks[at] ?? '';
    if (text !== '') notes.push(`${text}\n\n${blocks[at + 1] ?? ''}\n`);
  }
  return notes;
}

function timeOf(bytes: Uint8Array): number | null {
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return null;
  const atS = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  return atS <= BigInt(LAST_TIME_S) ? Number(atS) : null;
}

function idBytes(id: string): Uint8Array {
  return Uint8Array.from({ length: KEY_ID_BYTES }, (_, at) => Number.parseInt(id.slice(2 * at, 2 * at + 2), 16));
}
