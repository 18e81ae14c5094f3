// A project with its settings and figures, as the API and the pages show it.
import type * as wire from '../../../contract/contract.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { ProjectFigures } from '../../../store/work/projects/project-lists.ts';
import { commandsOf } from './project-commands.ts';
import { type DirectorSystem, directorOf } from './project-director.ts';
import { filtersOf } from './project-filters.ts';
import { hostsOf } from './project-hosts.ts';
import { imageOf } from './project-image.ts';
import { intakeOf } from './project-intake.ts';
import { projectLearningOf } from './project-learning.ts';
import { projectLoginOf } from './project-login.ts';
import { namespacesOf } from './project-namespaces.ts';
import { submodulesIn } from './project-submodules.ts';
import { projectSubtasksOf } from './project-subtasks.ts';
import { projectVerifyOf } from './project-verify.ts';

export function viewOf({ settings, ...project }: ProjectFigures, system: DirectorSystem): wire.Project {
  const { limit_usd = null, agent = null, model = null, checks, allow_ci_changes = false } = settings;
  const { work_order_limit_usd = null, time_limit_ms = null, base = null, files = null } = settings;
  const { trusted = false, labels = null, merge = null, together = null, owner = null } = settings;
  return {
    id: project.id,
    name: project.name,
    repository_path: project.repositoryPath,
    remote_url: project.remoteUrl,
    default_branch: project.defaultBranch,
    base,
    work_orders: project.workOrders,
    last_used_at: project.lastUsedAt?.toISOString() ?? null,
    limit_usd,
    used_usd: project.usedNanoUsd === null ? null : usdNumber(project.usedNanoUsd),
    model,
    work_order_limit_usd,
    time_limit_ms,
    files,
    trusted,
    labels,
    merge,
    together,
    ...hostsOf(settings),
    ...intakeOf(settings),
    ...imageOf(settings),
    ...commandsOf(settings),
    ...projectLoginOf(settings),
    ...projectVerifyOf(settings),
    ...filtersOf(settings),
    ...namespacesOf(settings),
    ...submodulesIn(settings),
    ...projectSubtasksOf(settings),
    ...directorOf(settings, system),
    ...projectLearningOf(settings),
    owner,
    agent,
    checks: checks?.map(({ kind, command }) => ({ kind, command })) ?? null,
    allow_ci_changes,
  };
}
