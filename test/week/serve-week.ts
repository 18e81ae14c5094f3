// Serves the invented week: a separate database and the real server, but no worker.
import { readFile, rm } from 'node:fs/promises';
import pg from 'pg';
import { type Opened, openMoose } from '../../src/app/compose.ts';
import { readConfig } from '../../src/app/config/config.ts';
import { serve } from '../../src/app/serve.ts';
import { type Week, writeWeek } from './week.ts';

export interface ServedWeek extends Week {
  url: string;
  /** The token of a person with the admin role. */
  token: string;
  opened: Opened;
  close(): Promise<void>;
}

export interface ServeWeekOptions {
  /** If absent, an embedded server below the data directory is used. */
  databaseUrl?: string;
  dataDirectory: string;
  workOrders?: number;
  /** Environment variables in addition to the ones that are always set. */
  env?: Readonly<Record<string, string>>;
}

export async function serveWeek(options: ServeWeekOptions): Promise<ServedWeek> {
  const { databaseUrl, dataDirectory, workOrders, env: more } = options;
  const env = {
    PATH: process.env.PATH,
    HOME: dataDirectory,
    MOOSE_ACTOR: 'ada',
    ANTHROPIC_API_KEY: 'none',
    ...(databaseUrl === undefined ? {} : { MOOSE_DATABASE_URL: databaseUrl }),
    ...more,
  };
  const config = readConfig(env, { data: dataDirectory });
  const opened = await openMoose(config);
  const week = await writeWeek({
    url: opened.database.url,
    dataDirectory,
    ...(workOrders === undefined ? {} : { workOrders }),
  });
  const { variables } = opened.moose.projects;
  await variables.set(week.project, { name: 'NPM_TOKEN', value: 'npm-4f2e9c7b1a08' });
  await variables.set(week.project, { name: 'REGION', value: 'eu-central-1', for: ['checks', 'agents'] });
  // Pages show that a worker is running, because a connection with its name exists; the week's processes are invented
  // too.
  const presence = new pg.Client({ connectionString: opened.database.url, application_name: 'moose locks' });
  presence.on('error', () => undefined);
  await presence.connect();
  const serving = await serve(opened, config, { version: '0.1.0', port: 0, worker: () => null });
  const token = (await readFile(serving.tokenPath, 'utf8')).trim();
  return {
    ...week,
    url: serving.url,
    token,
    opened,
    close: async () => {
      await serving.close();
      await presence.end();
      await opened.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
