// Builds a worker process: the runs, their dependencies, and the upkeep jobs.
import { randomUUID } from 'node:crypto';
import type { TransientError } from '../domain/failure.ts';
import type { RunId } from '../domain/ids.ts';
import { escalationJobs } from '../engine/answers/jobs.ts';
import { budgetJobs } from '../engine/budget/budget-jobs.ts';
import { jointChangesJob } from '../engine/commands/decide-joint.ts';
import { specRunsJob } from '../engine/commands/spec-runs-job.ts';
import { endedHaltJob } from '../engine/effects/destruction-breaker.ts';
import { unreachableSessionsJob } from '../engine/effects/leftovers.ts';
import { oldOutputJob } from '../engine/effects/old-output-job.ts';
import { oldRecordsJob } from '../engine/effects/old-records-job.ts';
import { retentionJob } from '../engine/effects/retention-job.ts';
import { toMooseError } from '../engine/errors/to-moose-error.ts';
import { directorJob } from '../engine/intake/director-job.ts';
import { type PlanningsDeps, planningsJob } from '../engine/intake/plannings-job.ts';
import { unwrittenJob } from '../engine/jobs/unwritten-job.ts';
import { startUpkeep, type Upkeep, type UpkeepJob } from '../engine/jobs/upkeep.ts';
import { experimentsJob } from '../engine/learning/experiments-job.ts';
import { patternsJob } from '../engine/learning/patterns-job.ts';
import { tidyLiveJob } from '../engine/live/tidy-live-job.ts';
import { dailySummaryJob } from '../engine/notify/daily-summary-job.ts';
import { startDelivery } from '../engine/notify/deliver.ts';
import { keepPushing } from '../engine/notify/deliver-pushes.ts';
import { tidyOutboxJob } from '../engine/notify/tidy-outbox-job.ts';
import { reachedRepositoriesJob } from '../engine/pipeline/leave-to-others.ts';
import { pruneJob } from '../engine/pipeline/prepared/prune-job.ts';
import { unendedTold } from '../engine/pipeline/tell-unended.ts';
import type { Worker } from '../engine/pipeline/worker.ts';
import { createPressure, type Pressure, pressureJob } from '../engine/pressure/pressure-gauge.ts';
import { reconcileJobs, rungJobs } from '../engine/reconcile/reconcile-job.ts';
import { wakePausedRunsJob } from '../engine/recovery/circuit-upkeep.ts';
import { type Circuits, createCircuits } from '../engine/recovery/circuits.ts';
import { ErrorRecoveryManager } from '../engine/recovery/error-recovery-manager.ts';
import { liveCircuitPolicy } from '../engine/recovery/live-circuit-policy.ts';
import { endedOutagesJob } from '../engine/recovery/outage.ts';
import { RunKeys } from '../engine/run/gateway-access.ts';
import type { PipelineDeps } from '../engine/run/work.ts';
import { schedulesJobs } from '../engine/schedules/schedules-job.ts';
import { issuesJob } from '../engine/sentinel/issues-job.ts';
import { pullRequestsJob } from '../engine/sentinel/pull-requests-job.ts';
import { webhooksJob } from '../engine/sentinel/webhooks-job.ts';
import { watchJobs } from '../engine/watch/watch-jobs.ts';
import { watchUpkeep } from '../engine/watch/watch-upkeep.ts';
import type { KeptGateway } from '../gateway/keep-up.ts';
import { readMachineId } from '../sessions/process-table.ts';
import { systemClock } from '../stdx/clock.ts';
import { takeTurn } from '../store/work/upkeep-turns.ts';
import { createAgents } from './agents.ts';
import type { Opened } from './compose.ts';
import { writeCompiledCodeSoon } from './config/code-cache.ts';
import type { Config } from './config/config.ts';
import { deathAt } from './death-at.ts';
import { keepGateway } from './gateway-process.ts';
import { machineIdOf } from './machine-id.ts';
import { createNotifiers, createPushes } from './notifiers.ts';
import { stateAllPrices } from './open-prices.ts';
import { ownPorts } from './own-ports.ts';
import { reportedAbilities } from './reported-abilities.ts';
import { version } from './version.ts';

