import { isJsonObject, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isText, soundEntry } from './health-entry.ts';
import { KID } from './jws.ts';
import { NO_CLAIMS, type OwnClaims, ownPassFormat } from './own-pass.ts';
import { HEALTH_KINDS, type Kind } from './pass.ts';
import { HEALTH_GROUPS, KIND_OF_GROUP } from './required-members.ts';

export const ENTRY_PASS_TYP = 'entry-pass+jwt';
/** The name of a pass within its issuer. */
export const ENTRY_PASS_JTI = /^[A-Za-z0-9_-]{8,64}$/;
/** No control, format or unassigned character: an issuer is shown to people. */
export const ENTRY_PASS_ISSUER = /^\P{C}{1,256}$/u;
export const MAX_PRODUCT_LENGTH = 64;

const BIRTH = /^(\d{4}(-\d{2}(-\d{2})?)?)?$/;

function readClaims(payload: JsonObject, kind: Kind): Result<OwnClaims, string> {
  const { jti, nam, dob, product, single } = payload;
  if (typeof jti !== 'string' || !ENTRY_PASS_JTI.test(jti)) return err('jti is not 8 to 64 of A-Z a-z 0-9 _ -');
  if (nam !== undefined && !(isJsonObject(nam) && Object.values(nam).every(isText))) return err('nam is no name');
  if (dob !== undefined && !(typeof dob === 'string' && BIRTH.test(dob))) return err('dob is no date');
  if (product !== undefined && !(isText(product) && product.length <= MAX_PRODUCT_LENGTH)) {
    return err(`product is not a text of at most ${MAX_PRODUCT_LENGTH} characters`);
  }
  if (single !== undefined && typeof single !== 'boolean') return err('single is neither true nor false');
  const carried = HEALTH_GROUPS.filter((name) => payload[name] !== undefined);
  const isHealth = HEALTH_KINDS.has(kind);
  const [name] = carried;
  if (carried.length !== (isHealth ? 1 : 0) || (name !== undefined && KIND_OF_GROUP[name] !== kind)) {
    return err(`a pass of the kind ${kind} does not carry ${carried.join(', ') || 'nothing'}`);
  }
  const entry = name === undefined ? null : soundEntry(name, payload[name]);
  if (name !== undefined && entry === null) {
    return err(`${name} lacks a member that rules rest on`);
  }
  return ok({
    jti,
    claims: {
      ...NO_CLAIMS,
      ...(name === undefined || entry === null ? {} : { [name]: [entry] }),
      nam: nam ?? {},
      dob: dob ?? null,
      kind,
      ticket: isHealth ? null : { product: product ?? null },
    },
    // Whoever shows proof of health today must be able to show it tomorrow.
    single: single === true && !isHealth,
  });
}

/** Entry pass, version 1: a compact JWS of ours, header exactly `{alg, typ: entry-pass+jwt, kid}`. */
export const entryPass = ownPassFormat({
  name: 'entry-pass',
  typ: ENTRY_PASS_TYP,
  algorithms: new Set(['ES256', 'EdDSA']),
  kid: KID,
  issuer: ENTRY_PASS_ISSUER,
  maxLength: null,
  beginsAtIssue: false,
  readClaims,
});
