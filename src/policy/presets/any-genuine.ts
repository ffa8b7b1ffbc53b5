import { KINDS } from '../../pass/pass.ts';
import type { Policy } from '../policy.ts';

/** Whatever an issuer on the trust list signed is enough; nothing is counted. The house's own choice, no law. */
export const anyGenuine: Policy = {
  id: 'any-genuine',
  title: { ko: '진짜이면 모두', en: 'Any genuine pass', ja: '正規のパスすべて', zh: '任何真实凭证' },
  admits: [...KINDS],
  rules: [],
  params: {},
  hours: [],
  reuse: { mode: 'none', minutes: 10, samePerson: 'ignore' },
  stale: 'mark',
  clockUnsure: 'assist',
  verdicts: {},
  party: { withoutPass: 0 },
  sticker: { kinds: [...KINDS], maxDays: 1 },
};
