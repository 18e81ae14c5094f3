import { basename } from 'node:path';
import { type Selectable, sql } from 'kysely';
import { newId, type ProjectId } from '../../../domain/ids.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';

export type Project = Selectable<Tables['projects']>;

/** Where a project's repository is: at a path, or at a remote of which each machine has a mirror. */
export type ProjectPlace = { repositoryPath: string } | { remoteUrl: string; remoteAddress: string };

/** Names tried for two repositories with the same folder name: `api`, `api-2`, … */
const nameTriesMax = 1_000;

/** The project of a local repository; created the first time. */
export function projectOf(query: Query, repositoryPath: string, now: Date): Promise<Project> {
  return ensureProject(query, { repositoryPath }, basename(repositoryPath), now);
}

/** The project of a place; created the first time, with the name or a similar one. A removed one is listed again. */
export async function ensureProject(
  query: Query,
  place: ProjectPlace,
  wanted: string,
  now: Date,
): Promise<Project> {
  for (let number = 1; number <= nameTriesMax; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    await insertProject(query, place, name, now);
    const found = await projectAt(query, place);
    if (found) return found.removedAt === null ? found : bringBack(query, found);
  }
  throw new TypeError(`More than ${nameTriesMax} projects are called ${wanted}`);
}

/** Does nothing if a project has this place or this name. */
export async function insertProject(
  query: Query,
  place: ProjectPlace,
  name: string,
  now: Date,
): Promise<void> {
  await query
    .insertInto('projects')
    .values({ id: newId<ProjectId>(now), name, ...place })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export function projectAt(query: Query, place: ProjectPlace): Promise<Project | undefined> {
  const all = query.selectFrom('projects').selectAll();
  return 'remoteUrl' in place
    ? all.where('remoteUrl', '=', place.remoteUrl).executeTakeFirst()
    : all.where('repositoryPath', '=', place.repositoryPath).executeTakeFirst();
}

export async function bringBack(query: Query, project: Project): Promise<Project> {
  await query.updateTable('projects').set({ removedAt: null }).where('id', '=', project.id).execute();
  return { ...project, removedAt: null };
}

/** The path or the address of a project's repository, as text. */
export function placeOf({
  repositoryPath,
  remoteUrl,
}: Pick<Project, 'repositoryPath' | 'remoteUrl'>): string {
  return repositoryPath ?? remoteUrl ?? '';
}

/** Stores the current default branch of the remote. */
export async function keepDefaultBranch(query: Query, id: ProjectId, branch: string | null): Promise<void> {
  await query
    .updateTable('projects')
    .set({ defaultBranch: branch })
    .where('id', '=', id)
    .where('defaultBranch', 'is distinct from', branch)
    .execute();
}

export function projectById(query: Query, id: ProjectId): Promise<Project> {
  return query.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

export async function projectNameOf(query: Query, id: ProjectId): Promise<string> {
  const { name } = await query
    .selectFrom('projects')
    .select('name')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return name;
}

export async function findProjectId(query: Query, name: string): Promise<ProjectId | undefined> {
  const found = await query
    .selectFrom('projects')
    .select('id')
    .where('name', '=', name)
    .where('removedAt', 'is', null)
    .executeTakeFirst();
  return found?.id;
}

/** Stores where the remote is, unless another process was first. Returns the stored path. */
export async function keepRemotePath(query: Query, id: ProjectId, path: string): Promise<string> {
  const { rows } = await sql<{ path: string }>`update projects
    set settings = jsonb_build_object('remote_path', ${path}::text) || settings
    where id = ${id} returning settings ->> 'remote_path' as path`.execute(query);
  return rows[0]?.path ?? path;
}

/** Changes only the given settings; null removes a setting. */
export async function changeProjectSettings(
  query: Query,
  id: ProjectId,
  change: { [Name in keyof ProjectSettings]?: ProjectSettings[Name] | null },
): Promise<void> {
  const kept = JSON.stringify(change);
  await sql`update projects set settings = jsonb_strip_nulls(settings || ${kept}::jsonb) where id = ${id}`.execute(
    query,
  );
}

/** Finds a project by its name or id; a removed one is not found. */
export function projectNamed(query: Query, named: string): Promise<Project | undefined> {
  return query
    .selectFrom('projects')
    .selectAll()
    .where((where) => where.or([where('name', '=', named), where(sql`id::text`, '=', named)]))
    .where('removedAt', 'is', null)
    .executeTakeFirst();
}

/** Reads a project; nobody can remove it until the transaction ends. */
export function holdProject(query: Query, id: ProjectId): Promise<Project | undefined> {
  return query
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .forShare()
    .executeTakeFirst();
}

/** Reads a project and locks it until the transaction ends; a removed one is not found. */
export function lockProjectNamed(query: Query, named: string): Promise<Project | undefined> {
  return query
    .selectFrom('projects')
    .selectAll()
    .where((where) => where.or([where('name', '=', named), where(sql`id::text`, '=', named)]))
    .where('removedAt', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** How many work orders of the project have not ended. */
export async function countOpenOf(query: Query, id: ProjectId): Promise<number> {
  const { count } = await query
    .selectFrom('workOrders')
    .select((columns) => columns.fn.countAll<bigint>().as('count'))
    .where('projectId', '=', id)
    .where('status', 'in', ['pending', 'in_progress', 'needs_review'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function markRemoved(query: Query, id: ProjectId): Promise<void> {
  await query.updateTable('projects').set({ removedAt: sql<Date>`now()` }).where('id', '=', id).execute();
}

/** Whether a work order of the project has ever finished a step, so that its repository was reached. */
export async function hasWorkedOn(query: Query, id: ProjectId): Promise<boolean> {
  const found = await query
    .selectFrom('stepResults')
    .innerJoin('workOrders', 'workOrders.id', 'stepResults.workOrderId')
    .select('stepResults.step')
    .where('workOrders.projectId', '=', id)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
