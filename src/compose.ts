// Builds everything, once: the only place that knows which adapters there are.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';
import { createAgents } from './agents.ts';
import type { Config } from './config.ts';
import { isMooseError } from './domain/failure.ts';
import { rememberSecrets, secretsOf } from './domain/secrets/known-secrets.ts';
import { isDurableMigrated, rememberDurableMigrated } from './durable/schema-version.ts';
import type { ErrorLog } from './engine/errors/error-log.ts';
import { openErrorLog } from './engine/errors/open-error-log.ts';
import { type CriticalErrors, createCriticalErrors } from './engine/escalation/critical-errors.ts';
import type { KnownNames } from './engine/intake/refuse-unknown.ts';
import { createMoose, type Moose } from './engine/moose.ts';
import { remotePlace } from './engine/pipeline/remote-place.ts';
import type { Forge } from './engine/ports/forge.ts';
import { createFaultReport } from './engine/recovery/fault-report.ts';
import { type LiveSettings, liveSettings } from './engine/settings/live-settings.ts';
import { tellIgnored } from './engine/settings/tell-ignored.ts';
import { watchLimits } from './engine/watch/watch-limits.ts';
import { createLocalForge } from './forges/local/forge.ts';
import { onGitFault } from './git/git-repetition.ts';
import { openLog } from './log.ts';
import { openPrices } from './open-prices.ts';
import type { OnFault } from './resilience/met-faults.ts';
import { systemClock } from './stdx/clock.ts';
import { type Database, openDatabase } from './store/database.ts';
import type { EmbeddedServer } from './store/embedded/start-embedded.ts';
import { migrate } from './store/migrate.ts';
import type { PriceBook } from './store/price-book.ts';
import { projectById } from './store/projects.ts';

export interface Opened {
  moose: Moose;
  /** The same, as somebody else asks it. */
  mooseFor(actor: string): Moose;
  database: Database;
  forge: Forge;
  logger: Logger;
  errorLog: ErrorLog;
  critical: CriticalErrors;
  prices: PriceBook;
  /** What is gone by: read already, and followed by whoever works or answers. */
  settings: LiveSettings;
  /** Null where DATABASE_URL names a server. */
  embedded: EmbeddedServer | null;
  close(): Promise<void>;
}

const databaseName = 'moose';
/** duplicate_database; unique_violation, when two make it in the same moment. */
const existsAlready = new Set(['42P04', '23505']);

/** The database, brought up to date, and the questions that can be asked of it. */
export async function openMoose(config: Config, signal?: AbortSignal): Promise<Opened> {
  rememberSecrets(config.secrets);
  const { logger, close: closeLog } = openLog(config);
  const { url, embedded } = await openServer(config, logger, signal);
  rememberSecrets(secretsOf({ DATABASE_URL: url }));
  try {
    const faults = createFaultReport();
    const database = await bringUpToDate(url, faults.onFault);
    const forge = createLocalForge({
      database,
      locate: (projectId) => locate(database, config.dataDirectory, projectId),
    });
    const errorLog = openErrorLog({ database, dataDirectory: config.dataDirectory, logger });
    faults.to(errorLog);
    const stopListening = onGitFault(faults.onFault);
    const prices = await openPrices(database, config, logger);
    const known = knownNames(config, prices);
    const settings = liveSettings(database, {
      ...{ base: config.engine, given: config.given, onIgnored: tellIgnored({ database, logger }) },
      onFailure: (cause) =>
        logger.warn({ err: cause }, 'the settings could not be read again; those at hand hold'),
    });
    await settings.read(signal);
    const critical = createCriticalErrors({
      ...{ database, logger, clock: systemClock, dataDirectory: config.dataDirectory },
    });
    const { actor } = config;
    const watch = watchLimits(settings.current);
    const mooseFor = (by: string) =>
      createMoose({ database, clock: systemClock, forge, known, actor: by, critical, watch, settings });
    return {
      moose: mooseFor(actor),
      mooseFor,
      database,
      forge,
      logger,
      errorLog,
      critical,
      prices,
      settings,
      embedded,
      close: async () => {
        stopListening();
        await settings.close();
        await critical.close();
        await errorLog.close();
        await database.close();
        await embedded?.release();
        closeLog();
      },
    };
  } catch (cause) {
    await embedded?.release();
    throw cause;
  }
}

/** Models whose names mean nothing; a key or an address that is missing here may be there where the work is done. */
const meaningless = new Set(['MODEL_NAME_INVALID', 'MODEL_PROVIDER_UNKNOWN', 'MODEL_UNPRICED']);

function knownNames(config: Config, prices: PriceBook): KnownNames {
  const agents = createAgents(config);
  return {
    agentNames: [...agents.keys()],
    callsModels: (name) => (agents.get(name)?.wires.length ?? 0) > 0,
    hasKey: async (provider) => {
      const { upstreamsOf } = await import('./models/providers.ts');
      return upstreamsOf(config.models).has(provider);
    },
    assertModel: async (name) => {
      const { createModel } = await import('./models/catalog.ts');
      const price = await prices.priceOf(name);
      try {
        createModel(name, config.models, () => price);
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

async function bringUpToDate(url: string, onFault: OnFault): Promise<Database> {
  await migrate(url);
  const database = openDatabase(url, { onFault });
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
