// Whether the agents of a project use a person's login (R-PROJ-9): only a person lets them.
import type * as wire from '../../contract/contract.ts';
import type { ProjectSettings } from '../../domain/work-order.ts';
import type { Sourced } from '../policy/project-values.ts';
import type { ProjectChange } from './ask-projects.ts';

export const projectLoginOf = ({ login }: ProjectSettings) => ({ login: login ?? null });

/** To forbid it, and to leave it to the setting for all projects after that was allowed, takes nothing. */
export function widenedLogin(
  { name, login: now }: Pick<wire.Project, 'name' | 'login'>,
  { login }: Pick<ProjectChange, 'login'>,
): string[] {
  const isWider = (login === 'use' && now !== 'use') || (login === null && now === 'never');
  return isWider ? [`letting agents of project ${name} use a person's login`] : [];
}

const words = { use: 'agents use your login', never: 'agents use a key' } as const;

/** The row among the values of a project; none if no person has decided. */
export function loginRow({ login }: ProjectSettings): Array<{ key: string } & Sourced<string>> {
  return login === undefined ? [] : [{ key: 'login', value: words[login], source: 'project' }];
}
