import { sql } from 'kysely';
import type { ProjectId } from '../../../domain/ids.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import type { Query } from '../../database.ts';

export interface ProjectFigures {
  id: ProjectId;
  name: string;
  repositoryPath: string | null;
  remoteUrl: string | null;
  remoteAddress: string | null;
  defaultBranch: string | null;
  workOrders: number;
  lastUsedAt: Date | null;
  settings: ProjectSettings;
  /** What counts against the project's limit; null if it has no limit. */
  usedNanoUsd: bigint | null;
}

/** How many projects are listed; the least used ones are left out. */
const projectsMax = 500;

/** The projects, most recently used first. */
export async function listProjects(query: Query): Promise<ProjectFigures[]> {
  const { rows } = await sql<ProjectFigures>`
    select id, name, repository_path, remote_url, remote_address, default_branch, p.settings, used.work_orders, used.last_used_at,
      (select held_nano_usd + spent_nano_usd + presumed_nano_usd from budget_windows
        where key = 'project:' || p.id)::bigint as used_nano_usd
    from projects p cross join lateral (select count(*)::int as work_orders, max(created_at) as last_used_at
      from work_orders w where w.project_id = p.id) used
    where p.removed_at is null
    order by used.last_used_at desc nulls last, name limit ${projectsMax}`.execute(query);
  return rows;
}
