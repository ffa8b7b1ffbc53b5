import type { X509Certificate } from 'node:crypto';
import { canonicalJson, type Json } from '../../src/base/json.ts';
import type { TrustedKey } from '../../src/pass/trust.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type Case, caseOf, type Expectation, NEVER, type Source, type Template } from './case.ts';
import { damaged } from './damage.ts';
import { damageCase } from './damage-case.ts';
import { derOf, mirrored } from './ecdsa.ts';
import {
  BAD_JSON,
  nested,
  ODD_JSON,
  pathsOf,
  respelled,
  type Shape,
  writtenAfter,
  writtenWith,
} from './json-shapes.ts';
import { ecKey, type FuzzKey, trusted } from './keys.ts';
import type { Random } from './random.ts';

const FORMAT = 'vds-nc';
const ROW = FORMAT;
const TEMPLATES = 24;
const SIGNER_USAGE = '2.23.136.1.1.14.2';
const OTHER_USAGE = '2.23.136.1.1.3';
const AUTHORITY = 'CN=UTO';

interface Signer {
  readonly key: FuzzKey;
  readonly certificate: X509Certificate;
}

/** Seals of one country whose authority is trusted, beside signers that it certified for something else. */
export function visibleSeals(
  random: Random,
  stranger: FuzzKey,
): { readonly source: Source; readonly trusted: readonly TrustedKey[] } {
  const csca = ecKey(random);
  const authority = { keys: csca, subject: AUTHORITY };
  const derBy = (key: FuzzKey) => (tbs: Buffer) => derOf(key.sign(tbs));
  const root = makeCertificate(csca, { ca: true, subject: AUTHORITY, keyUsage: 0x06, sign: derBy(csca) });
  const certified = (parts: Parameters<typeof makeCertificate>[1], key = ecKey(random), by = csca): Signer => ({
    key,
    certificate: makeCertificate(key, { authority, usages: [SIGNER_USAGE], sign: derBy(by), ...parts }),
  });
  const good = [certified({}), certified({ keyUsage: 0x80 })];
  const notAllowed = [
    certified({ usages: [OTHER_USAGE] }),
    certified({ keyUsage: 0x04 }),
    certified({ ca: true }),
    certified({ until: '20211213023959Z' }),
    certified({ from: '20211213024001Z' }),
    certified({}, ecKey(random), stranger),
    certified({ authority: { keys: stranger, subject: 'CN=Nobody' } }, ecKey(random), stranger),
  ];
  const caKey: TrustedKey = { ...trusted(csca, 'UTO', [FORMAT], { kid: 'csca' }), authority: root };

  const fresh = (of: Random): { readonly data: Shape; readonly passId: Buffer } => {
    const name = `U${of.bytes(5).toString('hex').toUpperCase()}`;
    const pid = { n: 'ZZYZXPERSON  A', dob: '1980-02-29', sex: 'F' };
    const vd = [
      { dvc: '2021-03-03', seq: 1, ctr: 'UTO' },
      { dvc: '2021-06-01', seq: 2, ctr: 'UTO' },
    ];
    const vaccinated = { uvci: name, pid, ve: [{ des: 'XM68M6', nam: 'Comirnaty', dis: 'RA01.0', vd }] };
    const tested = { utci: name, pid, dat: { sc: '2021-12-12T12:00:00+09:00' }, tr: { tc: 'PCR', r: 'negative' } };
    const [t, msg] = of.chance(0.5) ? ['icao.vacc', vaccinated] : ['icao.test', tested];
    return { data: { hdr: { t, v: 1, is: 'UTO' }, msg }, passId: Buffer.from(`UTO\0${name}`) };
  };
  const signatureOf = (dataText: string, key: FuzzKey): Buffer =>
    key.sign(Buffer.from(canonicalJson(JSON.parse(dataText) as Json), 'utf8'));
  const sealOf = (
    dataText: string,
    signer: Signer,
    signature: Buffer,
    alg = 'ES256',
    cer: Buffer = signer.certificate.raw,
  ): string => {
    const sig = JSON.stringify({ alg, sigvl: signature.toString('base64url'), cer: cer.toString('base64url') });
    return Buffer.from(`{"data":${dataText},"sig":${sig}}`, 'utf8').toString('latin1');
  };
  const signed = (dataText: string, signer: Signer): string =>
    sealOf(dataText, signer, signatureOf(dataText, signer.key));
  const identified = (passId: Buffer) => ({ format: FORMAT, passId }) as const;

  const templates: readonly Template[] = Array.from({ length: TEMPLATES }, () => {
    const { data, passId } = fresh(random);
    return {
      identity: identified(passId),
      line: Buffer.from(signed(JSON.stringify(data), random.pick(good)), 'latin1'),
    };
  });

  function crafted(of: Random): Case {
    const { data, passId } = fresh(of);
    const text = JSON.stringify(data);
    const signer = of.pick(good);
    const admit: Expectation = { kind: 'admit', identity: identified(passId) };
    const same: Expectation = { kind: 'same', identities: [identified(passId)] };
    const sound: Expectation = { kind: 'sound', format: FORMAT };
    const signature = (): Buffer => signatureOf(text, signer.key);
    const made = (did: string, line: string, expected: Expectation): Case => caseOf(ROW, did, line, expected);
    const games: readonly (() => Case)[] = [
      () => made('respelled JSON', sealOf(respelled(of, text), signer, signature()), same),
      () => made('signed by a stranger', sealOf(text, signer, signatureOf(text, stranger)), NEVER),
      () => made('certificate not allowed', signed(text, of.pick(notAllowed)), NEVER),
      () => {
        const path = of.pick(pathsOf(data));
        const odd = of.pick(ODD_JSON);
        // Whatever is not the same number or text for JSON.parse and for a strict reader is not signed here.
        return made(`${path.join('/')}: ${odd}`, signed(writtenWith(data, path, odd), signer), sound);
      },
      () =>
        made(
          'bad JSON',
          sealOf(writtenWith(data, of.pick(pathsOf(data)), of.pick(BAD_JSON)), signer, signature()),
          NEVER,
        ),
      () => made('changed', sealOf(writtenAfter(data, '"x":1'), signer, signature()), NEVER),
      () => made('DER signature', sealOf(text, signer, derOf(signature())), NEVER),
      () => made('high s', sealOf(text, signer, mirrored('P-256', signature())), admit),
      () =>
        made(
          'other alg',
          sealOf(text, signer, signature(), of.pick(['ES384', 'ES512', 'none', 'HS256', '', '__proto__'])),
          NEVER,
        ),
      () =>
        made('deep', sealOf(writtenAfter(data, `"x":${nested(of.pick([15, 16, 3_000]))}`), signer, signature()), NEVER),
      () => {
        const cer = damaged(of, signer.certificate.raw, of.pick(notAllowed).certificate.raw);
        return made('damaged certificate', sealOf(text, signer, signature(), 'ES256', cer), same);
      },
      () => made('the authority itself', sealOf(text, signer, signatureOf(text, csca), 'ES256', root.raw), NEVER),
    ];
    return of.pick(games)();
  }

  return {
    trusted: [caKey],
    source: {
      row: ROW,
      templates,
      make(of) {
        const share = of.below(100);
        if (share < 4) {
          const { line, identity } = of.pick(templates);
          return caseOf(ROW, 'untouched', line, { kind: 'admit', identity });
        }
        return share < 50 ? damageCase(of, ROW, templates) : crafted(of);
      },
    },
  };
}
