import type { PassFields } from '../pass/pass.ts';
import { coseKids } from './cose-kids.ts';
import {
  countryOf,
  idOfBytes,
  idOfText,
  idUnderKey,
  type ListSubject,
  type RevocationKind,
} from './revocation-list.ts';

/** One entry that would revoke a pass, and the list where it would stand. */
export interface RevocationName extends ListSubject {
  readonly id: Buffer;
  /** A list may revoke only what was issued before a time; null where the format knows no such lists. */
  readonly issuedAtMs: number | null;
}

/**
 * Every entry by which a published list may revoke this pass.
 * @param holds whether there is any list of a kind: hashes are made for those alone
 */
export function revocationNamesOf(
  pass: PassFields,
  holds: (kind: RevocationKind) => boolean,
): readonly RevocationName[] {
  const { revocable } = pass;
  const issuer = pass.issuer ?? '';
  switch (revocable?.by) {
    case undefined:
      return [];
    case 'dcc':
      return dccHashes(revocable).flatMap(([kind, hashes]) => (holds(kind) ? dccNames(pass, kind, hashes()) : []));
    case 'rid':
      return holds('card-rid')
        ? [{ kind: 'card-rid', issuer, scope: pass.kid, id: idOfText(revocable.rid), issuedAtMs: pass.validFromMs }]
        : [];
    case 'secret':
      return (['pretix-revoked', 'pretix-blocked'] as const).filter(holds).flatMap((kind) => {
        const id = idOfText(revocable.secret);
        // A list that names no event is about all of them: a ticket's text is one of a kind.
        return [...new Set(['', issuer])].map((event) => ({ kind, issuer: event, scope: '', id, issuedAtMs: null }));
      });
    case 'jti':
      return holds('pass-id')
        ? [{ kind: 'pass-id', issuer, scope: '', id: idOfText(revocable.jti), issuedAtMs: null }]
        : [];
  }
}

type Dcc = Extract<PassFields['revocable'], { by: 'dcc' }>;

function dccHashes({ ucis, countries, signature }: Dcc): readonly [RevocationKind, () => readonly Buffer[]][] {
  return [
    ['dcc-uci', () => ucis.map(idOfText)],
    ['dcc-country-uci', () => ucis.flatMap((uci) => countries.map((country) => idOfText(`${country}${uci}`)))],
    ['dcc-signature', () => [idOfBytes(signature)]],
  ];
}

/** A batch is bound to the country that published it and to a key, which it may not know, or know by another of its names. */
function dccNames(pass: PassFields, kind: RevocationKind, hashes: readonly Buffer[]): readonly RevocationName[] {
  const { revocable } = pass;
  if (revocable?.by !== 'dcc') return [];
  const issuers = new Set(revocable.countries.map(countryOf));
  const kids = new Set(['', pass.kid, ...coseKids(revocable.keyName).map((kid) => kid.toString('base64'))]);
  return hashes.flatMap((published) =>
    [...kids].flatMap((kid) => {
      const id = idUnderKey(kid, published);
      return [...issuers].map((issuer) => ({ kind, issuer, scope: '', id, issuedAtMs: null }));
    }),
  );
}
