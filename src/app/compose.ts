// Builds everything once: the only place that knows the adapters.

import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Abilities } from '../domain/agents/abilities.ts';
import type { ConfigurationError, MooseError } from '../domain/failure.ts';
import { rememberSecrets, secretsOf } from '../domain/secrets/known-secrets.ts';
import { isDurableMigrated, rememberDurableMigrated } from '../durable/schema-version.ts';
import { type CriticalErrors, createCriticalErrors } from '../engine/commands/answers/critical-errors.ts';
import type { ErrorLog } from '../engine/errors/error-log.ts';
import { createFaultReport } from '../engine/errors/fault-report.ts';
import { openErrorLog } from '../engine/errors/open-error-log.ts';
import { createMoose, type Moose } from '../engine/moose.ts';
import { createKeyRing } from '../engine/policy/secrets/key-ring.ts';
import { createProjectSecrets, type ProjectSecrets } from '../engine/policy/secrets/project-secrets.ts';
import type { Forges, WebhookSources } from '../engine/ports/forge.ts';
import { ErrorRecoveryManager } from '../engine/recovery/error-recovery-manager.ts';
import { type LiveSettings, liveSettings } from '../engine/settings/live-settings.ts';
import { reportIgnored } from '../engine/settings/report-ignored.ts';
import { watchLimits } from '../engine/watch/watch-limits.ts';
import { onGitFault } from '../git/run/git-repetition.ts';
import { glanceAt } from '../git/run/read-now.ts';
import { keepViewsIn } from '../git/sessions/repository-view.ts';
import { hasData } from '../postgres/home.ts';
import type { EmbeddedServer } from '../postgres/start/start-embedded.ts';
import type { OnFault } from '../resilience/met-faults.ts';
import { sharedReads } from '../stdx/async/shared-reads.ts';
import { systemClock } from '../stdx/clock.ts';
import { makeDirectory } from '../stdx/files/make-directory.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { namesIn } from '../stdx/text/names-in.ts';
import { createDatabase } from '../store/connection/create-database.ts';
import { waitWhileStarting } from '../store/connection/wait-while-starting.ts';
import { type Database, openDatabase } from '../store/database.ts';
import type { PriceBook } from '../store/money/price-book.ts';
import { assertMigrated, migrate } from '../store/schema/migrate.ts';
import { directoryUnusable, engineTooOld, nothingHere } from '../store/schema/schema-failure.ts';
import { assertRestored } from './backup/unfinished-restore.ts';
import type { Config } from './config/config.ts';
import { appFailures } from './failure-catalogue.ts';
import { openForges } from './forges.ts';
import { refuseForgottenDatabase } from './forgotten-database.ts';
import { knownNames } from './known-names.ts';
import { openLog } from './log.ts';
import { machineIdOf } from './machine-id.ts';
import { openPrices } from './open-prices.ts';
import { ownPorts } from './own-ports.ts';
import { assertTemporaryDirectory } from './temporary-directory.ts';

export interface Opened {
  moose: Moose;
  /** The same Moose, acting for another actor. */
  /** `requester`: the person for whom a program acts. */
  mooseFor(actor: string, requester?: string): Moose;
  database: Database;
  forges: Forges;
  webhooks: WebhookSources;
  logger: Logger;
  errorLog: ErrorLog;
  critical: CriticalErrors;
  prices: PriceBook;
  secrets: ProjectSecrets;
  /** The settings in effect. They have been read once; workers and servers also follow later changes. */
  settings: LiveSettings;
  /** What this process can do with the settings in effect. */
  abilities(): Promise<Abilities>;
  /** What this process lacks for a work order without wishes; null if nothing. */
  lack(): Promise<MooseError | null>;
  /** Null if MOOSE_DATABASE_URL names a server. */
  embedded: EmbeddedServer | null;
  close(): Promise<void>;
}

const databaseName = 'moose';

/** `prepare` creates or upgrades the database. `use` refuses an empty or outdated database, and creates nothing. */
export type OpenMode = 'prepare' | 'use';

