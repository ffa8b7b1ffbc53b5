import { type Case, caseOf, type Expectation, type Identity, NEVER, type Source, type Template } from './case.ts';
import {
  anyStyle,
  BAD_CBOR,
  type CborMap,
  cborPathsOf,
  DEEP_CBOR,
  ODD_CBOR,
  Raw,
  shapeOf,
  withAt,
  writeCbor,
} from './cbor-shapes.ts';
import { coseGame } from './cose-games.ts';
import { type CoseTerms, coseParts, joinCose, type UnsignedCose } from './cose-terms.ts';
import { damageCase } from './damage-case.ts';
import { dateValue } from './dates.ts';
import type { FuzzKey } from './keys.ts';
import type { Random } from './random.ts';

const TEMPLATES = 24;
const MAX_LINE = 8_192;
const MAX_ITEMS = 1_024;

/** Cases of one COSE format: `stranger` is a key that nobody trusts. */
export function coseSource(terms: CoseTerms, random: Random, stranger: FuzzKey): Source {
  const { format } = terms;
  const sound: Expectation = { kind: 'sound', format };
  const lineOf = (pass: UnsignedCose, payload: Buffer): string => terms.spell(joinCose(coseParts(pass, payload)));
  const identityOf = (pass: UnsignedCose, payload: Buffer): Identity => ({ format, passId: pass.passId(payload) });
  const finished = (did: string, line: string, expected: Expectation): Case =>
    caseOf(format, did, line, line.length > MAX_LINE ? NEVER : expected);

  const templates: readonly Template[] = Array.from({ length: TEMPLATES }, () => {
    const pass = terms.fresh(random);
    const payload = writeCbor(pass.content);
    return { identity: identityOf(pass, payload), line: Buffer.from(lineOf(pass, payload), 'latin1') };
  });

  function signedDate(of: Random): Case {
    const pass = terms.fresh(of);
    const claim = of.pick(terms.dates);
    const value = dateValue(of, claim);
    const content = withAt(pass.content, [claim.label], shapeOf(JSON.parse(value.json)));
    const payload = writeCbor(content);
    return finished(`${claim.name}: ${value.json}`, lineOf(pass, payload), value.expected(identityOf(pass, payload)));
  }

  function signedOdd(of: Random): Case {
    const pass = terms.fresh(of);
    const path = of.pick(cborPathsOf(pass.content));
    const where = path.join('/');
    const signed = (did: string, changed: Parameters<typeof withAt>[2], expected: Expectation): Case =>
      finished(did, lineOf(pass, writeCbor(withAt(pass.content, path, changed))), expected);
    if (of.chance(0.15)) return signed(`without ${where}`, undefined, sound);
    if (of.chance(0.2)) return signed(`${where}: bad`, of.pick(BAD_CBOR), NEVER);
    if (of.chance(0.1)) return signed(`${where}: deep`, of.pick(DEEP_CBOR), NEVER);
    return signed(`${where}: odd`, of.pick(ODD_CBOR), sound);
  }

  /** The same content in another encoding, or beyond what is read, signed by the right key. */
  function signedForm(of: Random): Case {
    const pass = terms.fresh(of);
    const plain = writeCbor(pass.content);
    const withMember = (name: string | number, value: Parameters<typeof withAt>[2]): Buffer =>
      writeCbor(withAt(pass.content, [name], value));
    const first = [...pass.content.keys()][0] ?? 0;
    const forms: readonly (() => Case)[] = [
      () => {
        const payload = writeCbor(pass.content, anyStyle(of));
        return finished('another encoding', lineOf(pass, payload), {
          kind: 'admit',
          identity: identityOf(pass, payload),
        });
      },
      () => {
        const shuffled: CborMap = new Map([...pass.content].reverse());
        const payload = writeCbor(shuffled);
        return finished('reversed', lineOf(pass, payload), { kind: 'admit', identity: identityOf(pass, payload) });
      },
      () => finished('bytes after the end', lineOf(pass, Buffer.concat([plain, of.bytes(1 + of.below(3))])), NEVER),
      () =>
        finished(
          'no map',
          lineOf(pass, of.pick([Buffer.of(0xf6), Buffer.of(0x80), Buffer.of(0), Buffer.alloc(0)])),
          NEVER,
        ),
      () => {
        const pairs = [...pass.content].flatMap(([key, value]) => [writeCbor(key), writeCbor(value)]);
        const twice = new Raw(Buffer.of(0xa0 | (pass.content.size + 1)), ...pairs, writeCbor(first), writeCbor(0));
        return finished('a key twice', lineOf(pass, twice.bytes), NEVER);
      },
      () => {
        const count = of.pick([MAX_ITEMS, 5_000]);
        return finished(
          `${count} items`,
          lineOf(
            pass,
            withMember(
              99,
              Array.from({ length: count }, () => 0),
            ),
          ),
          NEVER,
        );
      },
      () => {
        const length = of.pick([70_000, 1_000_000]);
        return finished(`${length} bytes`, lineOf(pass, withMember(99, Buffer.alloc(length))), NEVER);
      },
      () => {
        const payload = withMember(99, of.pick(ODD_CBOR));
        return finished('unknown claim', lineOf(pass, payload), sound);
      },
    ];
    return of.pick(forms)();
  }

  /** Good in all but the key. */
  function wrongKey(of: Random): Case {
    const pass = terms.fresh(of);
    const payload = writeCbor(pass.content);
    if (terms.notAllowed.length > 0 && of.chance(0.6)) {
      const { key, kid } = of.pick(terms.notAllowed);
      return finished('key not allowed', lineOf({ ...pass, key, kid }, payload), NEVER);
    }
    return finished('signed by a stranger', lineOf({ ...pass, key: stranger }, payload), NEVER);
  }

  return {
    row: format,
    templates,
    make(of) {
      const share = of.below(100);
      if (share < 4) {
        const { line, identity } = of.pick(templates);
        return caseOf(format, 'untouched', line, { kind: 'admit', identity });
      }
      if (share < 45) return damageCase(of, format, templates);
      if (share < 54) return signedDate(of);
      if (share < 65) return signedOdd(of);
      if (share < 73) return signedForm(of);
      if (share < 79) return wrongKey(of);
      const pass = terms.fresh(of);
      const payload = writeCbor(pass.content);
      const game = coseGame(of, pass, payload, terms, identityOf(pass, payload));
      return finished(game.did, game.line, game.expected);
    },
  };
}