export interface RunningWorker {
  executorId: string;
  labels: readonly string[];
  drainMs: number;
  /** Runs an upkeep job immediately instead of at its next time. */
  ring(job: string): void;
  /** Takes no new work, and waits until the steps in progress have finished. Returns how many runs are left. */
  drain(withinMs: number, signal: AbortSignal): Promise<number>;
  /** Leaves the worker's runs as they are; the next worker takes them over. */
  close(): Promise<void>;
}

interface Parts {
  circuits: Circuits;
  pressure: Pressure;
  gateway: KeptGateway;
}

/** Starts a worker inside this process. */
export async function startWorker(
  opened: Opened,
  config: Config,
  onLost: (error: TransientError) => void,
): Promise<RunningWorker> {
  const { startDurable } = await import('../durable/engine.ts');
  const { createWorker } = await import('../engine/pipeline/worker.ts');
  const { database, logger } = opened;
  await stateAllPrices(database, config, logger, opened.prices);
  const executorId = randomUUID();
  const parts = await openParts(opened, config, executorId);
  // Reads changed settings before any work is taken up.
  await opened.settings.follow();
  await opened.settings.read();
  // The worker must know the circuits that other machines opened before its first call.
  await parts.circuits.ready;
  const machine = await machineIdOf(config.dataDirectory);
  const pipeline = { ...(await pipelineDeps(opened, config, parts)), machine };
  const worker = createWorker(pipeline);
  const outgoing = { database, logger, errors: opened.errorLog, clock: systemClock, random: Math.random };
  const delivering = startDelivery({
    ...outgoing,
    pushes: (signal) =>
      keepPushing(
        { ...outgoing, sender: createPushes(config.faces), keyRing: opened.secrets.keyRing },
        signal,
      ),
    notifiers: createNotifiers(config.faces),
    baseUrl: config.faces.baseUrl,
    announcedBy: `${config.engine.host}:${executorId}`,
  });
  // After this, every question to a person can be delivered to a channel.
  await delivering.ready;
  let ring: Upkeep['ring'] = () => undefined;
  const durable = await startDurable({
    database,
    logger,
    executorId,
    onLost,
    onTookOver: () => {
      for (const job of rungJobs(config.engine.host)) ring(job);
    },
    execute: telling(worker, opened),
    ...{ host: config.engine.host, machine: readMachineId(), labels: config.labels },
    abilities: await reportedAbilities(opened),
    ...{ runsMax: config.runsMax, pollMs: config.pollMs },
  });
  const traces = config.telemetry.traces ? await openTraces(opened.database) : null;
  const watch = watchUpkeep({ database, logger, host: config.engine.host });
  const upkeep = startUpkeep({
    jobs: [
      ...upkeepJobs(opened, { ...parts, machine }, executorId),
      ...followingJobs({ ...pipeline, locks: durable }, opened, executorId),
      ...(traces ? [traces.job] : []),
    ],
    tryLock: durable.tryLock,
    unlock: durable.unlock,
    takeTurn: (turn, signal) =>
      database.run((query) => takeTurn(query, { ...turn, by: config.engine.host }), signal),
    logger,
    onFailure: (_job, error) => void opened.errorLog.record(error, { strategy: 'retry' }),
    watch,
  });
  ring = upkeep.ring;
  writeCompiledCodeSoon();
  return {
    executorId,
    labels: config.labels,
    drainMs: config.drainMs,
    ring,
    drain: durable.drain,
    close: async () => {
      // First, so that no job waits for a lock while the database is away.
      durable.stop();
      await Promise.all([delivering.close(), upkeep.close(), watch.close()]);
      await traces?.close();
      await durable.close();
      await worker.close();
      await parts.gateway.close();
      await parts.pressure.close();
      await parts.circuits.close();
    },
  };
}

/** Loaded only if traces are exported, so that other processes do not wait for it. */
async function openTraces(database: Opened['database']) {
  const { createTraceExporter } = await import('../telemetry/traces/trace-exporter.ts');
  const { tracesJob } = await import('../telemetry/traces/traces-job.ts');
  const exporter = createTraceExporter(version);
  return { job: tracesJob({ database, exporter }), close: exporter.close };
}

