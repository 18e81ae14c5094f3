// One entry for each person and project with a limit, out of one entry for each limit.
import type { Limits } from '../../../../src/contract/contract.ts';

type Limit = Limits['limits'][number];

export interface LimitedSubject {
  kind: 'person' | 'project';
  /** The person's or project's name; `*` for each person without a limit of their own. */
  name: string;
  daily: Limit | null;
  monthly: Limit | null;
}

export function limitedSubjects(limits: readonly Limit[]): LimitedSubject[] {
  const subjects = new Map<string, LimitedSubject>();
  for (const limit of limits) {
    const { kind, name } = limit;
    if (kind === 'system' || name === null) continue;
    const found = subjects.get(`${kind} ${name}`) ?? { kind, name, daily: null, monthly: null };
    const span = limit.key.startsWith(`${kind}_day:`) ? 'daily' : 'monthly';
    subjects.set(`${kind} ${name}`, { ...found, [span]: limit });
  }
  return [...subjects.values()];
}

export function nameOfSubject({ kind, name }: Pick<LimitedSubject, 'kind' | 'name'>): string {
  if (name === '*') return 'Each person without a limit of their own';
  return kind === 'project' ? `Project ${name}` : name;
}
