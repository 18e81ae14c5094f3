// The parts of a project that only a person may widen.

import type * as wire from '../../../contract/contract.ts';
import { formatUsd, usdNumber } from '../../../domain/money.ts';
import { isHuman } from '../../../domain/people/person.ts';
import type { Project } from '../../../store/work/projects/projects.ts';
import type { ProjectChange } from './ask-projects.ts';
import { projectFailures } from './failure-catalogue.ts';
import { type DirectorSystem, directorOf, widenedDirector } from './project-director.ts';
import { filtersOf, widenedFilters } from './project-filters.ts';
import { hostsOf, widenedHosts } from './project-hosts.ts';
import { imageOf, widenedImage } from './project-image.ts';
import { intakeOf, widenedIntake } from './project-intake.ts';
import { projectLearningOf, widenedLearning } from './project-learning.ts';
import { projectLoginOf, widenedLogin } from './project-login.ts';
import { namespacesOf, widenedNamespaces } from './project-namespaces.ts';
import { submodulesIn, widenedSubmodules } from './project-submodules.ts';
import { projectSubtasksOf, widenedSubtasks } from './project-subtasks.ts';
import { projectVerifyOf, widenedVerify } from './project-verify.ts';

export type PersonOnly = Pick<
  wire.Project,
  | 'name'
  | 'limit_usd'
  | 'work_order_limit_usd'
  | 'allow_ci_changes'
  | 'trusted'
  | 'merge'
  | 'agent_hosts'
  | 'private_hosts'
  | 'intake_label'
  | 'forge_programs'
  | 'filters'
  | 'image'
  | 'user_namespaces'
  | 'submodules'
  | 'subtasks'
  | 'login'
  | 'verify'
  | 'director'
  | 'learning'
>;

/** Describes the part of a change that only a person may make; null if there is none. */
export function needsPerson(now: PersonOnly, change: ProjectChange): string | null {
  const { limitNanoUsd, workOrderLimitUsd, allowCiChanges, trusted, files } = change;
  const isLifted = limitNanoUsd === null && now.limit_usd !== null;
  const isRaised =
    now.limit_usd !== null && typeof limitNanoUsd === 'bigint' && usdNumber(limitNanoUsd) > now.limit_usd;
  const perOrder = now.work_order_limit_usd;
  const isOrderRaised =
    perOrder !== null &&
    workOrderLimitUsd !== undefined &&
    (workOrderLimitUsd === null || workOrderLimitUsd > perOrder);
  const words = [
    ...(isOrderRaised ? [`raising the limit of the work orders of ${now.name}`] : []),
    ...(isLifted ? [`removing the limit of the project ${now.name}`] : []),
    ...(isRaised ? [`raising the limit of the project ${now.name} to ${formatUsd(limitNanoUsd)}`] : []),
    ...(allowCiChanges && !now.allow_ci_changes
      ? [`allowing changes of ${now.name} to touch CI and hooks`]
      : []),
    ...(trusted && !now.trusted
      ? [`giving agents the instructions, skills and servers that the files of ${now.name} name`]
      : []),
    ...(change.merge && change.merge !== 'never' && change.merge !== now.merge
      ? [`letting Moose merge pull requests of ${now.name}`]
      : []),
    ...(files === undefined || files?.length === 0
      ? []
      : [`choosing which ignored files of ${now.name} its agents can read`]),
    ...widenedHosts(now, change),
    ...widenedIntake(now, change),
    ...widenedFilters(now, change),
    ...widenedImage(now, change),
    ...widenedNamespaces(now, change),
    ...widenedSubmodules(now, change),
    ...widenedSubtasks(now, change),
    ...widenedLogin(now, change),
    ...widenedVerify(now, change),
    ...widenedDirector(now, change),
    ...widenedLearning(now, change),
  ];
  const text = words.join(' and ');
  return text === '' ? null : `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

/** @throws LIMIT_NOT_YOURS */
export function refuseOthers(
  { name, settings }: Project,
  change: ProjectChange,
  actor: string,
  system: DirectorSystem,
): void {
  const now = {
    name,
    limit_usd: settings.limit_usd ?? null,
    work_order_limit_usd: settings.work_order_limit_usd ?? null,
    allow_ci_changes: settings.allow_ci_changes === true,
    ...hostsOf(settings),
    ...intakeOf(settings),
    ...imageOf(settings),
    ...projectLoginOf(settings),
    ...projectVerifyOf(settings),
    ...filtersOf(settings),
    ...namespacesOf(settings),
    ...submodulesIn(settings),
    ...projectSubtasksOf(settings),
    ...projectLearningOf(settings),
    trusted: settings.trusted === true,
    merge: settings.merge ?? null,
    ...directorOf(settings, system),
  };
  const what = needsPerson(now, change);
  if (what === null || isHuman(actor)) return;
  throw projectFailures.LIMIT_NOT_YOURS('change', { what });
}
