import type { X509Certificate } from 'node:crypto';

const SEQUENCE = 0x30;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
/** [3] EXPLICIT: the extensions of a TBSCertificate (RFC 5280 section 4.1). */
const EXTENSIONS = 0xa3;
/** 2.5.29.15 with its tag and length. */
const KEY_USAGE = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x0f]);
const DIGITAL_SIGNATURE = 0x80;
const LONG_FORM = 0x80;
const MAX_LENGTH_BYTES = 3;

interface Element {
  readonly tag: number;
  readonly whole: Buffer;
  readonly content: Buffer;
}

/** The DER elements side by side in `bytes`, or null where they do not fill it. */
function elementsOf(bytes: Buffer): readonly Element[] | null {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? LONG_FORM;
    const width = first < LONG_FORM ? 0 : first - LONG_FORM;
    if ((first >= LONG_FORM && width === 0) || width > MAX_LENGTH_BYTES || at + 2 + width > bytes.length) return null;
    const start = at + 2 + width;
    const end = start + (width === 0 ? first : bytes.readUIntBE(at + 2, width));
    if (end > bytes.length) return null;
    elements.push({ tag, whole: bytes.subarray(at, end), content: bytes.subarray(start, end) });
    at = end;
  }
  return elements;
}

const inside = (element: Element | undefined, tag: number): readonly Element[] | null =>
  element?.tag === tag ? elementsOf(element.content) : null;

/**
 * Whether the key usage extension (RFC 5280 section 4.2.1.3), where there is one, lets the key sign documents. Node
 * tells the extended key usages of a certificate only, so this one extension is read from the DER.
 */
export function maySignDocuments(certificate: X509Certificate): boolean {
  const body = inside(inside(elementsOf(certificate.raw)?.[0], SEQUENCE)?.[0], SEQUENCE);
  if (body === null) return false;
  const wrapped = body.find(({ tag }) => tag === EXTENSIONS);
  if (wrapped === undefined) return true;
  const extensions = inside(inside(wrapped, EXTENSIONS)?.[0], SEQUENCE);
  if (extensions === null) return false;
  for (const extension of extensions) {
    const parts = inside(extension, SEQUENCE);
    if (parts?.[0]?.whole.equals(KEY_USAGE) !== true) continue;
    const bits = inside(parts.at(-1), OCTET_STRING)?.[0];
    // The first byte of a bit string counts its unused bits.
    return bits?.tag === BIT_STRING && ((bits.content[1] ?? 0) & DIGITAL_SIGNATURE) !== 0;
  }
  return true;
}
