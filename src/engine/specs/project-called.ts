// Finds the project that a person names for a spec.

import type { ProjectId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { findProjectId } from '../../store/work/projects/projects.ts';
import { specFailures } from './failure-catalogue.ts';

/** @throws PermanentError `PROJECT_NOT_FOUND` */
export async function projectCalled(query: Query, name: string): Promise<ProjectId> {
  const id = await findProjectId(query, name);
  if (id) return id;
  throw specFailures.PROJECT_NOT_FOUND_OMIT('upload spec', { name: name.slice(0, 200) });
}
