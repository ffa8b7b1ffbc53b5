import { deflateSync } from 'node:zlib';
import type { Kind } from '../../src/pass/pass.ts';
import { namedPassId } from '../../src/pass/pass-id.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { ecKey, edKey, type FuzzKey, trusted } from '../fuzz/keys.ts';
import { Random } from '../fuzz/random.ts';
import { cbor } from '../support/cbor-writer.ts';
import { encodeBase45, person, VACCINATION } from '../support/dcc.ts';
import { segment } from '../support/jws-signer.ts';

/** What somebody holds up, as the one who made it knows it: the kiosk is told the lines alone. */
export interface Card {
  /** What it is called in the trace. */
  readonly name: string;
  /** Every way to write it down that a reader can make sense of; one is held up at a time. */
  readonly lines: readonly string[];
  /** What is the matter with the line itself, whatever the door knows; null for a genuine form. */
  readonly unreadable: 'malformed' | 'unsupported-format' | 'needs-server' | 'too-long' | null;
  readonly format: 'entry-pass' | 'eu-dcc' | 'sticker' | null;
  readonly issuer: string | null;
  readonly kid: string;
  readonly isForged: boolean;
  readonly kind: Kind;
  /** The first instant at which it is good, and the first at which it is not any more. */
  readonly fromMs: number | null;
  readonly untilMs: number;
  readonly single: boolean;
  /** What it and all that stands for it are remembered by. */
  readonly use: string;
  /** What the issuer calls it, as bytes: what the journal derives its key from. */
  readonly passId: Buffer;
  /** When the pass behind it ends: its own end, for a sticker that of the pass. */
  readonly passUntilMs: number | null;
}

export interface Issued {
  readonly name: string;
  readonly issuer: string;
  readonly key: FuzzKey;
  readonly kind: Kind;
  readonly fromMs: number | null;
  readonly untilMs: number;
  readonly single?: boolean;
  readonly isForged?: boolean;
}

const SECOND_MS = 1_000;

/** An entry pass with an Ed25519 signature, which is the same each time; dates in whole seconds. */
export function entryPass({
  name,
  issuer,
  key,
  kind,
  fromMs,
  untilMs,
  single = false,
  isForged = false,
}: Issued): Card {
  const jti = name.padEnd(8, '_');
  const claims = {
    iss: issuer,
    jti,
    iat: Math.floor((untilMs - 400 * 86_400_000) / SECOND_MS),
    exp: untilMs / SECOND_MS,
    ...(fromMs === null ? {} : { nbf: fromMs / SECOND_MS }),
    kind,
    ...(single ? { single } : {}),
  };
  const header = segment(JSON.stringify({ alg: 'EdDSA', typ: 'entry-pass+jwt', kid: key.kid }));
  const signed = `${header}.${segment(JSON.stringify(claims))}`;
  const said = isForged ? `${header}.${segment(JSON.stringify({ ...claims, iat: claims.iat + 1 }))}` : signed;
  return {
    name,
    lines: [`${said}.${segment(key.sign(Buffer.from(signed)))}`],
    unreadable: null,
    format: 'entry-pass',
    issuer,
    kid: key.kid,
    isForged,
    kind,
    fromMs,
    untilMs,
    single,
    use: name,
    passId: namedPassId(issuer, jti),
    passUntilMs: untilMs,
  };
}

/** A line that is no pass. */
export function noPass(name: string, line: string, unreadable: NonNullable<Card['unreadable']>): Card {
  return {
    name,
    lines: [line],
    unreadable,
    format: null,
    issuer: null,
    kid: '',
    isForged: false,
    kind: 'other',
    fromMs: null,
    untilMs: 0,
    single: false,
    use: '',
    passId: Buffer.alloc(0),
    passUntilMs: null,
  };
}

const DCC_KID = Buffer.from('6b696f736b2d6461', 'hex');
const DCC_FROM_MS = Date.UTC(2026, 11, 1);
const DCC_UNTIL_MS = Date.UTC(2030, 0, 1);

/** Issuers and certificates that all days of a seed share. */
export interface Wallet {
  /** `arena` and `club` change keys by day; `stranger` is on no list; `narrow` may sign memberships alone. */
  readonly keys: Readonly<Record<'arena' | 'arenaNext' | 'club' | 'stranger' | 'narrow', FuzzKey>>;
  readonly certificateKey: TrustedKey;
  /** EU certificates of different people, each in many spellings. */
  readonly certificates: readonly Card[];
}

const instant = (atMs: number): Buffer => cbor.int(Math.floor(atMs / SECOND_MS));

/** What nobody signed may be written in many ways: the tag, the width of a length, another header. */
function messagesOf(protectedBytes: Buffer, payload: Buffer, signature: Buffer): readonly Buffer[] {
  const parts = (unprotected: Buffer): readonly Buffer[] => [
    cbor.bytes(protectedBytes),
    unprotected,
    cbor.bytes(payload),
    cbor.bytes(signature),
  ];
  const plain = cbor.list(...parts(cbor.map()));
  const wide = Buffer.concat([Buffer.from([0x98, 4]), ...parts(cbor.map())]);
  const more = cbor.list(...parts(cbor.map([cbor.int(-70_000), cbor.text('more')])));
  return [plain, wide, more].flatMap((message) => [cbor.tag(18, message), message]);
}

function certificate(key: FuzzKey, number: number): Card {
  const id = `URN:UVCI:01:AT:DAYS#${number}`;
  const protectedBytes = cbor.map([cbor.int(1), cbor.int(-7)], [cbor.int(4), cbor.bytes(DCC_KID)]);
  const payload = cbor.map(
    [cbor.int(1), cbor.text('AT')],
    [cbor.int(4), instant(DCC_UNTIL_MS)],
    [cbor.int(6), instant(DCC_FROM_MS)],
    [cbor.int(-260), cbor.map([cbor.int(1), cbor.of(person({ v: [{ ...VACCINATION, ci: id }] }))])],
  );
  const nothing = cbor.bytes(Buffer.alloc(0));
  const signed = cbor.list(cbor.text('Signature1'), cbor.bytes(protectedBytes), nothing, cbor.bytes(payload));
  const signature = key.sign(signed);
  const lines = messagesOf(protectedBytes, payload, signature).flatMap((message) =>
    [9, 1, 0].map((level) => `HC1:${encodeBase45(deflateSync(message, { level }))}`),
  );
  return {
    name: `dcc-${number}`,
    lines,
    unreadable: null,
    format: 'eu-dcc',
    issuer: null,
    kid: DCC_KID.toString('base64'),
    isForged: false,
    kind: 'vaccination',
    fromMs: DCC_FROM_MS,
    // The specification rejects after the second of the end, and not in it.
    untilMs: DCC_UNTIL_MS + 1,
    single: false,
    use: `dcc-${number}`,
    passId: Buffer.from(id, 'utf8'),
    passUntilMs: DCC_UNTIL_MS,
  };
}

const CERTIFICATES = 4;

/** @param seed decides every key and every line */
export function walletOf(seed: number): Wallet {
  const random = new Random(seed, 0);
  const key = (): FuzzKey => edKey(random);
  const authority = ecKey(random);
  return {
    keys: { arena: key(), arenaNext: key(), club: key(), stranger: key(), narrow: key() },
    certificateKey: trusted(authority, null, ['eu-dcc'], { kid: DCC_KID.toString('base64') }),
    certificates: Array.from({ length: CERTIFICATES }, (_, number) => certificate(authority, number)),
  };
}
