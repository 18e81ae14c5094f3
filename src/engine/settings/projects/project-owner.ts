import { projectFailures } from './failure-catalogue.ts';

const nameCharsMax = 200;

/** @throws PermanentError `PROJECT_OWNER_INVALID` if no person can sign in with this name */
export function assertOwner(owner: string | null | undefined): void {
  if (owner === undefined || owner === null) return;
  if (/^\S+$/.test(owner) && owner.length <= nameCharsMax) return;
  throw projectFailures.PROJECT_OWNER_INVALID('change', { nameCharsMax });
}
