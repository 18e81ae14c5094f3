import { useMe } from '../../shell/me.ts';

/** Why the user may not change projects; null if they may. The server decides; this only avoids a refused click. */
export function useWhyNotChange(): string | null {
  const { me } = useMe();
  if (me.role !== 'admin') return 'You have view-only access. Only admins can change projects.';
  return null;
}

/** Only people may allow hosts. */
export function useWhyNotHosts(): string | null {
  const { me } = useMe();
  const whyNot = useWhyNotChange();
  return whyNot ?? (me.is_person ? null : 'Only a person can change hosts, not a program.');
}

/** Only people may change variables and secrets. */
export function useWhyNotVariables(): string | null {
  const { me } = useMe();
  const whyNot = useWhyNotChange();
  return whyNot ?? (me.is_person ? null : 'Only a person can change variables, not a program.');
}

/** Only people may decide what is merged, and who may request work. */
export function useWhyNotForge(): string | null {
  const { me } = useMe();
  const whyNot = useWhyNotChange();
  return whyNot ?? (me.is_person ? null : 'Only a person can change this, not a program.');
}
