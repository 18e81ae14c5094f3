// Nothing starts again in a project that was removed.

import type { ProjectId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { holdProject, projectNameOf } from '../../store/work/projects/projects.ts';
import { commandFailures } from './failure-catalogue.ts';

/** Nobody can remove the project until the transaction ends. @throws PermanentError `WORK_ORDER_PROJECT_GONE` */
export async function refuseRemoved(query: Query, id: ProjectId): Promise<void> {
  if (await holdProject(query, id)) return;
  throw commandFailures.WORK_ORDER_PROJECT_GONE('start run', {
    message: removedWords(await projectNameOf(query, id)),
  });
}

export function removedWords(project: string): string {
  return `The project "${project}" was removed, so its work orders cannot start again.`;
}
