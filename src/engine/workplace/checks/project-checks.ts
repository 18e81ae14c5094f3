// The commands that verify a change.
import type { ProjectConfig } from '../../../config-file/config-schema.ts';
import { daemonsOf } from '../../../config-file/daemon-order.ts';
import type { Daemon } from '../../../domain/machine/daemon.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import type { VerifyLevel } from '../../../domain/work-order/verify-level.ts';
import { findChecks } from '../../../finder/find-checks.ts';
import type { ProjectFiles } from '../../../finder/project-files.ts';
import { configAt } from '../../policy/config-at.ts';
import { projectFilesAt } from '../../policy/project-files-at.ts';
import { projectValues } from '../../policy/project-values.ts';
import type { Work } from '../../run/work.ts';

export interface CheckPlan {
  /** Setup and checks, in the order in which they run. */
  checks: Check[];
  /** Variables that the repository adds to the environment of the checks. */
  environment: Readonly<Record<string, string>>;
  /** The hosts that the repository lists for sessions with network access. */
  egress: ProjectConfig['egress'];
  /** Services in the order in which they start. */
  services: readonly Daemon[];
  /** How a change is judged whose checks are green. */
  level: VerifyLevel;
}

/** What a plan depends on. */
export type Planned = Pick<Work, 'project' | 'settings' | 'signal' | 'secrets'> & {
  order: Pick<Work['order'], 'settings'>;
  /** The image of the work order; undefined: the image that the project names now. */
  image?: Work['image'] | undefined;
};

/** Built from the settings and files as they were before the change. */
export async function checkPlan(work: Planned, commit: string): Promise<CheckPlan> {
  const { project, settings, order, signal } = work;
  const file = await configAt(project.repositoryPath, commit, signal);
  const isGiven = (order.settings.checks ?? project.settings.checks) !== undefined;
  const { setup, checks, services, verify } = projectValues({
    order: order.settings,
    project: project.settings,
    file,
    found: isGiven ? [] : findChecks(await filesAt(work, commit)),
    defaults: { agent: settings.defaultAgent, reviewer: settings.reviewer },
  });
  return {
    checks: [...setup.value, ...checks.value],
    environment: file?.environment ?? {},
    egress: file?.egress,
    services: daemonsOf({ services: services.value }),
    level: verify.value,
  };
}

function filesAt(
  { project, signal }: Pick<Work, 'project' | 'signal'>,
  commit: string,
): Promise<ProjectFiles> {
  return projectFilesAt(project.repositoryPath, commit, signal);
}
