// Finds the project that a person names for a spec.
import { PermanentError } from '../../domain/failure.ts';
import type { ProjectId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { findProjectId } from '../../store/work/projects.ts';

/** @throws PermanentError `PROJECT_NOT_FOUND` */
export async function projectCalled(query: Query, name: string): Promise<ProjectId> {
  const id = await findProjectId(query, name);
  if (id) return id;
  throw new PermanentError({
    code: 'PROJECT_NOT_FOUND',
    component: 'intake',
    operation: 'upload spec',
    message: `There is no project "${name.slice(0, 200)}".`,
    advice:
      'Omit it, list the projects with `moose project ls`, or ask an admin to add it: `moose project add PATH`.',
  });
}
