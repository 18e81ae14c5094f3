import { useMe } from '../../shell/me.ts';

/** Why the user may not act here; null if they may. The server decides; this only avoids a refused click. */
export function useWhyNot(): string | null {
  const { me } = useMe();
  return me.role === 'viewer' ? 'You have view-only access. Actions require the operator role.' : null;
}
