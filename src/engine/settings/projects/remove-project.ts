// Removes a project from the list. Ends what only makes sense in a project: the planning of its specs, its experiment,
// and questions that ask for more work. Its row, work orders, costs, results and mirror stay: the
// mirror may contain commits that exist nowhere else.

import type * as wire from '../../../contract/contract.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import type { Database } from '../../../store/database.ts';
import { questionsForWork } from '../../../store/failures/questions-of-project.ts';
import { forgetRunRequests } from '../../../store/work/plans/decided-plans.ts';
import { openPlanningsOf } from '../../../store/work/plans/plannings.ts';
import { removeVariablesOf } from '../../../store/work/projects/project-variables.ts';
import { countOpenOf, lockProjectNamed, markRemoved } from '../../../store/work/projects/projects.ts';
import { projectNotFound } from '../../commands/submit/project-of-submission.ts';
import { stopExperimentOf } from '../../learner/stop-experiment.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { closePlanning } from '../../specs/close-planning.ts';
import { projectFailures } from './failure-catalogue.ts';

/** @throws PROJECT_NOT_FOUND, PROJECT_IN_USE */
export async function removeProject(
  { database, actor }: { database: Database; actor: string },
  { id, name, repository_path, work_orders }: wire.Project,
): Promise<wire.RemovedProject> {
  const variables = await database.transaction(async (query) => {
    const project = await lockProjectNamed(query, id);
    if (!project) throw projectNotFound(name, []);
    const open = await countOpenOf(query, project.id);
    if (open > 0) throw inUse(name, open);
    for (const id of await openPlanningsOf(query, project.id))
      await closePlanning(query, id, { state: 'cancelled' });
    await forgetRunRequests(query, project.id);
    for (const question of await questionsForWork(query, project.id))
      await withdraw(query, question, `the project "${name}" was removed`);
    await stopExperimentOf(query, project.id, actor);
    await markRemoved(query, project.id);
    return removeVariablesOf(query, project.id);
  });
  const count = work_orders === 1 ? '1 work order' : `${work_orders} work orders`;
  return {
    id,
    name,
    work_orders,
    variables_deleted: variables,
    kept: [
      `${count} of it, with costs, results and pull requests`,
      'its settings: adding it again brings them back',
      repository_path === null
        ? `the mirror mirrors/${id}.git in the data directory of each machine, with branches that were not pushed`
        : `the repository ${repository_path}`,
    ],
  };
}

function inUse(name: string, open: number): PermanentError {
  return projectFailures.PROJECT_IN_USE('remove', {
    name,
    what: open === 1 ? 'a work order that has' : `${open} work orders that have`,
  });
}
