import { isJsonObject, type JsonObject, parseJsonBytes, textOr } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { earliest, latest, passIdOf, readCredential } from './credential.ts';
import { type CredentialToken, verifyCredential } from './credential-pass.ts';
import { type PassFormat, refusal } from './format.ts';
import { CREDENTIAL_ALGORITHMS, credentialKid } from './issuer-key.ts';
import { type CompactJws, headerOf, parseCompactJws, type SignatureFault, signatureFault } from './jws.ts';
import { instantOf, isNumericDate } from './numeric-date.ts';
import { NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import { importPublicJwk, unfitForVerifying } from './public-key.ts';
import { digestOf, hashOf, type SdJwtText, splitSdJwt, type Unpacked, unpack } from './sd-jwt.ts';
import type { Trust } from './trust.ts';

const FORMAT = 'sd-jwt-vc';
/** `dc+sd-jwt` and every other token that says it is an SD-JWT (RFC 9901 section 9.11). */
const TYP = /^(application\/)?([A-Za-z0-9.+-]+\+)?sd-jwt$/;
const KEY_BINDING_TYP = 'kb+jwt';

/** An SD-JWT with what can be read of it without trusting it. */
interface Token extends CredentialToken {
  readonly text: SdJwtText;
  /** The claims of the issuer's own part, digests and all. */
  readonly issued: JsonObject;
  readonly keyBinding: KeyBinding | null;
  readonly unpacked: Exclude<Unpacked, { kind: 'malformed' }>;
}

interface KeyBinding {
  readonly jws: CompactJws;
  readonly payload: JsonObject;
}

function openPart(text: string): Result<KeyBinding, string> {
  const jws = parseCompactJws(text);
  if (!jws.ok) return jws;
  const payload = parseJsonBytes(jws.value.payload);
  if (!payload.ok) return err(`the payload cannot be read: ${payload.error}`);
  return isJsonObject(payload.value)
    ? ok({ jws: jws.value, payload: payload.value })
    : err('the payload is no JSON object');
}

/** RFC 9901 section 4.3: what a holder adds to show that the key of the credential is at hand. */
function openKeyBinding(text: string | null): Result<KeyBinding | null, string> {
  if (text === null) return ok(null);
  const part = openPart(text);
  if (!part.ok) return err(`key binding: ${part.error}`);
  if (part.value.jws.header['typ'] !== KEY_BINDING_TYP) return err('the key binding does not say typ: kb+jwt');
  const { iat, aud, nonce, sd_hash: sdHash } = part.value.payload;
  const isComplete = isNumericDate(iat) && typeof sdHash === 'string';
  if (!isComplete || typeof aud !== 'string' || typeof nonce !== 'string') {
    return err('the key binding lacks iat, aud, nonce or sd_hash');
  }
  for (const name of ['nbf', 'exp']) {
    const date = part.value.payload[name];
    if (date !== undefined && !isNumericDate(date)) return err(`the key binding: ${name} is not a date in seconds`);
  }
  return part;
}

function openToken(line: string): Result<Token, string> {
  const text = splitSdJwt(line);
  if (!text.ok) return text;
  const part = openPart(text.value.issued);
  if (!part.ok) return part;
  const { jws, payload: issued } = part.value;
  const { typ } = jws.header;
  if (typ !== undefined && !(typeof typ === 'string' && TYP.test(typ))) return err('its typ is that of something else');
  // Read as this format, a credential of another one would be a second pass that nobody has revoked or used.
  if (issued['vc'] !== undefined || issued['vp'] !== undefined) return err('it is a credential of another format');
  const kid = credentialKid(jws.header['kid']);
  if (kid === undefined) return err('the header names no usable kid');
  const keyBinding = openKeyBinding(text.value.keyBinding);
  if (!keyBinding.ok) return keyBinding;
  const unpacked = unpack(issued, text.value.disclosures);
  if (unpacked.kind === 'malformed') return err(unpacked.detail);
  const said = unpacked.kind === 'payload' ? unpacked.payload : issued;
  const credential = readCredential(FORMAT, said, said, jws.payload);
  if (!credential.ok) return credential;
  const bound = keyBinding.value?.payload;
  return ok({
    text: text.value,
    jws,
    kid,
    issued,
    keyBinding: keyBinding.value,
    unpacked,
    credential: {
      ...credential.value,
      validFromMs: latest([credential.value.validFromMs, instantOf(bound?.['nbf'])]),
      validUntilMs: earliest([credential.value.validUntilMs, instantOf(bound?.['exp'])]),
      // A name that may be left undisclosed would give one pass two names.
      passId: passIdOf(FORMAT, credential.value.issuer, issued, jws.payload),
    },
  });
}

/** The signature of the holder's key, which the issuer named in `cnf`, over all that is presented. */
function keyBindingFault({ text, issued, keyBinding }: Token): SignatureFault | null {
  if (keyBinding === null) return null;
  const { cnf } = issued;
  const jwk = isJsonObject(cnf) ? cnf['jwk'] : undefined;
  const key = isJsonObject(jwk) && unfitForVerifying(jwk) === null ? importPublicJwk(jwk) : null;
  if (key?.ok !== true) return { reason: 'key-not-allowed', detail: 'the credential names no key of a holder (cnf)' };
  const fault = signatureFault(keyBinding.jws, key.value, CREDENTIAL_ALGORITHMS);
  if (fault !== null) return { reason: fault.reason, detail: `the key binding: ${fault.detail}` };
  if (digestOf(hashOf(issued) ?? '', text.presented) === keyBinding.payload['sd_hash']) return null;
  return { reason: 'bad-signature', detail: 'the key binding was made for another presentation' };
}

/** All signatures: the issuer's, its digests over every disclosure, and the holder's if there is one. */
function presentationFault(token: Token): SignatureFault | null {
  if (token.unpacked.kind === 'unreferenced') {
    return { reason: 'bad-signature', detail: 'a disclosure is not among those that the issuer signed' };
  }
  return keyBindingFault(token);
}

/**
 * SD-JWT (RFC 9901) with the claims of a verifiable credential: the issuer's JWS, disclosures by their digests, and
 * key binding where the holder added it. The door can give no nonce, so that `aud`, `nonce` and `iat` are only checked to
 * be there; `nbf` and `exp` of the key binding cut the dates. Remembered by what the issuer signed, whatever is disclosed of it.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const opened = openToken(line);
  if (!opened.ok) return refusal('malformed', opened.error, { ...NO_FINDING, format: FORMAT });
  return verifyCredential(FORMAT, opened.value, trust, now, () => presentationFault(opened.value));
}

/** True for a token with disclosures, and for one that only says it might have some. */
function isSdJwt(line: string): boolean {
  if (!line.startsWith('e')) return false;
  return line.includes('~') ? /^e[A-Za-z0-9_-]+\./.test(line) : TYP.test(textOr(headerOf(line)?.['typ']));
}

export const sdJwtVc: PassFormat = { name: FORMAT, claims: isSdJwt, verify };
