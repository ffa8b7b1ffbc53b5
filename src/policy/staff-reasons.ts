/**
 * Why staff ended an assist as they did: a closed table. `papers`: another certificate, message or sticker was looked at.
 * `issuer-app`: the issuer's own app or site vouched for it. `known`: staff know the person to be entitled. `not-theirs`:
 * the pass belongs to somebody else. `nothing-else`: there was nothing else to look at. `not-said`: a button that has no
 * way to say why.
 */
export const STAFF_REASONS = ['papers', 'issuer-app', 'known', 'not-theirs', 'nothing-else', 'not-said'] as const;
export type StaffReason = (typeof STAFF_REASONS)[number];
