import type { Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { isCborMap } from './cbor-value.ts';
import { LABEL_HCERT } from './cwt.ts';
import { verifyEuDcc } from './eu-dcc.ts';
import { type PassFormat, refusal } from './format.ts';
import { HC1_PREFIX, openHc1 } from './hc1.ts';
import { NO_FINDING, type PassFields, type Refusal } from './pass.ts';
import type { Trust } from './trust.ts';
import { holdsWhoCertificate, verifyWhoDdcc } from './who-ddcc.ts';

/** The EU's certificate among the health certificates of claim -260. */
const HCERT_EU_DCC = 1;

/**
 * All that begins with HC1. Whose certificate it is stands inside the envelope and is signed with it: it is opened
 * once, and only what lies under the EU's own key is ever read as the EU's.
 */
function verify(line: string, trust: Trust, now: WallTime): Result<PassFields, Refusal> {
  const opened = openHc1(line);
  if (!opened.ok) return refusal('malformed', opened.error, { ...NO_FINDING, format: 'eu-dcc' });
  const certificates = opened.value.content.get(LABEL_HCERT);
  const european = isCborMap(certificates) ? certificates.get(HCERT_EU_DCC) : undefined;
  if (european !== undefined) return verifyEuDcc(opened.value, european, trust, now);
  if (holdsWhoCertificate(opened.value.content)) return verifyWhoDdcc(opened.value, trust, now);
  return refusal('unsupported-format', 'neither a certificate of the EU nor one of the WHO', {
    ...NO_FINDING,
    kid: opened.value.message.kid?.toString('base64') ?? null,
  });
}

export const healthCertificate: PassFormat = {
  name: 'eu-dcc',
  claims: (line) => line.startsWith(HC1_PREFIX),
  verify,
};
