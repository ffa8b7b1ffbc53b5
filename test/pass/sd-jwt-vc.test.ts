import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authenticate } from '../../src/pass/authenticate.ts';
import { MAX_DISCLOSURES, unpack } from '../../src/pass/sd-jwt.ts';
import type { Trust } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { type JwsSigner, jwsSigner, segment } from '../support/jws-signer.ts';
import { jwkOf } from '../support/trust-files.ts';

const IAT = 1_638_000_000;
const NOW = { atMs: (IAT + 3_600) * 1_000, trusted: true };
const ISSUER = 'https://issuer.example';
const signer = jwsSigner();
const holder = jwsSigner();
const trust = trustOf([signer.trusted(ISSUER, ['sd-jwt-vc'])]);

const disclose = (...parts: unknown[]) => segment(JSON.stringify(['salt', ...parts]));
const digest = (disclosure: string) => createHash('sha256').update(disclosure).digest('base64url');
const NAME = disclose('given_name', 'Erika');
const PRODUCT = disclose('product', 'Hall A');
const PAYLOAD = {
  iss: ISSUER,
  vct: 'https://issuer.example/ticket',
  exp: IAT + 86_400,
  kind: 'ticket',
  cnf: { jwk: jwkOf(holder.publicKey) },
  _sd: [digest(NAME), digest(PRODUCT), 'a decoy'],
  _sd_alg: 'sha-256',
};
const issued = (payload: object = PAYLOAD, header: object = {}) =>
  signer.sign({ alg: 'ES256', typ: 'dc+sd-jwt', kid: signer.kid, ...header }, payload);
const present = (jwt: string, disclosures: readonly string[], keyBinding = '') =>
  `${[jwt, ...disclosures].join('~')}~${keyBinding}`;
const bind = (presented: string, change: object = {}, header: object = {}, by: JwsSigner = holder) =>
  presented +
  by.sign(
    { alg: 'ES256', typ: 'kb+jwt', ...header },
    { iat: IAT, aud: 'https://door.example', nonce: '1234567890', sd_hash: digest(presented), ...change },
  );

const verify = (line: string, trusted: Trust = trust) =>
  authenticate({ line: Buffer.from(line, 'utf8'), parts: 1 }, trusted, NOW);
const reasonOf = (line: string, trusted: Trust = trust) => {
  const result = verify(line, trusted);
  return result.ok ? 'ok' : result.error.reason;
};
/** What a payload and its disclosures make together, or why not. */
const unpacked = (payload: object, disclosures: readonly string[]) => {
  const result = unpack(JSON.parse(JSON.stringify(payload)), disclosures);
  return result.kind === 'payload' ? JSON.parse(JSON.stringify(result.payload)) : result.kind;
};

