// Many work orders during which a share of all external calls fails: to the models, git, the forge and the database.
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFarm, type Farm } from '../e2e/farm.fixture.ts';
import { type MooseProcess, startMoose } from '../e2e/moose-process.ts';
import {
  createFaultPlan,
  type FaultKind,
  type FaultPlan,
  type InjectedFault,
  readInjected,
} from './fault-plan.ts';
import { startFaultyDatabase } from './faulty-database.ts';
import { installFaultyGit } from './faulty-git.ts';
import { startFaultyModels } from './faulty-models.ts';

export interface FaultyFarm extends Farm {
  /** Starts a worker whose external calls fail. */
  startAmidstFaults(): Promise<MooseProcess>;
  /** Stops injecting faults. */
  stopFaults(): Promise<void>;
  injected(): Promise<InjectedFault[]>;
  /** The number of calls of each kind, except for the forge, whose calls happen inside the worker. */
  calls(): Promise<Record<Exclude<FaultKind, 'forge'>, number>>;
}

const programPath = fileURLToPath(new URL('./faulty-moose-program.ts', import.meta.url));

export async function createFaultyFarm({
  seed,
  share,
}: {
  seed: number;
  share: number;
}): Promise<FaultyFarm> {
  const farm = await createFarm();
  const logOf = (kind: FaultKind) => join(farm.root, `${kind}.jsonl`);
  const planOf = (kind: FaultKind) => createFaultPlan({ kind, seed, share, logPath: logOf(kind) });
  const plans: Record<'model' | 'database', FaultPlan> = {
    model: planOf('model'),
    database: planOf('database'),
  };
  const models = await startFaultyModels(farm.provider.baseUrl, plans.model);
  const database = await startFaultyDatabase(farm.database.url, plans.database);
  const git = await installFaultyGit(join(farm.root, 'faulty-git'), { seed, share });
  return {
    ...farm,
    startAmidstFaults: () =>
      startMoose({
        databaseUrl: database.url,
        dataDirectory: farm.dataDirectory,
        scriptedBaseUrl: models.baseUrl,
        programPath,
        env: {
          PATH: `${git.directory}${delimiter}${process.env.PATH}`,
          MOOSE_FAULTS_SEED: String(seed),
          MOOSE_FAULTS_SHARE: String(share),
          MOOSE_FAULTS_LOG: logOf('forge'),
          // Waits are shortened; counts are not. Half of all probes meet a fault, and each such fault doubles the wait.
          MOOSE_CIRCUIT_RECOVERY_MS: '50',
          MOOSE_PAUSE_MS: '100',
          MOOSE_LOG_LEVEL: 'error',
        },
      }),
    async stopFaults() {
      for (const plan of Object.values(plans)) plan.stop();
      await git.stop();
    },
    injected: async () => [
      ...(['model', 'forge', 'database'] as const).flatMap((kind) => readInjected(logOf(kind))),
      ...(await git.injected()),
    ],
    calls: async () => ({
      model: plans.model.calls,
      database: plans.database.calls,
      git: await git.calls(),
    }),
    async close() {
      await models.stop();
      await database.stop();
      await farm.close();
    },
  };
}
