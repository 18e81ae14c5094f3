// Nothing starts again in a project that was removed.
import { PermanentError } from '../../domain/failure.ts';
import type { ProjectId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { holdProject, projectNameOf } from '../../store/work/projects.ts';

/** Nobody can remove the project until the transaction ends. @throws PermanentError `WORK_ORDER_PROJECT_GONE` */
export async function refuseRemoved(query: Query, id: ProjectId): Promise<void> {
  if (await holdProject(query, id)) return;
  throw new PermanentError({
    code: 'WORK_ORDER_PROJECT_GONE',
    component: 'steering',
    operation: 'start run',
    message: removedWords(await projectNameOf(query, id)),
    advice: 'Add the project again with `moose project add`, and repeat this; or cancel the work order.',
  });
}

export function removedWords(project: string): string {
  return `The project "${project}" was removed, so its work orders cannot start again.`;
}
