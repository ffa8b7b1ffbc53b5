import type { Policy } from '../policy.ts';

/**
 * Members come and go between 06:00 and 23:00 in the site's zone; a pass that was handed back through the door does not
 * open it again for ten minutes. The house's own choice, no law: for other hours, copy it into a policy file.
 */
export const membership: Policy = {
  id: 'membership',
  title: { ko: '회원권', en: 'Membership', ja: '会員証', zh: '会员' },
  admits: ['membership'],
  rules: [],
  params: {},
  hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '06:00', to: '23:00' }],
  reuse: { mode: 'passback', minutes: 10, samePerson: 'ignore' },
  stale: 'mark',
  clockUnsure: 'assist',
  verdicts: {},
  party: { withoutPass: 0 },
  sticker: { kinds: ['membership'], maxDays: 1 },
};
