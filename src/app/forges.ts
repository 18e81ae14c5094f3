// The forges of this process, and the logins that git gets for their remotes.

import type { Forges } from '../engine/ports/forge.ts';
import { mirrorOf, projectHere } from '../engine/run/project-here.ts';
import { remotePlace } from '../engine/run/remote-place.ts';
import { createForges } from '../forges/forges.ts';
import { createGiteaForges } from '../forges/gitea/forge.ts';
import { createGitHubForges } from '../forges/github/forge.ts';
import { createGitLabForges } from '../forges/gitlab/forge.ts';
import { syncMirror } from '../git/mirror.ts';
import { giveLogins } from '../git/remote-credentials.ts';
import { systemClock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import { projectById } from '../store/work/projects.ts';
import type { Config } from './config/config.ts';

/** `close` takes the logins away from git. */
export function openForges(config: Config, database: Database): { forges: Forges; close(): void } {
  const { dataDirectory, readSecretVariable: read, programEnvironment } = config;
  const given = { database, clock: systemClock, read, programEnvironment };
  const forges = createForges({
    database,
    adapters: {
      github: createGitHubForges(given),
      gitea: createGiteaForges(given),
      gitlab: createGitLabForges(given),
    },
    remoteOf: (projectId) => remoteOf(database, dataDirectory, projectId),
    locate: (projectId) => locate(database, dataDirectory, projectId),
  });
  return { forges, close: giveLogins(forges.loginFor) };
}

async function findProject(database: Database, dataDirectory: string, projectId: string) {
  const found = await database.run((query) =>
    projectById(query, projectId as Parameters<typeof projectById>[1]),
  );
  return projectHere(found, dataDirectory);
}

async function remoteOf(database: Database, dataDirectory: string, projectId: string): Promise<string> {
  const project = await findProject(database, dataDirectory, projectId);
  return (await remotePlace(project, dataDirectory)).shownUrl;
}

async function locate(database: Database, dataDirectory: string, projectId: string) {
  const project = await findProject(database, dataDirectory, projectId);
  const mirror = mirrorOf(project);
  // The machine that merges may not be the one that did the work.
  if (mirror) await syncMirror(mirror);
  const { url, isMooses } = await remotePlace(project, dataDirectory);
  return { repositoryPath: project.repositoryPath, remoteUrl: url, isMooses };
}
