// The forges of this process, and the logins that git gets for their remotes.

import type { Forges, WebhookSources } from '../engine/ports/forge.ts';
import { mirrorOf, projectHere } from '../engine/run/project-here.ts';
import { remotePlace } from '../engine/run/remote-place.ts';
import { createForges } from '../forges/forges.ts';
import { createGiteaForges } from '../forges/gitea/forge.ts';
import { giteaDeliveries } from '../forges/gitea/read-delivery.ts';
import { createGitHubForges } from '../forges/github/forge.ts';
import { githubDeliveries } from '../forges/github/read-delivery.ts';
import { createGitLabForges } from '../forges/gitlab/forge.ts';
import { gitlabDeliveries } from '../forges/gitlab/read-delivery.ts';
import { readSecret } from '../forges/secret-source.ts';
import { createWebhookSources } from '../forges/webhook-sources.ts';
import { syncMirror } from '../git/remote/mirror.ts';
import { giveLogins } from '../git/remote/remote-credentials.ts';
import { systemClock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import { projectById } from '../store/work/projects/projects.ts';
import type { Config } from './config/config.ts';

export interface OpenForges {
  forges: Forges;
  /** The senders of webhooks, and how to read them. */
  webhooks: WebhookSources;
  /** Stops giving logins to git. */
  close(): void;
}

export function openForges(config: Config, database: Database): OpenForges {
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
  const webhooks = createWebhookSources({
    database,
    readers: [githubDeliveries, giteaDeliveries, gitlabDeliveries],
    githubSecret: config.interfaces.githubSecret,
    readSecret: (host, source) => readSecret(host, source, read),
  });
  return { forges, webhooks, close: giveLogins(forges.loginFor) };
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
  // The merging machine may be another one than the one that did the work.
  if (mirror) await syncMirror(mirror);
  const { url, isMooses } = await remotePlace(project, dataDirectory);
  return { repositoryPath: project.repositoryPath, remoteUrl: url, isMooses };
}
