import { hash, type KeyObject, sign, X509Certificate } from 'node:crypto';

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

const nameOf = (text: string): Buffer => sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(text)))));
const time = (text: string): Buffer => der(0x18, Buffer.from(text));
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), der(0x04, value));

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface CertificateParts {
  readonly usages?: readonly string[];
  readonly ca?: boolean;
  readonly subject?: string;
  /** The bits of the key usage extension: 0x80 signs documents, 0x04 signs certificates. */
  readonly keyUsage?: number;
  /** Who signs it: itself, unless said. */
  readonly authority?: { readonly keys: KeyPair; readonly subject: string };
  /** Whether subject and authority key identifiers are written. */
  readonly keyIds?: boolean;
  readonly from?: string;
  readonly until?: string;
  /** Signs in DER what is to be the same bytes each time. */
  readonly sign?: (tbs: Buffer) => Buffer;
}

const keyId = (key: KeyObject): Buffer => hash('sha1', key.export({ type: 'spki', format: 'der' }), 'buffer');

/** An X.509 certificate (RFC 5280) for an EC key, self-signed unless an authority is given. */
export function makeCertificate(keys: KeyPair, parts: CertificateParts = {}): X509Certificate {
  const { usages = [], ca = false, subject = 'Test', keyUsage, keyIds = false } = parts;
  const signer = parts.authority ?? { keys, subject };
  const extensions: Buffer[] = [];
  if (usages.length > 0) extensions.push(extension('2.5.29.37', sequence(...usages.map(oid))));
  if (ca) extensions.push(extension('2.5.29.19', sequence(der(0x01, Buffer.from([0xff])))));
  if (keyUsage !== undefined) extensions.push(extension('2.5.29.15', der(0x03, Buffer.from([0, keyUsage]))));
  if (keyIds) {
    extensions.push(extension('2.5.29.14', der(0x04, keyId(keys.publicKey))));
    extensions.push(extension('2.5.29.35', sequence(der(0x80, keyId(signer.keys.publicKey)))));
  }
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    nameOf(signer.subject),
    sequence(time(parts.from ?? '20210101000000Z'), time(parts.until ?? '20310101000000Z')),
    nameOf(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  );
  const signature = parts.sign?.(tbs) ?? sign('sha256', tbs, signer.keys.privateKey);
  return new X509Certificate(sequence(tbs, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature)));
}
