import { useMe } from '../../shell/me.ts';

/** Why one may not act here; null where one may. The server decides: this saves a press that is refused. */
export function useWhyNot(): string | null {
  const { me } = useMe();
  return me.role === 'viewer' ? 'You may look, and not act: that needs the role operator.' : null;
}
