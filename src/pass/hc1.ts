import { decodeBase45 } from '../base/base45.ts';
import { err, ok, type Result } from '../base/result.ts';
import { decodeCbor } from './cbor.ts';
import { type CborMap, isCborMap } from './cbor-value.ts';
import { type CoseSign1, decodeCoseSign1, verifyCoseSign1 } from './cose.ts';
import { refusal } from './format.ts';
import { inflate } from './inflate.ts';
import type { Finding, Refusal, VerifiableFormat } from './pass.ts';
import type { Trust } from './trust.ts';

export const HC1_PREFIX = 'HC1:';

/** The envelope that the EU made and that the WHO uses for certificates of its own; nothing in it is proven. */
export interface Hc1 {
  readonly message: CoseSign1;
  readonly content: CborMap;
}

/** Base45, zlib, COSE_Sign1, a map: all of a line that can be read without trusting it. */
export function openHc1(line: string): Result<Hc1, string> {
  const compressed = decodeBase45(line, HC1_PREFIX.length);
  if (compressed === null) return err('Base45: not decodable');
  const cose = inflate(compressed, 'zlib');
  if (cose === null) return err('zlib: not one whole stream of at most 64 KiB');
  const message = decodeCoseSign1(cose);
  if (!message.ok) return message;
  const content = decodeCbor(message.value.payload);
  if (!content.ok) return content;
  return isCborMap(content.value)
    ? ok({ message: message.value, content: content.value })
    : err('CWT: the payload is no map');
}

/**
 * The signature first, then what this key may sign. Keys are named by kid alone, whatever the issuer claim says.
 * @returns the kid as the certificate has it, printed, and what the trust list calls the key
 */
export function checkHc1Key(
  format: VerifiableFormat,
  message: CoseSign1,
  finding: Finding,
  trust: Trust,
): Result<{ readonly kid: string; readonly keyName: string }, Refusal> {
  if (message.kid === null) return refusal('unknown-key', 'the certificate names no key', finding);
  const trusted = trust.find(format, null, message.kid);
  if (typeof trusted === 'string') return refusal(trusted, `no key ${finding.kid} is trusted for ${format}`, finding);
  const fault = verifyCoseSign1(message, trusted);
  if (fault === 'algorithm-not-allowed') {
    return refusal(fault, `COSE algorithm ${message.alg} does not go with key ${trusted.kid}`, finding);
  }
  if (fault !== null) return refusal(fault, `not signed by key ${trusted.kid}`, finding);
  if (!trusted.formats.has(format) || (finding.kind !== null && !trusted.kinds.has(finding.kind))) {
    return refusal('key-not-allowed', `key ${trusted.kid} may not sign ${finding.kind ?? format}`, finding);
  }
  return ok({ kid: message.kid.toString('base64'), keyName: trusted.kid });
}