function telling({ execute }: Worker, opened: Opened): Worker['execute'] {
  const tell = unendedTold(opened);
  return async (runId, host, signal) => {
    try {
      await execute(runId, host, signal);
    } catch (cause) {
      if (!signal.aborted) await tell(runId, cause, signal);
      throw cause;
    }
  };
}

async function openParts(
  { database, logger, errorLog, settings }: Opened,
  config: Config,
  executorId: string,
): Promise<Parts> {
  const { host } = config.engine;
  const circuits = createCircuits({
    database,
    executorId,
    clock: systemClock,
    policyFor: liveCircuitPolicy(settings.current),
    onFailure: (thrown) => {
      const error = toMooseError(thrown, 'circuits', 'write');
      errorLog.record(error, { strategy: 'retry' });
      logger.warn({ err: error }, 'could not write the state of a circuit; retrying');
    },
  });
  const pressure = createPressure({
    database,
    logger,
    host,
    executorId,
    dataDirectory: config.dataDirectory,
    databaseWaiting: database.waiting,
  });
  const gateway = await keepGateway(config, (problem) => {
    errorLog.record(problem, { strategy: 'retry' });
    logger.error({ err: problem }, 'the gateway does not work; retrying');
  });
  return { circuits, pressure, gateway };
}

function upkeepJobs(
  { database, logger, errorLog, critical, forges, webhooks, settings: { current: settings } }: Opened,
  { pressure, machine }: Parts & { machine: string },
  executorId: string,
): UpkeepJob[] {
  const outside = { database, logger, errors: errorLog, random: Math.random };
  return [
    endedOutagesJob(database),
    reachedRepositoriesJob(database),
    endedHaltJob(database),
    ...reconcileJobs({ database, clock: systemClock, forges, settings, machine, actor: 'moose:reconcile' }),
    specRunsJob({ database, clock: systemClock }),
    jointChangesJob({ database, clock: systemClock }),
    retentionJob({ database, logger, clock: systemClock, settings }),
    oldOutputJob({ database, clock: systemClock, settings }),
    oldRecordsJob({ database, logger, clock: systemClock, settings }),
    pruneJob({ clock: systemClock, settings }),
    unreachableSessionsJob(database),
    wakePausedRunsJob({ database }),
    pressureJob(pressure, executorId),
    critical.job(),
    ...escalationJobs({ database, clock: systemClock, settings }),
    webhooksJob({ ...outside, sources: webhooks }),
    tidyOutboxJob(outside),
    unwrittenJob(database),
    tidyLiveJob(database),
    dailySummaryJob(outside),
    patternsJob({ database, clock: systemClock }),
    experimentsJob({ database }),
    ...budgetJobs({ database, logger }),
    ...watchJobs({ database, logger, pressure, clock: systemClock, settings }),
  ];
}

/** These jobs belong to no run, so their crash points use the ID of this process instead of a run. */
function followingJobs(
  pipeline: PipelineDeps & Pick<PlanningsDeps, 'locks'>,
  { errorLog }: Opened,
  executorId: string,
): UpkeepJob[] {
  const reached = (point: string) => pipeline.reached(point, executorId as RunId);
  const following = { ...pipeline, errors: errorLog, reached };
  return [
    pullRequestsJob(following),
    issuesJob(following),
    planningsJob(following, executorId),
    directorJob(following),
    ...schedulesJobs(following),
  ];
}

async function pipelineDeps(
  { database, logger, forges, errorLog, prices, secrets, embedded, settings: { current: settings } }: Opened,
  config: Config,
  { circuits, pressure, gateway }: Parts,
): Promise<Omit<PipelineDeps, 'machine'>> {
  const { createModel } = await import('../models/catalog.ts');
  return {
    database,
    logger,
    circuits,
    pressure,
    forges,
    gateway,
    runKeys: new RunKeys(),
    secrets,
    ownPorts: () => ownPorts(config, config.databaseUrl ?? embedded?.url ?? null),
    clock: systemClock,
    random: Math.random,
    settings,
    labels: config.labels,
    agents: createAgents(config),
    model: (name) => createModel(name, config.models, prices.find),
    recovery: new ErrorRecoveryManager({
      get policies() {
        return settings.recovery;
      },
      circuits,
      errorLog,
      now: Date.now,
      random: Math.random,
    }),
    reached: deathAt(config.dieAt),
  };
}
