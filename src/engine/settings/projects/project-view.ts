// A project with its settings and figures, as the API and the pages show it.
import type * as wire from '../../../contract/contract.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { SystemValues } from '../../../domain/project-settings/kinds.ts';
import { shownSettings } from '../../../domain/project-settings/project-settings.ts';
import type { ProjectFigures } from '../../../store/work/projects/project-lists.ts';
import { removedWords } from '../../policy/assessment-policy.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';

export type DirectorSystem = Pick<EngineSettings, 'director' | 'assessment'>;

export const systemValues = ({ director, assessment }: DirectorSystem): SystemValues => ({
  director,
  hardStopsOff: removedWords(assessment),
});

export function viewOf({ settings, ...project }: ProjectFigures, system: DirectorSystem): wire.Project {
  return {
    id: project.id,
    name: project.name,
    repository_path: project.repositoryPath,
    remote_url: project.remoteUrl,
    default_branch: project.defaultBranch,
    work_orders: project.workOrders,
    last_used_at: project.lastUsedAt?.toISOString() ?? null,
    used_usd: project.usedNanoUsd === null ? null : usdNumber(project.usedNanoUsd),
    ...shownSettings(settings, systemValues(system)),
  };
}
