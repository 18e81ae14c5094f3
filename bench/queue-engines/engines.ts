import { dbos } from './dbos.ts';
import type { EngineName, QueueEngine } from './engine.ts';
import { graphileWorker } from './graphile-worker.ts';
import { pgBoss } from './pg-boss.ts';

export const engines: Record<EngineName, QueueEngine> = {
  dbos,
  'graphile-worker': graphileWorker,
  'pg-boss': pgBoss,
};
