import { basename } from 'node:path';
import type { Selectable } from 'kysely';
import { newId, type ProjectId } from '../domain/ids.ts';
import type { Query } from './database.ts';
import type { Tables } from './tables.ts';

export type Project = Selectable<Tables['projects']>;

/** Names tried for two repositories with the same folder name: `api`, `api-2`, … */
const nameTriesMax = 1_000;

/** The project of a repository; made the first time. */
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
