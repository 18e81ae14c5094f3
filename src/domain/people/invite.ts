/** `withdrawn`: the token of the inviter was revoked, or is no longer an admin's. */
export const inviteStates = ['open', 'accepted', 'expired', 'revoked', 'withdrawn'] as const;
/** How long a link works. */
export const inviteMsMin = 60_000;
export const inviteMsMax = 30 * 24 * 60 * 60_000;
export const defaultInviteMs = 7 * 24 * 60 * 60_000;
export type InviteState = (typeof inviteStates)[number];
