import { basename } from 'node:path';
import { type Selectable, sql } from 'kysely';
import { newId, type ProjectId } from '../../domain/ids.ts';
import type { ProjectSettings } from '../../domain/work-order.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';

export type Project = Selectable<Tables['projects']>;

/** Names tried for two repositories with the same folder name: `api`, `api-2`, … */
const nameTriesMax = 1_000;

/** The project of a repository; created the first time. */
export async function projectOf(query: Query, repositoryPath: string, now: Date): Promise<Project> {
  for (let number = 1; number <= nameTriesMax; number++) {
    const name = number === 1 ? basename(repositoryPath) : `${basename(repositoryPath)}-${number}`;
    await query
      .insertInto('projects')
      .values({ id: newId<ProjectId>(now), name, repositoryPath })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const found = await query
      .selectFrom('projects')
      .selectAll()
      .where('repositoryPath', '=', repositoryPath)
      .executeTakeFirst();
    if (found) return found;
  }
  throw new TypeError(`More than ${nameTriesMax} projects are called ${basename(repositoryPath)}`);
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
  const found = await query.selectFrom('projects').select('id').where('name', '=', name).executeTakeFirst();
  return found?.id;
}

/** The first one to say where it is decides; what is there then is the answer. */
export async function keepRemotePath(query: Query, id: ProjectId, path: string): Promise<string> {
  const { rows } = await sql<{ path: string }>`update projects
    set settings = jsonb_build_object('remote_path', ${path}::text) || settings
    where id = ${id} returning settings ->> 'remote_path' as path`.execute(query);
  return rows[0]?.path ?? path;
}

/** Null removes a setting; settings that are not named stay. */
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

/** Its current state, locked until the transaction ends. */
export function lockProjectNamed(query: Query, named: string): Promise<Project | undefined> {
  return query
    .selectFrom('projects')
    .selectAll()
    .where((where) => where.or([where('name', '=', named), where(sql`id::text`, '=', named)]))
    .forNoKeyUpdate()
    .executeTakeFirst();
}
