// The gateway process: reads its configuration from standard input, writes its address to a file, and exits when it is
// no longer needed. It only assembles the parts in src/gateway.
import { randomBytes, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Logger } from 'pino';
import { cloudSecrets } from '../domain/agents/cloud.ts';
import { isMooseError } from '../domain/failure.ts';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { createFaultReport } from '../engine/errors/fault-report.ts';
import { openErrorLog } from '../engine/errors/open-error-log.ts';
import { defaultSettings } from '../engine/policy/engine-settings.ts';
import { createKeyRing } from '../engine/policy/secrets/key-ring.ts';
import { createProjectSecrets } from '../engine/policy/secrets/project-secrets.ts';
import { createCircuits } from '../engine/recovery/circuits.ts';
import { liveCircuitPolicy } from '../engine/recovery/live-circuit-policy.ts';
import { openCallLedger } from '../engine/run/budget/open-call-ledger.ts';
import { type LiveSettings, liveSettings } from '../engine/settings/live-settings.ts';
import { type RunningGateway, startGateway } from '../gateway/gateway.ts';
import { gatewayLimits } from '../gateway/limits.ts';
import { readAddress, writeAddress } from '../gateway/process/address-file.ts';
import { lifetimeOf } from '../gateway/process/lifetime.ts';
import {
  type ProgramInput,
  placeTakenExitCode,
  programInputSchema,
} from '../gateway/process/program-input.ts';
import { socketPathIn } from '../gateway/process/socket-path.ts';
import { keepUp } from '../postgres/keep-up.ts';
import { allocatorOfNode } from '../stdx/allocator-variables.ts';
import { collectWhenIdle } from '../stdx/async/collect-when-idle.ts';
import { repeat } from '../stdx/async/wake-loop.ts';
import { systemClock } from '../stdx/clock.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { countLiveKeys } from '../store/money/gateway-keys.ts';
import { beatGateway, endGateway, heartbeatEveryMs } from '../store/money/gateways.ts';
import { PriceBook } from '../store/money/price-book.ts';
import { circuitGuard } from './gateway-guard.ts';
import { openLog } from './log.ts';

/** After this time, the Moose that waits for this gateway has started another one. */
const startMsMax = 60_000;
/** How long calls in flight may take after the gateway is told to stop. */
const graceMs = 10_000;
/** Time limit for the last write to the database, which is not worth waiting for if the database is unreachable. */
const farewellMs = 2_000;
/** Time limit for everything after the last call. */
const endMsMax = 60_000;
const secretBytes = 32;

// They have had their effect, and are not meant for a command that gets tokens.
for (const name of Object.keys(allocatorOfNode)) delete process.env[name];
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
const given = programInputSchema.parse(JSON.parse(await text(process.stdin)));
rememberSecrets(
  given.upstreams.flatMap(({ provider, apiKey, cloud }) =>
    [apiKey, ...(cloud ? cloudSecrets(cloud) : [])].flatMap((value) =>
      value ? [{ name: provider, value }] : [],
    ),
  ),
);
const { logger, close: closeLog } = openLog({ dataDirectory: given.directory, logLevel: given.logLevel });
try {
  await live(given, logger);
} catch (cause) {
  logger.fatal({ err: cause }, 'gateway failed; exiting');
  process.stderr.write(`${isMooseError(cause) ? `${cause.message} ${cause.advice ?? ''}` : String(cause)}\n`);
  process.exitCode = isMooseError(cause) && cause.code === 'GATEWAY_PORT_TAKEN' ? placeTakenExitCode : 1;
}
closeLog();
process.exit();

