import { createContext, useContext } from 'react';
import type { Me } from '../../../src/api/contract.ts';

export interface SignedInAs {
  me: Me;
  signOut(): void;
}

export const MeContext = createContext<SignedInAs | null>(null);

/** Who is signed in: below `SignedIn` there is always somebody. */
export function useMe(): SignedInAs {
  const signedInAs = useContext(MeContext);
  if (!signedInAs) throw new TypeError('Nobody is signed in here');
  return signedInAs;
}
