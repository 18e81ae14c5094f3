// What `moose init` runs on: the settings in effect and the installed agents, without opening the database.
import { join } from 'node:path';
import type { InitGround } from '../cli/context.ts';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { keepViewsIn } from '../git/sessions/repository-view.ts';
import { urlOfRunning } from '../postgres/running-url.ts';
import { createAgents } from './agents.ts';
import type { Config } from './config/config.ts';
import { databaseName, settingsThatHold } from './doctor/diagnose.ts';
import { ownPorts } from './own-ports.ts';

export async function initGround(config: Config): Promise<InitGround> {
  rememberSecrets(config.secrets);
  keepViewsIn(join(config.dataDirectory, 'git-views'));
  const { settings } = await settingsThatHold(config);
  return {
    settings,
    ownPorts: async () => {
      const embedded = await urlOfRunning(join(config.dataDirectory, 'postgres'), databaseName);
      return ownPorts(config, config.databaseUrl ?? embedded);
    },
    agents: () =>
      Promise.all(
        [...createAgents(config).values()].map(async (agent) => {
          const { isInstalled, version } = await agent.probe();
          return { name: agent.name, isInstalled, version };
        }),
      ),
  };
}
