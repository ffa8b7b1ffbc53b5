import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/base/time.ts';
import { MAX_REUSE_MINUTES } from '../../src/policy/policy.ts';
import { cbor } from '../support/cbor-writer.ts';
import { dccKey, es256, KID, person, signer, VACCINATION } from '../support/dcc.ts';
import { healthCard } from '../support/health-card.ts';
import { passback } from '../support/journal-file.ts';
import { KioskRig } from '../support/kiosk-rig.ts';
import { LUNCH_MS } from '../support/passes.ts';
import { dccSpellings, jwsSpellings, type SignedCose, type Spelling, shcSpellings } from '../support/spellings.ts';

const SPELLINGS = 1_000;
const RESTARTS = 4;
const week = { ...passback, reuse: { ...passback.reuse, minutes: MAX_REUSE_MINUTES } };
const seconds = (atMs: number): Buffer => cbor.int(Math.floor(atMs / 1_000));

function signedDcc(): SignedCose {
  const protectedBytes = cbor.map([cbor.int(1), cbor.int(-7)], [cbor.int(4), cbor.bytes(KID)]);
  const payload = cbor.map(
    [cbor.int(1), cbor.text('AT')],
    [cbor.int(4), seconds(LUNCH_MS + 30 * 24 * 60 * MINUTE_MS)],
    [cbor.int(6), seconds(LUNCH_MS - MINUTE_MS)],
    [cbor.int(-260), cbor.map([cbor.int(1), cbor.of(person({ v: [VACCINATION] }))])],
  );
  const nothing = cbor.bytes(Buffer.alloc(0));
  const signed = cbor.list(cbor.text('Signature1'), cbor.bytes(protectedBytes), nothing, cbor.bytes(payload));
  return { protectedBytes, payload, signature: es256(signed, signer.p256.privateKey) };
}

/** The digits of a card of one code, as the JWS that they stand for. */
function jwsOf(line: string): string {
  const pairs = line.slice('shc:/'.length).match(/\d\d/g) ?? [];
  return pairs.map((pair) => String.fromCharCode(Number(pair) + 45)).join('');
}

const SPELLED: readonly (readonly [string, (rig: KioskRig) => readonly Spelling[], number])[] = [
  ['an EU DCC', () => dccSpellings(signedDcc(), SPELLINGS), 500],
  ['an entry pass', (rig) => jwsSpellings(rig.issuer.pass('membership'), SPELLINGS), 1],
  [
    'a SMART Health Card',
    (rig) => {
      const [line = ''] = healthCard(rig.issuer.signer, 'https://cards.example', 1);
      return shcSpellings(jwsOf(line), SPELLINGS);
    },
    400,
  ],
];

describe('whoever writes one pass in a thousand ways', () => {
  it.each(SPELLED)('gets in once with %s, over midnight and restarts', { timeout: 240_000 }, async (_, spell, used) => {
    const rig = await KioskRig.start({ policy: week, keys: [dccKey()] });
    const spellings = spell(rig);
    for (const [at, { lines }] of spellings.entries()) {
      for (const line of lines) rig.scan(line);
      rig.time.advance(MINUTE_MS);
      if ((at + 1) % (SPELLINGS / RESTARTS) === 0) {
        rig.cutPower();
        await rig.boot();
      }
    }
    const expected = spellings.flatMap(({ lines, decodes }, at) => [
      ...lines.slice(1).map(() => 'assist: incomplete'),
      at === 0 ? 'admit: ok' : decodes ? 'refuse: already-used' : 'assist: malformed',
    ]);
    expect(rig.verdicts).toEqual(expected);
    expect(spellings).toHaveLength(SPELLINGS);
    expect(expected.filter((answer) => answer === 'refuse: already-used').length).toBeGreaterThanOrEqual(used);
  });
});
