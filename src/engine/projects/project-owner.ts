import { PermanentError } from '../../domain/failure.ts';

const nameCharsMax = 200;

/** @throws PermanentError `PROJECT_OWNER_INVALID` if no person can sign in with this name */
export function assertOwner(owner: string | null | undefined): void {
  if (owner === undefined || owner === null) return;
  if (/^\S+$/.test(owner) && owner.length <= nameCharsMax) return;
  throw new PermanentError({
    code: 'PROJECT_OWNER_INVALID',
    component: 'projects',
    operation: 'change',
    message: `The owner of a project is a name without spaces, of at most ${nameCharsMax} characters.`,
    advice: 'Give the name with which the person signs in.',
  });
}
