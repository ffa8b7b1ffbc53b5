import type { Trust } from '../../src/pass/trust.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { type Case, NEVER, type Source } from './case.ts';
import { europeanCertificates, newZealandPasses, worldCertificates } from './cose-formats.ts';
import { coseSource } from './cose-source.ts';
import { credentialKeys, credentials, presentations, selectiveDisclosures } from './credential-formats.ts';
import { UNSURE } from './dates.ts';
import { holderSource } from './holder-source.ts';
import { entryPasses, healthCards, stickers } from './jws-formats.ts';
import { jwsSource } from './jws-source.ts';
import { ecKey } from './keys.ts';
import { noiseSource } from './noise-source.ts';
import { pretixTickets } from './pretix-source.ts';
import { Random } from './random.ts';
import { rotatingTickets } from './rotating-source.ts';
import { visibleSeals } from './vds-nc-source.ts';

/** Every issuer and every genuine pass of one seed, and the cases that are made of them. */
export interface World {
  readonly trust: Trust;
  readonly sources: readonly Source[];
  /** Case number `number` of this seed, the same in each run. */
  caseAt(number: number): Case;
}

const UNSURE_SHARE = 0.01;

/** @param only the row of the table that cases are made for, or null for all */
export function makeWorld(seed: number, only: string | null = null): World {
  const random = new Random(seed, 0);
  const stranger = ecKey(random);
  const issued = [entryPasses(random), stickers(random)];
  const cards = healthCards(random);
  const keys = credentialKeys(random);
  const sdJwts = selectiveDisclosures(keys);
  const jws = [...issued, cards, credentials(keys), presentations(keys), sdJwts];
  const cose = [europeanCertificates(random), worldCertificates(random), newZealandPasses(random)];
  const [seals, tickets, rotating] = [
    visibleSeals(random, stranger),
    pretixTickets(random, stranger),
    rotatingTickets(random),
  ];
  const trust = trustOf([
    ...[...jws, ...cose, seals, tickets, rotating].flatMap((each) => each.trusted),
    ...keys.trusted,
  ]);
  const sources: readonly Source[] = [
    ...jws.map(({ terms }) => jwsSource(terms, random, stranger)),
    ...cose.map(({ terms }) => coseSource(terms, random, stranger)),
    seals.source,
    tickets.source,
    rotating.source,
    holderSource(keys, sdJwts, cards),
    noiseSource,
  ];
  const chosen = only === null ? sources : sources.filter(({ row }) => row === only);
  return {
    trust,
    sources,
    caseAt(number) {
      const of = new Random(seed, number + 1);
      const made = of.pick(chosen).make(of);
      // No pass is admitted by a clock that nobody vouches for.
      if (made.expected.kind !== 'admit' || !of.chance(UNSURE_SHARE)) return made;
      return { ...made, did: `${made.did}, clock unsure`, now: UNSURE, expected: NEVER };
    },
  };
}
