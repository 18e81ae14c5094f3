// Reads what `moose doctor` needs over a connection of its own, without waiting long for a database that does not answer.
import pg from 'pg';
import { type LastBackup, lastBackupKey } from '../backup/last-backup.ts';
import { enterOwnSchema } from '../schema/own-schema.ts';
import type { Project } from '../work/projects/projects.ts';
import { processesSql, type WaitingRun, type WorkerProcess, waitingSql } from '../work/runs/machines.ts';

const connectMsMax = 5_000;
const statementMsMax = 5_000;

/** The changed settings. */
export function readSettingsOnce(url: string): Promise<{ key: string; value: unknown }[]> {
  return readOnce(url, `select key, value from system_config where key like 'settings.%' order by key`);
}

export type ListedProject = Pick<
  Project,
  'name' | 'repositoryPath' | 'remoteAddress' | 'remoteUrl' | 'defaultBranch' | 'settings'
>;

/** The newest projects. */
export function readProjectsOnce(url: string, max: number): Promise<ListedProject[]> {
  const columns =
    'name, repository_path as "repositoryPath", remote_address as "remoteAddress", remote_url as "remoteUrl", default_branch as "defaultBranch", settings';
  const statement = `select ${columns} from projects where removed_at is null order by created_at desc limit ${max}`;
  return readOnce(url, statement);
}

/** The keys that variables of projects and the key of browser notifications are encrypted with. */
export function readKeyIdsOnce(url: string): Promise<{ keyId: string; count: number }[]> {
  return readOnce(
    url,
    `select key_id as "keyId", count(*)::int as count
      from (select key_id from project_variables union all select key_id from push_key) as used
      group by 1 order by 1`,
  );
}

/** The last backup, if there is one, and whether there is work to lose. */
export function readBackupOnce(url: string): Promise<{ last: LastBackup | null; hasWork: boolean }[]> {
  return readOnce(
    url,
    `select (select value from system_config where key = '${lastBackupKey}') as last,
       exists (select from work_orders) as "hasWork"`,
  );
}

/** Open differences by kind, most frequent first. `waits`: a person has not answered. */
export function readDriftOnce(url: string): Promise<{ kind: string; waits: boolean; drifts: number }[]> {
  return readOnce(
    url,
    `select kind, not is_safe and answer is null as waits, count(*)::int as drifts from drifts
       where ended_at is null group by 1, 2 order by 3 desc, 1`,
  );
}

export interface ScheduleProblem {
  name: string;
  project: string;
  isProjectGone: boolean;
  pausedBecause: string | null;
  refusedBecause: string | null;
}

/** Schedules: what keeps them from running, if anything does. */
export function readSchedulesOnce(url: string): Promise<ScheduleProblem[]> {
  return readOnce(
    url,
    `select s.name, p.name as project, p.removed_at is not null as "isProjectGone",
        case when s.paused_by like 'moose:%' then s.paused_because end as "pausedBecause",
        (select case when r.outcome = 'refused' then r.because end from schedule_runs r
          where r.schedule_id = s.id order by r.due_at desc limit 1) as "refusedBecause"
      from schedules s join projects p on p.id = s.project_id where s.removed_at is null order by s.name`,
  );
}

/** The hosts of registered forges. */
export function readForgeHostsOnce(url: string): Promise<{ host: string }[]> {
  return readOnce(url, 'select host from forge_hosts order by host');
}

/** The processes that run work orders. */
export function readProcessesOnce(url: string): Promise<WorkerProcess[]> {
  return readOnce(url, processesSql);
}

/** The runs that wait for a machine to take them. */
export function readWaitingOnce(url: string): Promise<WaitingRun[]> {
  return readOnce(url, waitingSql);
}

async function readOnce<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMsMax,
    query_timeout: statementMsMax,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await enterOwnSchema(client);
    const { rows } = await client.query<Row>(statement);
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