describe('an SD-JWT credential', () => {
  it('tells what is disclosed and nothing else', () => {
    const both = verify(present(issued(), [NAME, PRODUCT]));
    expect(both).toMatchObject({
      ok: true,
      value: {
        format: 'sd-jwt-vc',
        kind: 'ticket',
        issuer: ISSUER,
        kid: signer.kid,
        claims: { nam: { gn: 'Erika' }, ticket: { product: 'Hall A' } },
      },
    });
    expect(verify(present(issued(), [PRODUCT]))).toMatchObject({
      ok: true,
      value: { claims: { nam: {}, ticket: { product: 'Hall A' } } },
    });
    expect(reasonOf(present(issued(), []))).toBe('ok');
  });

  it('is one pass, whatever is disclosed of it and in which order', () => {
    const hiddenJti = disclose('jti', 'ticket-1');
    const jwt = issued({ ...PAYLOAD, _sd: [...PAYLOAD._sd, digest(hiddenJti)] });
    const ids = [[], [NAME], [NAME, PRODUCT], [PRODUCT, NAME], [hiddenJti]].map((disclosures) => {
      const result = verify(present(jwt, disclosures));
      return result.ok ? result.value.passId.toString('hex') : result.error.reason;
    });
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('with a disclosure that its issuer never signed is a forgery', () => {
    expect(reasonOf(present(issued(), [disclose('product', 'Royal box')]))).toBe('bad-signature');
    expect(reasonOf(present(issued(), [PRODUCT, disclose('age', 99)]))).toBe('bad-signature');
  });

  it('of an unknown issuer or a wrong key says so before anything about its disclosures', () => {
    const unknown = issued({ ...PAYLOAD, iss: 'https://other.example' });
    expect(reasonOf(present(unknown, [disclose('x', 1)]))).toBe('unknown-issuer');
    expect(reasonOf(present(issued(PAYLOAD, { kid: 'other' }), []))).toBe('unknown-key');
    expect(reasonOf(present(issued(PAYLOAD, { alg: 'HS256' }), []))).toBe('algorithm-not-allowed');
    const [header, payload] = issued().split('.');
    const stranger = jwsSigner().sign({ alg: 'ES256' }, '{}').split('.')[2];
    expect(reasonOf(present([header, payload, stranger].join('.'), []))).toBe('bad-signature');
    expect(reasonOf(present(issued(PAYLOAD, { kid: undefined }), []))).toBe('ok');
  });

  it.each([
    ['the same disclosure twice', present(issued(), [NAME, NAME])],
    ['a disclosure that is no list', present(issued(), [segment('{}')])],
    ['a disclosure of one part', present(issued(), [segment('["salt"]')])],
    ['a disclosure of four parts', present(issued(), [disclose('a', 1, 2)])],
    ['a salt that is no text', present(issued(), [segment('[1,"a",2]')])],
    ['a disclosure in another spelling', present(issued(), [`${NAME}=`])],
    ['an empty disclosure', present(issued(), [''])],
    ['a disclosure called _sd', present(issued(), [disclose('_sd', [])])],
    ['a disclosure called ...', present(issued(), [disclose('...', 'x')])],
    ['a hash nobody knows', present(issued({ ...PAYLOAD, _sd_alg: 'md5' }), [])],
    ['the type of another token', present(issued(PAYLOAD, { typ: 'JWT' }), [])],
    ['its own key in the header', present(issued(PAYLOAD, { jwk: jwkOf(signer.publicKey) }), [])],
    ['no issuer', present(issued({ ...PAYLOAD, iss: undefined }), [])],
    ['no tilde', issued()],
    ['a space at its end', `${present(issued(), [NAME])} `],
  ])('with %s is malformed', (_, line) => {
    expect(reasonOf(line)).toBe('malformed');
  });

  it('holds disclosures up to their limit', () => {
    const many = (count: number) => {
      const disclosures = Array.from({ length: count }, (_, index) => disclose(String(index), 1));
      const jwt = issued({ ...PAYLOAD, _sd: disclosures.map(digest) });
      const result = authenticate({ line: Buffer.from(present(jwt, disclosures)), parts: 4 }, trust, NOW);
      return result.ok ? 'ok' : result.error.reason;
    };
    expect(many(MAX_DISCLOSURES)).toBe('ok');
    expect(many(MAX_DISCLOSURES + 1)).toBe('malformed');
  });

  it('what must be said openly is not taken out of a disclosure', () => {
    const exp = disclose('exp', IAT + 999_999);
    const hidden = { ...PAYLOAD, exp: undefined, _sd: [digest(exp)] };
    expect(reasonOf(present(issued(hidden), [exp]))).toBe('malformed');
    expect(reasonOf(present(issued({ ...PAYLOAD, exp: IAT + 60 }), []))).toBe('expired');
    expect(reasonOf(present(issued({ ...PAYLOAD, nbf: IAT + 7_200 }), []))).toBe('not-yet-valid');
  });

  it('with the key of its holder is bound to what is presented', () => {
    const presented = present(issued(), [PRODUCT]);
    expect(reasonOf(bind(presented))).toBe('ok');
    expect(reasonOf(bind(presented, {}, {}, jwsSigner()))).toBe('bad-signature');
    expect(reasonOf(bind(presented, { sd_hash: digest(present(issued(), [])) }))).toBe('bad-signature');
    expect(reasonOf(present(issued(), [NAME], bind(presented).slice(presented.length)))).toBe('bad-signature');
    expect(reasonOf(bind(presented, {}, { alg: 'none' }))).toBe('algorithm-not-allowed');
    const unbound = present(issued({ ...PAYLOAD, cnf: undefined }), []);
    expect(reasonOf(unbound)).toBe('ok');
    expect(reasonOf(bind(unbound))).toBe('key-not-allowed');
    for (const change of [{ nonce: undefined }, { aud: 7 }, { iat: 'now' }, { sd_hash: undefined }]) {
      expect(reasonOf(bind(presented, change))).toBe('malformed');
    }
    expect(reasonOf(bind(presented, {}, { typ: 'JWT' }))).toBe('malformed');
    expect(reasonOf(`${presented}x`)).toBe('malformed');
  });

  it('of a key for other kinds or formats is refused', () => {
    const kinds = trustOf([signer.trusted(ISSUER, ['sd-jwt-vc'], { kinds: new Set(['test']) })]);
    expect(reasonOf(present(issued(), []), kinds)).toBe('key-not-allowed');
    expect(reasonOf(present(issued(), []), trustOf([signer.trusted(ISSUER, ['vc-jwt'])]))).toBe('key-not-allowed');
  });
});

describe('disclosures in their places (RFC 9901 section 7.1)', () => {
  const inner = disclose('street', 'Main');
  const outer = disclose('address', { _sd: [digest(inner)] });
  const element = disclose('DE');

  it('inside each other, and elements of a list', () => {
    expect(unpacked({ _sd: [digest(outer)] }, [outer, inner])).toEqual({ address: { street: 'Main' } });
    expect(unpacked({ _sd: [digest(outer)] }, [outer])).toEqual({ address: {} });
    const list = { nationalities: ['FR', { '...': digest(element) }, { '...': 'decoy' }] };
    expect(unpacked(list, [element])).toEqual({ nationalities: ['FR', 'DE'] });
    expect(unpacked(list, [])).toEqual({ nationalities: ['FR'] });
  });

  it.each([
    ['a digest twice in one list', { _sd: [digest(NAME), digest(NAME)] }, [NAME]],
    ['a digest in two places', { _sd: [digest(NAME)], a: { _sd: [digest(NAME)] } }, [NAME]],
    ['a decoy twice', { _sd: ['decoy', 'decoy'] }, []],
    ['a digest in the payload and in a disclosure', { _sd: [digest(outer), digest(inner)] }, [outer, inner]],
    ['a claim that is there already', { given_name: 'Max', _sd: [digest(NAME)] }, [NAME]],
    ['a digest that is no text', { _sd: [7] }, []],
    ['_sd that is no list', { _sd: 'x' }, []],
    ['_sd that is null', { _sd: null }, []],
    ['an element where a claim belongs', { _sd: [digest(element)] }, [element]],
    ['a claim where an element belongs', { list: [{ '...': digest(NAME) }] }, [NAME]],
    ['other claims beside the digest of an element', { list: [{ '...': digest(element), a: 1 }] }, [element]],
    ['a claim that is called ...', { '...': 'x' }, []],
  ])('%s is rejected', (_, payload, disclosures) => {
    expect(unpacked(payload, disclosures)).toBe('malformed');
  });

  it('an inner disclosure without its outer one is not vouched for', () => {
    expect(unpacked({ _sd: [digest(outer)] }, [inner])).toBe('unreferenced');
  });

  it('chains of disclosures end at the depth limit', () => {
    const chain = (length: number) => {
      const disclosures: string[] = [disclose('end', true)];
      for (let at = 1; at < length; at++)
        disclosures.push(disclose('next', { _sd: [digest(disclosures.at(-1) ?? '')] }));
      return unpacked({ _sd: [digest(disclosures.at(-1) ?? '')] }, disclosures);
    };
    expect(chain(16)).not.toBe('malformed');
    expect(chain(17)).toBe('malformed');
    expect(chain(100)).toBe('malformed');
  });

  it('a name cannot reach a prototype', () => {
    const proto = disclose('__proto__', { polluted: true });
    const result = unpack({ _sd: [digest(proto)] }, [proto]);
    expect(result.kind === 'payload' && Object.getPrototypeOf(result.payload)).toBeNull();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('other hashes of the registry are read by their names', () => {
    const wide = createHash('sha512').update(NAME).digest('base64url');
    expect(unpacked({ _sd: [wide], _sd_alg: 'sha-512' }, [NAME])).toMatchObject({ given_name: 'Erika' });
    expect(unpacked({ _sd: [wide] }, [NAME])).toBe('unreferenced');
  });
});

describe('the dates of a key binding', () => {
  const shown = present(issued(), [PRODUCT]);
  const nowS = NOW.atMs / 1_000;

  it('end it: a picture of a presentation that its holder made for a minute is worth nothing later', () => {
    expect(reasonOf(bind(shown, { exp: nowS + 1 }))).toBe('ok');
    expect(reasonOf(bind(shown, { exp: nowS }))).toBe('expired');
    expect(reasonOf(bind(shown, { nbf: nowS }))).toBe('ok');
    expect(reasonOf(bind(shown, { nbf: nowS + 1 }))).toBe('not-yet-valid');
  });

  it('never make the credential last longer', () => {
    expect(verify(bind(shown, { exp: nowS + 10 ** 6 }))).toMatchObject({
      value: { validUntilMs: (IAT + 86_400) * 1_000 },
    });
  });

  it.each(['nbf', 'exp'])('that say nothing are no dates: %s', (name) => {
    expect(reasonOf(bind(shown, { [name]: 'tomorrow' }))).toBe('malformed');
    expect(reasonOf(bind(shown, { [name]: null }))).toBe('malformed');
  });

  it('an unknown hash does not become the usual one', () => {
    expect(reasonOf(`${issued({ ...PAYLOAD, _sd_alg: null })}~`)).toBe('malformed');
  });
});
