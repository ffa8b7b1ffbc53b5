import { type Case, caseOf, type Expectation, type Identity, NEVER, type Source, type Template } from './case.ts';
import { damageCase } from './damage-case.ts';
import { dateValue } from './dates.ts';
import {
  BAD_JSON,
  depthOf,
  itemsIn,
  nested,
  ODD_JSON,
  pathsOf,
  respelled,
  without,
  writtenAfter,
  writtenWith,
} from './json-shapes.ts';
import { headerGame, signatureGame, spellingGame } from './jws-games.ts';
import { compactJws, type JwsTerms, segment, type Unsigned } from './jws-terms.ts';
import type { FuzzKey } from './keys.ts';
import type { Random } from './random.ts';

const TEMPLATES = 24;
const MAX_LINE = 8_192;
const MAX_DEPTH = 16;
const MAX_ITEMS = 1_024;
const MAX_INFLATED = 65_536;

/** Cases of one JWS format: `stranger` is a key that nobody trusts. */
export function jwsSource(terms: JwsTerms, random: Random, stranger: FuzzKey): Source {
  const { format } = terms;

  const textOf = (pass: Unsigned): string => JSON.stringify(pass.payload);
  const identityOf = (pass: Unsigned, text: string): Identity => ({
    format,
    passId: pass.passId(terms.encode(Buffer.from(text, 'utf8'))),
  });
  const lineOf = (
    pass: Unsigned,
    text: string | Buffer,
    key = pass.key,
    header: object | string = pass.header,
  ): string => {
    const bytes = terms.encode(Buffer.from(text));
    return pass.spell(compactJws(typeof header === 'string' ? header : JSON.stringify(header), bytes, key));
  };
  /** Too long for the format, whatever else it is, is never admitted. */
  const finished = (did: string, line: string, expected: Expectation): Case =>
    caseOf(format, did, line, line.length > Math.min(terms.maxLength, MAX_LINE) ? NEVER : expected);

  const templates: readonly Template[] = Array.from({ length: TEMPLATES }, () => {
    const pass = terms.fresh(random);
    return { identity: identityOf(pass, textOf(pass)), line: Buffer.from(lineOf(pass, textOf(pass)), 'latin1') };
  });

  function signedDate(of: Random): Case {
    const pass = terms.fresh(of);
    const claim = of.pick(terms.dates);
    const value = dateValue(of, claim);
    const text = writtenWith(pass.payload, [claim.name], value.json);
    return finished(`${claim.name}: ${value.json}`, lineOf(pass, text), value.expected(identityOf(pass, text)));
  }

  function signedOdd(of: Random): Case {
    const pass = terms.fresh(of);
    const path = of.pick(pathsOf(pass.payload));
    const sound: Expectation = { kind: 'sound', format };
    if (of.chance(0.2)) {
      return finished(`without ${path.join('/')}`, lineOf(pass, JSON.stringify(without(pass.payload, path))), sound);
    }
    if (of.chance(0.2)) {
      const bad = of.pick(BAD_JSON);
      return finished(`${path.join('/')}: bad ${bad}`, lineOf(pass, writtenWith(pass.payload, path, bad)), NEVER);
    }
    const odd = of.pick(ODD_JSON);
    if (of.chance(0.2)) return finished(`extra ${odd}`, lineOf(pass, writtenAfter(pass.payload, `"zz":${odd}`)), sound);
    return finished(`${path.join('/')}: ${odd}`, lineOf(pass, writtenWith(pass.payload, path, odd)), sound);
  }

  /** The same content in another writing, or beyond what is read, signed by the right key. */
  function signedForm(of: Random): Case {
    const pass = terms.fresh(of);
    const text = textOf(pass);
    const good = (changed: string): Expectation => ({ kind: 'admit', identity: identityOf(pass, changed) });
    const name = of.pick(Object.keys(pass.payload));
    const forms: readonly (() => Case)[] = [
      () => {
        const spelled = respelled(of, text);
        return finished('respelled JSON', lineOf(pass, spelled), good(spelled));
      },
      () => finished(`${name} twice`, lineOf(pass, writtenAfter(pass.payload, `"${name}":1`)), NEVER),
      () =>
        finished('__proto__', lineOf(pass, writtenAfter(pass.payload, '"__proto__":{"polluted":1}')), {
          kind: 'sound',
          format,
        }),
      () => finished('byte order mark', lineOf(pass, `\ufeff${text}`), NEVER),
      () =>
        finished(
          'not UTF-8',
          lineOf(pass, Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"zz":"\xff"}', 'latin1')])),
          NEVER,
        ),
      () =>
        finished(
          'no object',
          lineOf(pass, of.pick(['[]', '1', 'null', '"x"', '', `[${text}]`, `${text}${text}`])),
          NEVER,
        ),
      () => {
        const depth = of.pick([MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 5, 200, 2_000, 30_000]);
        const changed = writtenAfter(pass.payload, `"zz":${nested(depth)}`);
        const isWithin = Math.max(depthOf(pass.payload), depth + 1) <= MAX_DEPTH;
        return finished(`depth ${depth + 1}`, lineOf(pass, changed), isWithin ? good(changed) : NEVER);
      },
      () => {
        const room = MAX_ITEMS - itemsIn(pass.payload) - 1;
        const count = of.pick([room, room + 1, room + 2, 20_000]);
        const changed = writtenAfter(pass.payload, `"zz":[${Array.from({ length: count }, () => 0).join(',')}]`);
        return finished(`${count} items`, lineOf(pass, changed), count <= room ? good(changed) : NEVER);
      },
      () => {
        const isDeflated = terms.encode(Buffer.alloc(MAX_LINE)).length < MAX_LINE;
        const length = of.pick(
          isDeflated ? [MAX_INFLATED - 1, MAX_INFLATED, MAX_INFLATED + 1, 4_000_000] : [1_000, 9_000],
        );
        const changed = text.padEnd(length, ' ');
        return finished(`padded to ${length}`, lineOf(pass, changed), length <= MAX_INFLATED ? good(changed) : NEVER);
      },
    ];
    return of.pick(forms)();
  }

  /** Good in all but the key: a stranger's, another issuer's, or one that may not sign this. */
  function wrongKey(of: Random): Case {
    const pass = terms.fresh(of);
    const text = textOf(pass);
    const sign = (did: string, key: FuzzKey, header: object): Case =>
      finished(did, lineOf(pass, text, key, header), NEVER);
    const named = (key: FuzzKey): object => ({ ...pass.header, alg: key.alg, kid: key.kid });
    const ways: (() => Case)[] = [
      () => sign('signed by a stranger', stranger, pass.header),
      () => sign('signed by a stranger, named', stranger, named(stranger)),
    ];
    for (const key of terms.foreign) {
      ways.push(() => sign('signed by another issuer', key, pass.header));
      ways.push(() => sign('signed by another issuer, named', key, named(key)));
    }
    for (const key of terms.notAllowed) ways.push(() => sign('key not allowed', key, named(key)));
    return of.pick(ways)();
  }

  /** The content of one pass under the signature of another. */
  function swapped(of: Random): Case {
    const pass = terms.fresh(of);
    const text = textOf(pass);
    const longer = JSON.stringify({ ...pass.payload, exp: 4_000_000_000, zz: of.next() });
    const [header = '', , signature = ''] = compactJws(
      JSON.stringify(pass.header),
      terms.encode(Buffer.from(text)),
      pass.key,
    ).split('.');
    return finished(
      'payload swapped',
      pass.spell(`${header}.${segment(terms.encode(Buffer.from(longer)))}.${signature}`),
      NEVER,
    );
  }

  const unspelled = (of: Random): { readonly pass: Unsigned; readonly jws: string; readonly identity: Identity } => {
    const pass = terms.fresh(of);
    const bytes = terms.encode(Buffer.from(textOf(pass)));
    return {
      pass,
      jws: compactJws(JSON.stringify(pass.header), bytes, pass.key),
      identity: identityOf(pass, textOf(pass)),
    };
  };

  return {
    row: format,
    templates,
    make(of) {
      const share = of.below(100);
      if (share < 4) {
        const { line, identity } = of.pick(templates);
        return caseOf(format, 'untouched', line, { kind: 'admit', identity });
      }
      if (share < 48) return damageCase(of, format, templates);
      if (share < 56) return signedDate(of);
      if (share < 66) return signedOdd(of);
      if (share < 74) return signedForm(of);
      if (share < 80) return wrongKey(of);
      if (share < 83) return swapped(of);
      const { pass, jws, identity } = unspelled(of);
      if (share < 90) {
        const game = headerGame(of, pass, jws, terms, stranger);
        return finished(game.did, pass.spell(game.jws), game.expected);
      }
      if (share < 95) {
        const game = signatureGame(of, pass.key, jws, identity);
        return finished(game.did, pass.spell(game.jws), game.expected);
      }
      const game = spellingGame(of, jws, identity);
      return finished(game.did, pass.spell(game.jws), game.expected);
    },
  };
}
