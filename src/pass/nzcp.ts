import { decodeBase32 } from '../base/base32.ts';
import { isJsonArray, isJsonObject, type Json } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { decodeCbor } from './cbor.ts';
import { type Cbor, type CborMap, isCborMap, jsonOf } from './cbor-value.ts';
import { type CoseSign1, decodeCoseSign1, verifyCoseSign1 } from './cose.ts';
import { claimedInstant, LABEL_CTI, LABEL_EXP, LABEL_ISS, LABEL_NBF } from './cwt.ts';
import { checkDates } from './dates.ts';
import { isDay } from './day.ts';
import { COVID_19 } from './fhir-codes.ts';
import { type PassFormat, refusal } from './format.ts';
import { KID } from './jws.ts';
import { type Claims, type Finding, NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'nzcp';
const SCHEME = /^NZCP:\//i;
const VERSIONED = /^NZCP:\/(\d{1,9})\//;
const SUPPORTED_VERSION = '1';
/** tag(18) in its one-byte form: section 5 asks for the tagged COSE_Sign1. */
const TAGGED_SIGN1 = 0xd2;
const CTI_BYTES = 16;
const MAX_NAME_LENGTH = 100;
const ISSUER = /^did:web:[A-Za-z0-9._:%-]{1,240}$/;
const CONTEXT = 'https://www.w3.org/2018/credentials/v1';
const TYPES = ['VerifiableCredential', 'PublicCovidPass'];
const CREDENTIAL_VERSION = '1.0.0';

const UNREAD: Finding = { ...NO_FINDING, format: FORMAT };

/** All of a pass that can be read without trusting it. */
interface Opened {
  readonly message: CoseSign1;
  readonly token: CborMap;
  readonly issuer: string;
}

function open(line: string, from: number): Result<Opened, string> {
  const cose = decodeBase32(line, from);
  if (cose === null) return err('Base32: not decodable');
  if (cose[0] !== TAGGED_SIGN1) return err('COSE: not tagged as COSE_Sign1');
  const message = decodeCoseSign1(cose);
  if (!message.ok) return message;
  const token = decodeCbor(message.value.payload);
  if (!token.ok) return token;
  if (!isCborMap(token.value)) return err('CWT: the payload is no map');
  const issuer = token.value.get(LABEL_ISS);
  if (typeof issuer !== 'string' || !ISSUER.test(issuer)) return err('CWT: the issuer is no did:web');
  return ok({ message: message.value, token: token.value, issuer });
}

/** The kid is the fragment of a DID URL: text, although COSE carries it as bytes. */
function kidOf({ kid }: CoseSign1): string | null {
  const text = kid?.toString('latin1') ?? '';
  return KID.test(text) ? text : null;
}

const isName = (value: Json | undefined): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH;

/** `urn:uuid:` form of section 2.1.1. */
function uuidOf(cti: Buffer): string {
  return `urn:uuid:${cti.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
}

function isPublicCovidPass(credential: Json): boolean {
  if (!isJsonObject(credential)) return false;
  const { '@context': contexts, type: types, version } = credential;
  if (!isJsonArray(contexts) || contexts[0] !== CONTEXT) return false;
  if (!isJsonArray(types) || types.length !== TYPES.length) return false;
  return TYPES.every((type, at) => types[at] === type) && version === CREDENTIAL_VERSION;
}

/**
 * What the pass says is that its holder counts as vaccinated for as long as it runs: a vaccination without product,
 * number or day, so that rules about those fail instead of guessing.
 */
function claimsOf(credential: Cbor | undefined, issuer: string, cti: Buffer): Result<Claims, string> {
  const content = jsonOf(credential ?? null);
  if (!isJsonObject(content) || !isPublicCovidPass(content)) return err('no PublicCovidPass of version 1.0.0');
  const subject = content['credentialSubject'];
  if (!isJsonObject(subject)) return err('no subject');
  const { givenName, familyName, dob } = subject;
  if (!isName(givenName)) return err('no given name');
  if (familyName !== undefined && familyName !== null && familyName !== '' && !isName(familyName)) {
    return err('the family name is none');
  }
  if (typeof dob !== 'string' || !isDay(dob)) return err('no date of birth');
  const dose = { vp: null, mp: null, ma: null, dn: null, sd: null, dt: null };
  return ok({
    v: [{ tg: COVID_19, ...dose, co: 'NZ', is: issuer, ci: uuidOf(cti) }],
    t: [],
    r: [],
    x: [],
    nam: { fn: isName(familyName) ? familyName : null, gn: givenName },
    dob,
    kind: 'vaccination',
    ticket: null,
  });
}

function checkKey(opened: Opened, finding: Finding, trust: Trust): Result<string, Refusal> {
  const { message, issuer } = opened;
  const { kid } = finding;
  if (kid === null || message.kid === null) return refusal('unknown-key', 'the pass names no usable key', finding);
  const trusted = trust.find(FORMAT, issuer, message.kid);
  if (trusted === 'unknown-issuer') return refusal(trusted, 'no key of this issuer is in the trust list', finding);
  if (trusted === 'unknown-key') return refusal(trusted, 'the issuer is known, this key of it is not', finding);
  const isP256 = trusted.key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  const fault = isP256 ? verifyCoseSign1(message, trusted) : 'algorithm-not-allowed';
  if (fault === 'algorithm-not-allowed') return refusal(fault, 'a pass is signed with ES256 on P-256 alone', finding);
  if (fault !== null) return refusal(fault, 'the signature does not fit the content', finding);
  if (!trusted.formats.has(FORMAT) || !trusted.kinds.has('vaccination')) {
    return refusal('key-not-allowed', 'the key may not sign this format', finding);
  }
  return ok(kid);
}

function verifyOpened(opened: Opened, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const { message, token, issuer } = opened;
  const finding: Finding = {
    format: FORMAT,
    kind: 'vaccination',
    issuer,
    kid: kidOf(message),
    validFromMs: claimedInstant(token.get(LABEL_NBF)),
    validUntilMs: claimedInstant(token.get(LABEL_EXP)),
  };
  const kid = checkKey(opened, finding, trust);
  if (!kid.ok) return kid;
  const outside = checkDates(finding, now);
  if (outside !== null) return refusal(outside, 'the clock is outside the dates of the pass', finding);
  if (!Number.isInteger(token.get(LABEL_NBF)) || !Number.isInteger(token.get(LABEL_EXP))) {
    return refusal('bad-claims', 'nbf and exp are not both whole seconds', finding);
  }
  const cti = token.get(LABEL_CTI);
  if (!Buffer.isBuffer(cti) || cti.length !== CTI_BYTES) {
    return refusal('bad-claims', `cti is not a UUID of ${CTI_BYTES} bytes`, finding);
  }
  const claims = claimsOf(token.get('vc'), issuer, cti);
  if (!claims.ok) return refusal('bad-claims', claims.error, finding);
  const passId = Buffer.from(cti);
  return ok({
    ...finding,
    format: FORMAT,
    kind: 'vaccination',
    kid: kid.value,
    passId,
    claims: claims.value,
    single: false,
  });
}

/**
 * New Zealand COVID Pass, technical specification 1: `NZCP:/1/` over Base32 over COSE_Sign1 over a CWT with a `vc`
 * claim. Keys come from the issuer's DID document; whoever is to count must be on the trust list, test issuers too.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const version = VERSIONED.exec(line);
  if (version === null) return refusal('malformed', 'no version after NZCP:/', UNREAD);
  if (version[1] !== SUPPORTED_VERSION) {
    return refusal('unsupported-format', 'a New Zealand pass of another version', UNREAD);
  }
  const opened = open(line, version[0].length);
  return opened.ok ? verifyOpened(opened.value, trust, now) : refusal('malformed', opened.error, UNREAD);
}

export const nzcp: PassFormat = { name: FORMAT, claims: (line) => SCHEME.test(line), verify };
