import { KINDS } from '../pass/pass.ts';
import type { Trust, TrustedKey } from '../pass/trust.ts';
import type { Settings } from '../settings/schema.ts';
import type { StickerKey } from '../sticker/key.ts';

export interface OwnStickers {
  readonly issuer: string;
  readonly key: Pick<StickerKey, 'publicKey' | 'kid'>;
  /** @param id the sticker's `jti` */
  readonly isRevoked: (id: string) => boolean;
}

/** The imported trust and, beside it, the stickers that this kiosk signed. */
export function withOwnStickers(trust: Trust, own: OwnStickers): Trust {
  const ownKey: TrustedKey = {
    key: own.key.publicKey,
    alg: 'ES256',
    issuer: own.issuer,
    kid: own.key.kid,
    formats: new Set(['sticker']),
    kinds: new Set(KINDS),
  };
  const ownKid = Buffer.from(own.key.kid, 'utf8');
  return {
    list: trust.list,
    find(format, issuer, kid) {
      if (format !== 'sticker' || issuer !== own.issuer) return trust.find(format, issuer, kid);
      return kid.equals(ownKid) ? ownKey : 'unknown-key';
    },
    findOnly: (format, issuer) => trust.findOnly(format, issuer),
    listed: (format) => trust.listed(format),
    certified: (format, certificate) => trust.certified(format, certificate),
    isRevoked(pass) {
      const id = pass.format === 'sticker' && pass.issuer === own.issuer ? pass.claims.ticket?.['jti'] : undefined;
      return (typeof id === 'string' && own.isRevoked(id)) || trust.isRevoked(pass);
    },
  };
}

/** The issuer that this kiosk's stickers name: venue and kiosk, at most 24 ASCII characters. */
export function issuerOf(settings: Pick<Settings, 'venueId' | 'kioskId'>): string {
  return `${settings.venueId}/${settings.kioskId}`;
}