/** Opens the database, and builds everything that uses it. */
export async function openMoose(
  config: Config,
  signal?: AbortSignal,
  mode: OpenMode = 'prepare',
): Promise<Opened> {
  const closing = new AbortController();
  const stops = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
  rememberSecrets(config.secrets);
  await assertTemporaryDirectory();
  await prepareGit(config.dataDirectory);
  await assertRestored(config.dataDirectory);
  await refuseForgottenDatabase(config);
  const { logger, close: closeLog } = openLog(config);
  const { url, embedded } = await openServer(config, mode, logger, signal);
  rememberSecrets(secretsOf({ MOOSE_DATABASE_URL: url }));
  try {
    await leaveGroup(config.dataDirectory);
    const faults = createFaultReport();
    const database = await waitWhileStarting(
      () => openCurrent(url, mode, faults.onFault, { config, logger, signal: stops }),
      signal,
    );
    const { forges, webhooks, close: closeForges } = openForges(config, database);
    const errorLog = openErrorLog({ database, dataDirectory: config.dataDirectory, logger });
    faults.to(errorLog);
    const stopListening = onGitFault(faults.onFault);
    const prices = await openPrices(database, config, logger);
    const known = knownNames(config, prices);
    const keyRing = createKeyRing({ dataDirectory: config.dataDirectory, given: config.secretsKey ?? '' });
    const secrets = createProjectSecrets(database, keyRing);
    const learnSecrets = (stopped?: AbortSignal) =>
      secrets.remember(stopped).catch((cause: unknown) => {
        if (stopped?.aborted) return;
        logger.warn({ err: cause }, "could not read the projects' secrets: output may show them");
      });
    await learnSecrets(signal);
    signal?.throwIfAborted();
    const settings = liveSettings(database, {
      onLook: learnSecrets,
      base: config.engine,
      given: config.given,
      onIgnored: reportIgnored({ database, logger }),
      onFailure: (cause) =>
        logger.warn({ err: cause }, 'could not reload the settings; keeping the current ones'),
    });
    await settings.read(signal);
    const critical = createCriticalErrors({
      database,
      logger,
      clock: systemClock,
      dataDirectory: config.dataDirectory,
    });
    const watch = watchLimits(settings.current);
    const recovery = new ErrorRecoveryManager({
      get policies() {
        return settings.current.recovery;
      },
      get limits() {
        return settings.current;
      },
      // A person waits for these calls, so they are made even if the workers' circuits are open.
      circuits: { through: (_keys, _signal, call) => call() },
      errorLog,
      now: Date.now,
      random: Math.random,
    });
    const reads = sharedReads();
    const mooseFor = (by: string, requester = by) =>
      createMoose({
        database,
        clock: systemClock,
        forges,
        recovery,
        known,
        actor: by,
        requester,
        critical,
        watch,
        settings,
        keyRing,
        signal: stops,
        previews: config.interfaces.previews?.pattern ?? null,
        reads,
        machine: () => machineIdOf(config.dataDirectory),
        ownPorts: () => ownPorts(config, config.databaseUrl ?? embedded?.url ?? null),
      });
    return {
      moose: mooseFor(config.actor),
      mooseFor,
      database,
      forges,
      webhooks,
      logger,
      errorLog,
      critical,
      prices,
      secrets,
      settings,
      abilities: () => known.abilities(settings.current),
      lack: async () => (await known.lacks?.({}, settings.current)) ?? null,
      embedded,
      close: async () => {
        closing.abort(new DOMException('Moose is closing', 'AbortError'));
        stopListening();
        closeForges();
        await settings.close();
        await Promise.all([critical.close(), errorLog.close()]);
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

export async function openServer(
  config: Config,
  mode: OpenMode,
  logger: Logger,
  signal?: AbortSignal,
): Promise<{ url: string; embedded: EmbeddedServer | null }> {
  if (config.databaseUrl) return { url: config.databaseUrl, embedded: null };
  const directory = join(config.dataDirectory, 'postgres');
  if (mode === 'use' && !(await hasData(directory))) throw nothingHere(config.dataDirectory);
  const { keepUp } = await import('../postgres/keep-up.ts');
  // Other users may traverse it but not list it: under root the server runs as another user, and must reach its files.
  await makeDirectory(config.dataDirectory, 0o711).catch((cause: Error) => {
    throw directoryUnusable(config.dataDirectory, cause);
  });
  const embedded = await keepUp(
    {
      directory,
      ...(signal ? { signal } : {}),
    },
    (problem) =>
      logger.error(
        { err: problem },
        `could not restart the embedded database; retrying: ${problem instanceof Error ? problem.message : String(problem)}`,
      ),
  );
  try {
    await createDatabase(embedded.url, databaseName);
  } catch (cause) {
    await embedded.release();
    throw cause;
  }
  const url = new URL(embedded.url);
  url.pathname = `/${databaseName}`;
  return { url: url.href, embedded };
}

async function openCurrent(
  url: string,
  mode: OpenMode,
  onFault: OnFault,
  { config, logger, signal }: { config: Config; logger: Logger; signal: AbortSignal },
): Promise<Database> {
  const beforeUpgrade = async () => {
    const { backUpBeforeUpgrade } = await import('./backup/before-upgrade.ts');
    await backUpBeforeUpgrade(config, url, logger, signal);
  };
  if (mode === 'prepare') await migrate(url, undefined, { beforeUpgrade });
  else await assertMigrated(url);
  const database = openDatabase(url, { onFault });
  try {
    if (!(await isDurableMigrated(database))) {
      if (mode === 'use') throw engineTooOld();
      const { migrateDurable } = await import('../durable/migrate-durable.ts');
      await migrateDurable(url);
      const { announceOpenRuns } = await import('../durable/find-lost-runs.ts');
      await database.transaction(announceOpenRuns);
      await rememberDurableMigrated(database);
    }
    return database;
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

async function prepareGit(dataDirectory: string): Promise<void> {
  if (/\p{Cc}/u.test(dataDirectory)) throw strangePath(dataDirectory);
  keepViewsIn(join(dataDirectory, 'git-views'));
  try {
    // An older version of Moose left this folder readable by every user of the machine.
    await chmod(join(dataDirectory, 'remotes'), 0o700);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOTDIR', 'ELOOP')) throw noDirectory(dataDirectory, cause);
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
  }
}

/**
 * Below a folder of a group (setgid), new folders belong to the group too. Sessions would inherit that, and programs that
 * copy a folder with its mode would fail there: the kernel refuses such modes to sessions.
 */
export async function leaveGroup(dataDirectory: string): Promise<void> {
  const inside = (await namesIn(dataDirectory)).map((name) => join(dataDirectory, name));
  for (const path of [dataDirectory, ...inside]) {
    const found = glanceAt(path);
    if (found?.isDirectory() && (found.mode & setgid) !== 0 && found.uid === process.geteuid?.())
      await chmod(path, found.mode & allowed);
  }
}

const setgid = 0o2000;
const allowed = 0o5777;

/** git refuses the path of a remote with such a character, and a branch would be pushed there only at the end. */
function strangePath(dataDirectory: string): ConfigurationError {
  return appFailures.DATA_PATH_INVALID('open', { dataDirectory: dataDirectory.replace(/\p{Cc}/gu, '?') });
}

function noDirectory(dataDirectory: string, cause: unknown): ConfigurationError {
  return appFailures.DATA_NOT_A_DIRECTORY({ operation: 'open', cause }, { dataDirectory });
}
