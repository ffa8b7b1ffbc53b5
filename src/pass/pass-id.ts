import { hash } from 'node:crypto';
import type { VerifiableFormat } from './pass.ts';

/** What the issuer itself calls a pass, made unique by the issuer's name, which holds no NUL. */
export function namedPassId(issuer: string, name: string): Buffer {
  return Buffer.from(`${issuer}\0${name}`, 'utf8');
}

/** SHA-256 over format, NUL, issuer, NUL and signed payload, for a pass that its issuer gave no name. */
export function digestPassId(format: VerifiableFormat, issuer: string | null, signedPayload: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`${format}\0${issuer ?? ''}\0`, 'utf8'), signedPayload]), 'buffer');
}
