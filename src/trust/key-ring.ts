import { assert } from '../base/assert.ts';
import { canonicalJson } from '../base/json.ts';
import type { VerifiableFormat } from '../pass/pass.ts';
import type { ListDates, Trust, TrustedKey } from '../pass/trust.ts';
import { Authorities } from './authorities.ts';
import { coseKids } from './cose-kids.ts';
import { FORMATS_NAMED_BY_KID, type LooseKey } from './loose-key.ts';

/** All that goes by one key id of one issuer. */
interface Slot<K> {
  readonly byFormat: Map<VerifiableFormat, K>;
  /** Answers for the formats that the id is not known for, so that they say `key-not-allowed`. */
  readonly first: K;
}

/**
 * One public key under one name twice: the same trust said again. Where the two are limited differently, both limits
 * hold, so that the order of files never widens anything.
 */
function merged<K extends TrustedKey>(standing: K, added: K): K | null {
  if (!standing.key.equals(added.key)) return null;
  if (canonicalJson({ ...standing.rotating }) !== canonicalJson({ ...added.rotating })) return null;
  if (standing.alg !== null && added.alg !== null && standing.alg !== added.alg) return null;
  const kinds = new Set([...standing.kinds].filter((kind) => added.kinds.has(kind)));
  return { ...standing, alg: standing.alg ?? added.alg, kinds };
}

/** Keys by issuer, id and format. Ids are compared as bytes, held as Latin-1 text because Maps compare text by value. */
class KeyRing<K extends TrustedKey> {
  readonly #byIssuer = new Map<string | null, Map<string, Slot<K>>>();

  find(format: VerifiableFormat, issuer: string | null, kid: Buffer): K | 'unknown-issuer' | 'unknown-key' {
    const slots = this.#byIssuer.get(issuer);
    if (slots === undefined) return issuer === null ? 'unknown-key' : 'unknown-issuer';
    const slot = slots.get(kid.toString('latin1'));
    if (slot === undefined) return 'unknown-key';
    return slot.byFormat.get(format) ?? slot.first;
  }

  findOnly(format: VerifiableFormat, issuer: string): K | 'unknown-issuer' | 'unknown-key' {
    const slots = this.#byIssuer.get(issuer);
    if (slots === undefined) return 'unknown-issuer';
    let only: K | null = null;
    let other: K | null = null;
    for (const slot of slots.values()) {
      other ??= slot.first;
      const key = slot.byFormat.get(format);
      if (key === undefined) continue;
      // One key under two names is still one key.
      only = only === null ? key : merged(only, key);
      if (only === null) return 'unknown-key';
    }
    return only ?? (slots.size === 1 ? other : null) ?? 'unknown-key';
  }

  /** Adds a key under all of its names, or answers with the other key that already goes by one of them. */
  add(key: K): K | null {
    const formats = [...key.formats];
    const byKid = formats.filter((format) => FORMATS_NAMED_BY_KID.has(format));
    const byIssuer = formats.filter((format) => !FORMATS_NAMED_BY_KID.has(format));
    if (key.issuer !== null) {
      const other = this.#put(key.issuer, Buffer.from(key.kid, 'utf8'), byIssuer, key);
      if (other !== null) return other;
      if (byKid.length === 0) return null;
    }
    for (const kid of coseKids(key.kid)) {
      const other = this.#put(null, kid, byKid, key);
      if (other !== null) return other;
    }
    return null;
  }

  #put(issuer: string | null, kid: Buffer, formats: readonly VerifiableFormat[], key: K): K | null {
    const slots = this.#byIssuer.get(issuer) ?? new Map<string, Slot<K>>();
    this.#byIssuer.set(issuer, slots);
    const name = kid.toString('latin1');
    const slot = slots.get(name) ?? { byFormat: new Map<VerifiableFormat, K>(), first: key };
    slots.set(name, slot);
    for (const format of formats) {
      const standing = slot.byFormat.get(format);
      const next = standing === undefined ? key : merged(standing, key);
      if (next === null) return standing ?? null;
      slot.byFormat.set(format, next);
    }
    return null;
  }
}

/** A pretix ticket names no key, so that each listed one costs a signature when a false ticket is shown. */
export const MAX_LISTED_KEYS = 16;

/** The keys of a format whose passes name none, each once however many files hold it. */
function listedFor<K extends TrustedKey>(format: VerifiableFormat, keys: readonly K[]): readonly K[] {
  return [...new Map(keys.filter((key) => key.formats.has(format)).map((key) => [key.kid, key])).values()];
}

/** One (format, issuer, kid) with two keys: a sentence that names both files, or null. */
export function conflictIn(keys: readonly LooseKey[]): string | null {
  const ring = new KeyRing<LooseKey>();
  for (const key of keys) {
    const other = ring.add(key);
    if (other === null) continue;
    const where = other.source === key.source ? `${key.source} holds` : `${other.source} and ${key.source} hold`;
    return `${where} two different keys named '${key.kid}'`;
  }
  const tooMany = listedFor('pretix-sig1', keys)[MAX_LISTED_KEYS];
  if (tooMany === undefined) return null;
  return `${tooMany.source} brings the pretix keys to more than ${MAX_LISTED_KEYS}: take out the events that are over`;
}

/**
 * The trust that some keys make. A key that is known under the asked name for other formats only is still found, so
 * that a format can tell a key that may not sign it (`key-not-allowed`) from one that nobody knows.
 * @param keys without conflicts (see `conflictIn`)
 * @param isRevoked true only for an exact match
 * @param list the dates of the signed list that the keys come from, or null for loose keys
 */
export function trustOf(
  keys: readonly TrustedKey[],
  isRevoked: Trust['isRevoked'] = () => false,
  list: ListDates | null = null,
): Trust {
  const ring = new KeyRing<TrustedKey>();
  for (const key of keys) assert(ring.add(key) === null, 'one key to a name');
  const tickets = listedFor('pretix-sig1', keys);
  const authorities = new Authorities(keys);
  return {
    list,
    find: (format, issuer, kid) => ring.find(format, issuer, kid),
    findOnly: (format, issuer) => ring.findOnly(format, issuer),
    listed: (format) => (format === 'pretix-sig1' ? tickets : []),
    certified: (format, certificate) => authorities.certified(format, certificate),
    isRevoked,
  };
}
