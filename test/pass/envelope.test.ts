import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS, recognise } from '../../src/pass/envelope.ts';
import { jwsSigner, segment } from '../support/jws-signer.ts';
import { vectorSet } from '../support/vectors.ts';

const signer = jwsSigner();
const told = (line: string) => {
  const recognised = recognise(line);
  return recognised.kind === 'format' ? recognised.format.name : [recognised.format, recognised.reason];
};

describe('which format a line claims to be', () => {
  it.each([
    ['HC1:', 'eu-dcc'],
    ['HC1:NCF broken', 'eu-dcc'],
    ['shc:/5676', 'smart-health-card'],
    ['shc:/1/3/5676', 'smart-health-card'],
    ['shc:5676', 'smart-health-card'],
    ['NZCP:/1/2KCE', 'nzcp'],
    ['nzcp:/1/2kce', 'nzcp'],
    ['{"data":{"hdr":{"is":"UTO","t":"icao.vacc","v":1}}}', 'vds-nc'],
    [signer.sign({ typ: 'entry-pass+jwt' }, '{}'), 'entry-pass'],
    [signer.sign({ typ: 'sticker+jwt' }, '{}'), 'sticker'],
    [`${signer.sign({ typ: 'sticker+jwt' }, '{}')} `, 'sticker'],
  ])('%s is judged by its format, good or broken', (line, format) => {
    expect(told(line)).toBe(format);
  });

  it.each([
    ['did:infra:XyZ123', 'coov-session', 'needs-server'],
    ['did:infra:vp:wss.coov.io/3/XyZ123', 'coov-session', 'needs-server'],
    ['003|c29tZXRoaW5n', 'kipass', 'needs-server'],
    ['PK\x03\x04\x14\x00', 'divoc', 'unsupported-format'],
    ['mdoc:owBjMS4w', 'mdoc', 'unsupported-format'],
    ['NL2:ABC', 'nl2', 'unsupported-format'],
    ['shlink:/eyJ1cmwi', 'health-link', 'needs-server'],
    ['https://viewer.example/x#shlink:/eyJ1cmwi', 'health-link', 'needs-server'],
    ['https://example.com/pass?id=1', 'url', 'needs-server'],
    ['HTTP://EXAMPLE.COM', 'url', 'needs-server'],
    ['080-123-4567', 'phone-number', 'unsupported-format'],
    ['08012345678', 'phone-number', 'unsupported-format'],
    ['141234', 'phone-number', 'unsupported-format'],
    ['010-1234-5678', 'phone-number', 'unsupported-format'],
    ['tel:+82-2-123-4567', 'phone-number', 'unsupported-format'],
    ['HC2:ABC', null, 'unsupported-format'],
    ['HL1:ABC', null, 'unsupported-format'],
    ['HL0:ABC', null, 'unsupported-format'],
    ['', null, 'malformed'],
    [' HC1:NCF', null, 'unsupported-format'],
    ['\ufeffHC1:NCF', null, 'unsupported-format'],
    ['hc1:ncf', null, 'unsupported-format'],
    ['8801234567890', null, 'unsupported-format'],
    ['hello', null, 'unsupported-format'],
  ])('%j is explained as %s, %s', (line, format, reason) => {
    expect(told(line)).toEqual([format, reason]);
  });

  it('a door address in a COOV code of either form is never asked', () => {
    const recognised = recognise('did:infra:vp:wss.coov.io/3/XyZ123');
    expect(recognised).toMatchObject({ detail: expect.stringMatching(/server.*paper/) });
  });

  const jwt = (header: object, payload: object | string) =>
    `${segment(JSON.stringify(header))}.${segment(typeof payload === 'string' ? payload : JSON.stringify(payload))}.AA`;

  it.each([
    [{ typ: 'JWT', alg: 'HS256' }, { iss: 'SKTPASS', sub: '0f', exp: 1, version: '002' }, 'kipass', 'needs-server'],
    [{ typ: 'JWT', alg: 'HS256' }, { iss: 'someone' }, null, 'unsupported-format'],
    [{ typ: 'JWT', alg: 'ES256' }, { iss: 'SKTPASS', version: '002' }, null, 'unsupported-format'],
    [{ alg: 'ES256', zip: 'DEF', kid: 'x' }, 'deflated', 'smart-health-card', 'unsupported-format'],
    [{ typ: 'trust-list+jwt', alg: 'ES256' }, {}, null, 'unsupported-format'],
    [{ alg: 'none' }, 'not json', null, 'unsupported-format'],
  ])('a token with the header %j and payload %j is explained as %s, %s', (header, payload, format, reason) => {
    expect(told(jwt(header, payload))).toEqual([format, reason]);
  });

  it.each([
    [{ typ: 'JWT', alg: 'ES256K' }, { vc: {} }, 'vc-jwt'],
    [{ typ: 'vc+jwt', alg: 'ES256' }, {}, 'vc-jwt'],
    [{ typ: 'JWT', alg: 'HS256' }, { vc: {}, iss: 'someone' }, 'vc-jwt'],
    [{ typ: 'JWT', alg: 'ES256K' }, { vp: {}, vc: {} }, 'vp-jwt'],
    [{ typ: 'vp+jwt', alg: 'ES256' }, {}, 'vp-jwt'],
    [{ typ: 'dc+sd-jwt', alg: 'ES256' }, {}, 'sd-jwt-vc'],
  ])('a token with the header %j and payload %j is a %s, good or broken', (header, payload, format) => {
    expect(told(jwt(header, payload))).toBe(format);
  });

  it('a code that changes is known by its first letters', () => {
    expect(told('RT1:venue:A-17:59:94287082')).toBe('rotating-ticket');
    expect(told('RT1:')).toBe('rotating-ticket');
    expect(told('RT2:venue')).toEqual([null, 'unsupported-format']);
  });

  it('a token with disclosures is an SD-JWT; one that cannot be read is malformed', () => {
    expect(told(`${jwt({ alg: 'ES256' }, {})}~WyJ4Il0~`)).toBe('sd-jwt-vc');
    expect(told(`${segment('{"alg":"ES256"}')}.e30 .AA`)).toEqual([null, 'malformed']);
    expect(told('eyJhbGciOiJub25l.e30.AA')).toEqual([null, 'malformed']);
    expect(told('eyJhbGci_.e30.AA')).toEqual([null, 'malformed']);
  });

  it('whatever is scanned is recognised or explained, and nothing throws', () => {
    const heads = ['', 'HC1:', 'shc:/', 'shc:/1/2/', 'eyJ', 'PK\x03\x04', '{"t":"icao.', 'NZCP:/', '003|'];
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, bytes) => {
        const line = head + Buffer.from(bytes).toString('latin1');
        const recognised = recognise(line);
        if (recognised.kind === 'format') expect(FORMATS).toContain(recognised.format);
        else expect(recognised.detail).not.toBe('');
      }),
    );
  });

  const pretix = vectorSet('pretix-sig1');
  it.skipIf(pretix.skip)(`pretix tickets are known by sight${pretix.note}`, () => {
    const { vectors } = JSON.parse(readFileSync(join(pretix.dir, 'vectors.json'), 'utf8'));
    const signed = vectors.filter((vector: { signature_hex?: string }) => vector.signature_hex !== undefined);
    expect(signed.length).toBeGreaterThanOrEqual(3);
    for (const { secret } of signed) expect(told(secret)).toBe('pretix-sig1');
    const random = vectors.filter((vector: { signature_hex?: string }) => vector.signature_hex === undefined);
    for (const { secret } of random) expect(told(secret)).toEqual([null, 'unsupported-format']);
  });

  const infra = vectorSet('infra-did-vcjwt');
  it.skipIf(infra.skip)(`the credentials of 2021 are known by sight${infra.note}`, () => {
    const { vectors } = JSON.parse(readFileSync(join(infra.dir, 'vectors.json'), 'utf8'));
    const formats = vectors.map(({ jwt }: { jwt: string }) => [told(jwt)].flat()[0]);
    const expected = vectors.map(({ kind }: { kind: string }) => ({ VC: 'vc-jwt', VP: 'vp-jwt' })[kind] ?? null);
    expect(formats.length).toBeGreaterThanOrEqual(5);
    expect(formats).toEqual(expected);
  });
});
