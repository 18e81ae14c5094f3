import { createContext, useContext } from 'react';
import type { Me } from '../../../src/contract/contract.ts';

export interface SignedInAs {
  me: Me;
  signOut(): void;
}

export const MeContext = createContext<SignedInAs | null>(null);

/** The signed-in user; always present below `SignedIn`. */
export function useMe(): SignedInAs {
  const signedInAs = useContext(MeContext);
  if (!signedInAs) throw new TypeError('useMe needs a signed-in user');
  return signedInAs;
}
