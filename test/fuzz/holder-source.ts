import { didKey } from '../support/did.ts';
import { type Case, caseOf, type Expectation, NEVER, NOW_S, type Source } from './case.ts';
import { type CredentialKeys, credentialToken, disclosure, keyBinding } from './credential-formats.ts';
import type { Issued } from './jws-formats.ts';
import { compactJws, segment } from './jws-terms.ts';
import type { FuzzKey } from './keys.ts';
import type { Random } from './random.ts';

/** What a holder may add to a credential, leave out of it or bring along: presentations and disclosures. */
export function holderSource(keys: CredentialKeys, sdJwt: Issued, card: Issued): Source {
  const holder = didKey(keys.holder.publicKey);

  function presentation(texts: readonly unknown[], by: FuzzKey = keys.holder, iss = holder): string {
    const payload = { iss, nbf: NOW_S - 60, exp: NOW_S + 60, nonce: 'n', vp: { verifiableCredential: texts } };
    return compactJws(JSON.stringify({ alg: by.alg, typ: 'JWT' }), Buffer.from(JSON.stringify(payload)), by);
  }

  function presented(of: Random): Case {
    const key = of.pick(keys.signers);
    const mine = credentialToken(of, key, holder);
    const again = credentialToken(of, key, holder);
    const thief = didKey(keys.thief.publicKey);
    const either: Expectation = {
      kind: 'same',
      identities: [mine, again].map(({ passId }) => ({ format: 'vp-jwt', passId })),
    };
    const made = (did: string, line: string, expected: Expectation): Case => caseOf('vp-jwt', did, line, expected);
    const games: readonly (() => Case)[] = [
      () => made('two credentials', presentation([mine.text, again.text]), either),
      () => made('one credential twice', presentation([mine.text, mine.text]), either),
      () => made('stolen credential', presentation([mine.text], keys.thief, thief), NEVER),
      () => made('for somebody else', presentation([mine.text], keys.thief), NEVER),
      () =>
        made(
          'with one of another issuer',
          presentation([mine.text, credentialToken(of, of.pick(keys.foreign), holder).text]),
          NEVER,
        ),
      // Two doses are not two where one was signed by a key that may not vouch for any.
      () =>
        made(
          'with a dose of a key not allowed',
          presentation([mine.text, credentialToken(of, keys.recoveryOnly, holder).text]),
          NEVER,
        ),
      () =>
        made('with one of a stranger', presentation([mine.text, credentialToken(of, keys.thief, holder).text]), NEVER),
      () => made('17 credentials', presentation(Array.from({ length: 17 }, () => mine.text)), NEVER),
      () => made('no credential', presentation(of.pick([[], [null], [{}], [[mine.text]], [1]])), NEVER),
      () => made('presentation in a presentation', presentation([presentation([mine.text])]), NEVER),
      () => made('bare credential', mine.text, { kind: 'sound', format: 'vc-jwt' }),
    ];
    return of.pick(games)();
  }

  function disclosed(of: Random): Case {
    const pass = sdJwt.terms.fresh(of);
    const cnf = { jwk: keys.holder.publicKey.export({ format: 'jwk' }) };
    const jwsOf = (payload: object): string =>
      compactJws(JSON.stringify(pass.header), Buffer.from(JSON.stringify(payload)), pass.key);
    const identity = { format: 'sd-jwt-vc', passId: pass.passId(Buffer.alloc(0)) } as const;
    const made = (did: string, line: string, expected: Expectation): Case => caseOf('sd-jwt-vc', did, line, expected);
    const { cnf: _, ...open } = pass.payload;
    const unbound = jwsOf(open);
    const bound = jwsOf({ ...open, cnf });
    const shown = `${bound}~`;
    const games: readonly (() => Case)[] = [
      () => made('own disclosure', `${unbound}~${disclosure(of, 'kind', 'membership')}~`, NEVER),
      () =>
        made(
          'bad disclosure',
          `${unbound}~${of.pick([segment('{}'), segment('[]'), segment('["a"]'), '', 'e30=', segment('[1,2,3]')])}~`,
          NEVER,
        ),
      () => made('bound, by its holder', shown + keyBinding(keys.holder, shown), { kind: 'admit', identity }),
      () => made('bound, by a thief', shown + keyBinding(keys.thief, shown), NEVER),
      () => made('bound, to another presentation', shown + keyBinding(keys.holder, `${unbound}~`), NEVER),
      () => made('bound, key of nobody', `${unbound}~${keyBinding(keys.holder, `${unbound}~`)}`, NEVER),
      () =>
        made('bound, long over', shown + keyBinding(keys.holder, shown, { exp: NOW_S - of.pick([0, 1, 1e6]) }), NEVER),
      () => made('bound, not yet', shown + keyBinding(keys.holder, shown, { nbf: NOW_S + of.pick([1, 1e6]) }), NEVER),
      () =>
        made('bound, still good', shown + keyBinding(keys.holder, shown, { exp: NOW_S + 1, nbf: NOW_S }), {
          kind: 'admit',
          identity,
        }),
      () =>
        made(
          'bound, dates of text',
          shown + keyBinding(keys.holder, shown, { [of.pick(['exp', 'nbf', 'iat'])]: 'x' }),
          NEVER,
        ),
      () =>
        made(
          'digests by another hash',
          `${jwsOf({ ...open, _sd_alg: of.pick(['md5', 'sha-1', null, 1, '__proto__']) })}~`,
          NEVER,
        ),
      () => made('no tilde', unbound, NEVER),
      () => made('130 tildes', unbound + '~'.repeat(130), NEVER),
      () => made('another format inside', `${jwsOf({ ...open, vc: {} })}~`, NEVER),
    ];
    return of.pick(games)();
  }

  /** The codes of one card in any order, with codes missing, doubled, or of another card. */
  function chunked(of: Random): Case {
    const pass = card.terms.fresh(of);
    const bytes = card.terms.encode(Buffer.from(JSON.stringify(pass.payload)));
    const digits = pass.spell(compactJws(JSON.stringify(pass.header), bytes, pass.key)).slice('shc:/'.length);
    const total = 2 + of.below(7);
    const size = 2 * Math.ceil(digits.length / 2 / total);
    const codes = Array.from(
      { length: total },
      (_, at) => `shc:/${at + 1}/${total}/${digits.slice(at * size, (at + 1) * size)}`,
    );
    const identity = { format: 'smart-health-card', passId: pass.passId(bytes) } as const;
    const made = (did: string, lines: readonly string[], expected: Expectation): Case => ({
      ...caseOf('smart-health-card', did, '', expected),
      lines: lines.map((line) => Buffer.from(line, 'latin1')),
    });
    const shuffled = [...codes];
    for (let at = shuffled.length - 1; at > 0; at -= 1) {
      const other = of.below(at + 1);
      [shuffled[at], shuffled[other]] = [shuffled[other] ?? '', shuffled[at] ?? ''];
    }
    const games: readonly (() => Case)[] = [
      () => made('codes shuffled', shuffled, { kind: 'admit', identity }),
      () => made('a code missing', shuffled.slice(1), NEVER),
      () => made('a code twice', [shuffled[0] ?? '', ...shuffled], { kind: 'admit', identity }),
      () => made('another line between', [...shuffled.slice(0, -1), 'x', shuffled.at(-1) ?? ''], NEVER),
      () =>
        made(
          'another total',
          [...shuffled.slice(1), (shuffled[0] ?? '').replace(`/${total}/`, `/${total + 1}/`)],
          NEVER,
        ),
      () =>
        made(
          'numbers out of range',
          [`shc:/${of.pick([0, total + 1, 99, 100])}/${total}/${digits.slice(0, 20)}`],
          NEVER,
        ),
      () =>
        made(
          'nine codes',
          Array.from({ length: 9 }, (_, at) => `shc:/${at + 1}/9/${digits.slice(at * 100, at * 100 + 100)}`),
          NEVER,
        ),
      () => made('two cards mixed', [...codes.slice(0, -1), `shc:/${total}/${total}/${digits.slice(0, size)}`], NEVER),
    ];
    return of.pick(games)();
  }

  return { row: 'holder', templates: [], make: (of) => of.pick([presented, disclosed, chunked])(of) };
}
