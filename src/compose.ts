// Builds everything, once: the only place that knows which adapters there are.
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Logger, pino } from 'pino';
import { createAgents } from './agents.ts';
import type { Config } from './config.ts';
import { isMooseError, type TransientError } from './domain/failure.ts';
import type { DurableEngine } from './durable/engine.ts';
import { isDurableMigrated, rememberDurableMigrated } from './durable/schema-version.ts';
import type { ErrorLog } from './engine/errors/error-log.ts';
import { openErrorLog } from './engine/errors/open-error-log.ts';
import type { KnownNames } from './engine/intake/refuse-unknown.ts';
import { createMoose, type Moose } from './engine/moose.ts';
import { remotePlace } from './engine/pipeline/remote-place.ts';
import type { PipelineDeps } from './engine/pipeline/work.ts';
import type { Forge } from './engine/ports/forge.ts';
import type { Circuits } from './engine/recovery/circuits.ts';
import { ErrorRecoveryManager } from './engine/recovery/error-recovery-manager.ts';
import { neverPressed } from './engine/watch/pressure-gauge.ts';
import { createLocalForge } from './forges/local/forge.ts';
import { systemClock } from './stdx/clock.ts';
import { type Database, openDatabase } from './store/database.ts';
import type { EmbeddedServer } from './store/embedded/start-embedded.ts';
import { migrate } from './store/migrate.ts';
import { projectById } from './store/projects.ts';

export interface Opened {
  moose: Moose;
  database: Database;
  forge: Forge;
  logger: Logger;
  errorLog: ErrorLog;
  /** Null where DATABASE_URL names a server. */
  embedded: EmbeddedServer | null;
  close(): Promise<void>;
}

const databaseName = 'moose';
/** duplicate_database; unique_violation, when two make it in the same moment. */
const existsAlready = new Set(['42P04', '23505']);

/** The database, brought up to date, and the questions that can be asked of it. */
export async function openMoose(config: Config, signal?: AbortSignal): Promise<Opened> {
  const logger = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  const { url, embedded } = await openServer(config, logger, signal);
  try {
    const database = await bringUpToDate(url);
    const forge = createLocalForge({
      database,
      locate: (projectId) => locate(database, config.dataDirectory, projectId),
    });
    const errorLog = openErrorLog({ database, dataDirectory: config.dataDirectory, logger });
    const known = knownNames(config);
    const moose = createMoose({ database, clock: systemClock, forge, known, actor: config.actor });
    return {
      moose,
      database,
      forge,
      logger,
      errorLog,
      embedded,
      close: async () => {
        await errorLog.close();
        await database.close();
        await embedded?.release();
      },
    };
  } catch (cause) {
    await embedded?.release();
    throw cause;
  }
}

/** Models whose names mean nothing; a key or an address that is missing here may be there where the work is done. */
const meaningless = new Set(['MODEL_NAME_INVALID', 'MODEL_PROVIDER_UNKNOWN', 'MODEL_UNPRICED']);

function knownNames(config: Config): KnownNames {
  return {
    agentNames: [...createAgents(config).keys()],
    assertModel: async (name) => {
      const { createModel } = await import('./models/catalog.ts');
      try {
        createModel(name, config.models, config.prices);
      } catch (cause) {
        if (!isMooseError(cause) || meaningless.has(cause.code)) throw cause;
      }
    },
  };
}

async function openServer(
  config: Config,
  logger: Logger,
  signal?: AbortSignal,
): Promise<{ url: string; embedded: EmbeddedServer | null }> {
  if (config.databaseUrl) return { url: config.databaseUrl, embedded: null };
  const { keepUp } = await import('./store/embedded/keep-up.ts');
  // Others may pass, and not look: under root the server runs as another user, and has to reach its files.
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o711 });
  const embedded = await keepUp(
    {
      directory: join(config.dataDirectory, 'postgres'),
      ...(signal ? { signal } : {}),
    },
    (problem) =>
      logger.error({ err: problem }, 'the embedded database could not be started again; trying once more'),
  );
  try {
    await createDatabase(embedded.url);
  } catch (cause) {
    await embedded.release();
    throw cause;
  }
  const url = new URL(embedded.url);
  url.pathname = `/${databaseName}`;
  return { url: url.href, embedded };
}

async function createDatabase(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  // A connection that dies says so to the query; without a listener it would end the process too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!existsAlready.has(code)) throw cause;
  } finally {
    await client.end();
  }
}

async function bringUpToDate(url: string): Promise<Database> {
  await migrate(url);
  const database = openDatabase(url);
  try {
    if (!(await isDurableMigrated(database))) {
      const { migrateDurable } = await import('./durable/engine.ts');
      await migrateDurable(url);
      await rememberDurableMigrated(database);
    }
    return database;
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

async function locate(database: Database, dataDirectory: string, projectId: string) {
  const project = await database.run((query) =>
    projectById(query, projectId as Parameters<typeof projectById>[1]),
  );
  const { url } = await remotePlace(project, dataDirectory);
  return { repositoryPath: project.repositoryPath, remoteUrl: url };
}

export interface RunningWorker {
  executorId: string;
  /** What it carries is left as it stands, and is taken up by the next one. */
  close(): Promise<void>;
}

/** Begins to carry work in this process. */
export async function startWorker(
  opened: Opened,
  config: Config,
  onLost: (error: TransientError) => void,
): Promise<RunningWorker> {
  const { startDurable } = await import('./durable/engine.ts');
  const { createWorker } = await import('./engine/pipeline/worker.ts');
  const deps = await pipelineDeps(opened, config);
  const worker = createWorker(deps);
  const durable: DurableEngine = await startDurable({
    database: opened.database,
    logger: opened.logger,
    executorId: randomUUID(),
    runsMax: config.runsMax,
    pollMs: config.pollMs,
    execute: worker.execute,
    onLost,
  });
  return {
    executorId: durable.executorId,
    close: async () => {
      await durable.close();
      await worker.close();
    },
  };
}

async function pipelineDeps(
  { database, logger, forge, errorLog }: Opened,
  config: Config,
): Promise<PipelineDeps> {
  const { createModel } = await import('./models/catalog.ts');
  const circuits = openCircuits();
  return {
    database,
    circuits,
    recovery: new ErrorRecoveryManager({
      policies: config.engine.recovery,
      circuits,
      errorLog,
      now: Date.now,
      random: Math.random,
    }),
    pressure: neverPressed,
    logger,
    clock: systemClock,
    random: Math.random,
    settings: config.engine,
    agents: createAgents(config),
    model: (name) => createModel(name, config.models, config.prices),
    forge,
    reached: deathAt(config.dieAt),
  };
}

/** Crash tests name a point at which the process ends itself as a power cut would; everybody else gets nothing. */
function deathAt(dieAt: string | null): PipelineDeps['reached'] {
  if (dieAt === null) return () => undefined;
  const [point, nth = '1'] = dieAt.split('#');
  let passes = 0;
  return (reached) => {
    if (reached !== point) return;
    passes += 1;
    if (passes === Number(nth)) process.kill(process.pid, 'SIGKILL');
  };
}

function openCircuits(): Circuits {
  return {
    ready: Promise.resolve(),
    through: (_keys, _signal, call) => call(),
    retryAfterMs: () => 0,
    trip: () => undefined,
    states: () => [],
    close: async () => undefined,
  };
}
