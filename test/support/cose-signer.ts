import type { KeyObject } from 'node:crypto';
import { cbor } from './cbor-writer.ts';
import { es256 } from './dcc.ts';

/** A tagged COSE_Sign1 (RFC 9052 section 4.2) with ES256 over `payload`. */
export function coseSign1(
  payload: Buffer,
  key: KeyObject,
  headers: {
    readonly inside: readonly (readonly [Buffer, Buffer])[];
    readonly outside?: readonly (readonly [Buffer, Buffer])[];
  },
): Buffer {
  const protectedBytes = cbor.map(...headers.inside);
  const signed = cbor.list(
    cbor.text('Signature1'),
    cbor.bytes(protectedBytes),
    cbor.bytes(Buffer.alloc(0)),
    cbor.bytes(payload),
  );
  return cbor.tag(
    18,
    cbor.list(
      cbor.bytes(protectedBytes),
      cbor.map(...(headers.outside ?? [])),
      cbor.bytes(payload),
      cbor.bytes(es256(signed, key)),
    ),
  );
}
