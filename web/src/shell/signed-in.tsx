import type { ReactNode } from 'react';

export function SignedIn({ children }: { children: ReactNode }) {
  return <>{children}</>;
}