async function live(input: ProgramInput, logger: Logger): Promise<void> {
  const late = endIfLate(logger);
  const { database, leave } = await openGround(input, logger);
  const id = randomUUID();
  const settings = await followSettings(database, input, logger);
  const circuits = createCircuits({
    database,
    executorId: id,
    clock: systemClock,
    policyFor: liveCircuitPolicy(settings.current),
    onFailure: (cause) => logger.warn({ err: cause }, 'could not write the state of a circuit; retrying'),
  });
  const prices = new PriceBook(database, {
    onFailure: (cause) => logger.warn({ err: cause }, 'could not reload the prices'),
  });
  await database.run((query) => beatGateway(query, { id, host: input.host }));
  const beating = beat(database, { id, host: input.host }, logger);
  const secret = randomBytes(secretBytes).toString('base64url');
  const socketPath = await socketPathIn(input.directory);
  const lifetime = lifetimeOf({
    attached: () => gateway.attached(),
    calls: () => gateway.calls(),
    liveKeys: () =>
      database.run((query) => countLiveKeys(query, input.host), AbortSignal.timeout(farewellMs)),
  });
  const { during } = collectWhenIdle();
  const options = {
    gatewayId: id,
    during,
    clock: systemClock,
    logger,
    limits: gatewayLimits,
    socketPath,
    secret,
    bodies: input.keepsBodies,
    ledger: openCallLedger(database, {
      leases: { report: (what, cause) => logger.warn({ err: cause }, `could not ${what}`) },
    }),
    priceOf: (name: string) => prices.priceOf(name),
    knownAnswers: {
      dearerFor: prices.dearerFor,
      priceOf: prices.priceOfAnswer,
      dearestOf: prices.dearestOf,
    },
    upstreams: new Map(input.upstreams.map(({ provider, ...upstream }) => [provider, upstream])),
    proxy: input.proxy,
    allowedMembers: () => settings.current.allowedMembers,
    guard: circuitGuard(circuits, stop.signal),
    onLeave: lifetime.leave,
    onDetached: lifetime.detached,
  };
  // Reuse the gateway's previous port, which running agents know. If another process has taken it, they have lost the
  // gateway anyway.
  const port = (await readAddress(input.directory))?.port ?? 0;
  const gateway: RunningGateway = await startGateway({ ...options, port }).catch((cause: unknown) => {
    if (!isMooseError(cause) || cause.code !== 'GATEWAY_PORT_TAKEN') throw cause;
    return startGateway({ ...options, port: 0 });
  });
  await writeAddress(input.directory, { id, pid: process.pid, port: gateway.port, socketPath, secret });
  clearTimeout(late);
  // A start without calls leaves garbage too.
  void during(async () => undefined);
  await lifetime.over(stop.signal);
  // Do not wait forever for a database that does not come back.
  setTimeout(() => process.exit(1), endMsMax).unref();
  await gateway.close(graceMs);
  await options.ledger.close();
  await beating.end();
  await circuits.close();
  await settings.close();
  await database
    .run((query) => endGateway(query, id), AbortSignal.timeout(farewellMs))
    .catch(() => undefined);
  await leave();
}

/** Of all settings, the gateway uses only those of the circuits and the allowed members; the main process reports invalid ones. */
async function followSettings(
  database: Database,
  { circuits, host, secretsKey }: ProgramInput,
  logger: Logger,
): Promise<LiveSettings> {
  const onFailure = (cause: unknown) => logger.warn({ err: cause }, 'could not reload the settings');
  const settings = liveSettings(database, {
    ...(secretsKey ? { onLook: secretsLearned(database, secretsKey, logger) } : {}),
    base: {
      ...defaultSettings,
      host,
      circuitRecoveryMs: circuits.recoveryTimeoutMs,
      circuitFailuresMax: circuits.failureThreshold,
    },
    given: new Set<string>(),
    onIgnored: async () => undefined,
    onFailure,
  });
  await settings.follow();
  await settings.read().catch(onFailure);
  return settings;
}

/** Stored bodies must not contain the variables that people have set for a project. */
function secretsLearned(
  database: Database,
  { dataDirectory, given }: NonNullable<ProgramInput['secretsKey']>,
  logger: Logger,
): (stopped: AbortSignal) => Promise<void> {
  const secrets = createProjectSecrets(database, createKeyRing({ dataDirectory, given: given ?? '' }));
  return (stopped) =>
    secrets.remember(stopped).catch((cause: unknown) => {
      if (stopped.aborted) return;
      logger.warn(
        { err: cause },
        "could not read the projects' secrets: stored requests and answers may contain them",
      );
    });
}

function endIfLate(logger: Logger): NodeJS.Timeout {
  return setTimeout(() => {
    logger.fatal('gateway did not start in time: its database does not answer');
    process.exit(1);
  }, startMsMax);
}

interface Ground {
  database: Database;
  leave(): Promise<void>;
}

/** Database failures that this process waits out are recorded as rows too (R-FAIL-6). */
async function openGround({ database: where, directory }: ProgramInput, logger: Logger): Promise<Ground> {
  const server =
    where.kind === 'server'
      ? { url: where.url, release: async () => undefined }
      : await embedded(where, logger);
  const faults = createFaultReport();
  const database = openDatabase(server.url, { onFault: faults.onFault });
  const errorLog = openErrorLog({ database, dataDirectory: directory, logger });
  faults.to(errorLog);
  return {
    database,
    leave: async () => {
      await errorLog.close();
      await database.close();
      await server.release();
    },
  };
}

/** Uses the embedded server like any Moose process: the last process to leave stops it. */
async function embedded(
  { directory, name }: Extract<ProgramInput['database'], { kind: 'embedded' }>,
  logger: Logger,
) {
  const server = await keepUp({ directory }, (problem) =>
    logger.error(
      { err: problem },
      `could not restart the embedded database; retrying: ${problem instanceof Error ? problem.message : String(problem)}`,
    ),
  );
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return { url: url.href, release: async () => void (await server.release()) };
}

function beat(database: Database, gateway: { id: string; host: string }, logger: Logger) {
  const over = new AbortController();
  const beatOnce = async () => {
    try {
      await database.run((query) => beatGateway(query, gateway), over.signal);
    } catch (cause) {
      if (!over.signal.aborted) logger.warn({ err: cause }, 'could not write the heartbeat');
    }
  };
  const beating = repeat(heartbeatEveryMs, beatOnce, over.signal);
  return {
    end: async () => {
      over.abort();
      await beating;
    },
  };
}
