// Whether the agents of a project use a person's login (R-PROJ-9): only a person may allow it.
import type * as wire from '../../../contract/contract.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import type { Sourced } from '../../policy/project-values.ts';
import type { ProjectChange } from './ask-projects.ts';

export const projectLoginOf = ({ login }: ProjectSettings) => ({ login: login ?? null });

/** Forbidding it needs no permission, nor does returning to the setting for all projects after it was allowed. */
export function widenedLogin(
  { name, login: now }: Pick<wire.Project, 'name' | 'login'>,
  { login }: Pick<ProjectChange, 'login'>,
): string[] {
  const isWider = (login === 'use' && now !== 'use') || (login === null && now === 'never');
  return isWider ? [`letting agents of project ${name} use a person's login`] : [];
}

const words = { use: 'agents use your login', never: 'agents use a key' } as const;

/** The row for the project's values; none if no person has decided. */
export function loginRow({ login }: ProjectSettings): Array<{ key: string } & Sourced<string>> {
  return login === undefined ? [] : [{ key: 'login', value: words[login], source: 'project' }];
}
