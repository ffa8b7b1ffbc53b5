import { type KeyObject, sign, X509Certificate } from 'node:crypto';

const der = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...content: readonly Buffer[]): Buffer => der(0x30, ...content);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift(0x80 | (left & 0x7f));
    bytes.push(...digits);
  }
  return der(0x06, Buffer.from(bytes));
}

const name = sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from('Test')))));
const time = (text: string): Buffer => der(0x18, Buffer.from(text));
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

/** A self-signed X.509 certificate (RFC 5280) for an EC key, with the extended key usages that a test asks for. */
export function makeCertificate(
  keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  { usages = [], ca = false }: { readonly usages?: readonly string[]; readonly ca?: boolean } = {},
): X509Certificate {
  const extensions: Buffer[] = [];
  if (usages.length > 0) extensions.push(sequence(oid('2.5.29.37'), der(0x04, sequence(...usages.map(oid)))));
  if (ca) extensions.push(sequence(oid('2.5.29.19'), der(0x04, sequence(der(0x01, Buffer.from([0xff]))))));
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time('20210101000000Z'), time('20310101000000Z')),
    name,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  );
  const signature = sign('sha256', tbs, keys.privateKey);
  return new X509Certificate(sequence(tbs, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature)));
}
