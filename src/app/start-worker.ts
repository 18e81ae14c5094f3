// Builds a worker process: the runs, their dependencies, and the periodic jobs.

import { randomUUID } from 'node:crypto';
import type { RunningWorker } from '../cli/context.ts';
import type { TransientError } from '../domain/failure.ts';
import { type PeriodicJobs, startPeriodicJobs } from '../engine/background/jobs/periodic-jobs.ts';
import { startDelivery } from '../engine/background/notify/deliver.ts';
import { keepPushing } from '../engine/background/notify/deliver-pushes.ts';
import { toMooseError } from '../engine/errors/to-moose-error.ts';
import { reportUnendedRuns } from '../engine/pipeline/report-unended.ts';
import type { Worker } from '../engine/pipeline/worker.ts';
import { rungJobs } from '../engine/reconcile/reconcile-job.ts';
import { type Circuits, createCircuits } from '../engine/recovery/circuits.ts';
import { ErrorRecoveryManager } from '../engine/recovery/error-recovery-manager.ts';
import { liveCircuitPolicy } from '../engine/recovery/live-circuit-policy.ts';
import { createPressure, type Pressure } from '../engine/recovery/pressure/pressure-gauge.ts';
import { RunKeys } from '../engine/run/gateway-access.ts';
import type { PipelineDeps } from '../engine/run/work.ts';
import { watchPeriodicJobs } from '../engine/watch/watch-periodic-jobs.ts';
import type { KeptGateway } from '../gateway/process/keep-up.ts';
import { createModel } from '../models/catalog.ts';
import { isolationFailed, probePlace } from '../sessions/isolation/probe-place.ts';
import { readMachineId } from '../sessions/process-table.ts';
import { collectWhenIdle } from '../stdx/async/collect-when-idle.ts';
import { systemClock } from '../stdx/clock.ts';
import { makeDirectory } from '../stdx/files/make-directory.ts';
import { dueQuestion } from '../store/work/runs/due-jobs.ts';
import { takeTurn } from '../store/work/runs/job-turns.ts';
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
import { followingJobs, periodicJobs, ringWhenHeard } from './periodic-jobs.ts';
import { reportedAbilities } from './reported-abilities.ts';
import { version } from './version.ts';

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
  agents = createAgents(config),
): Promise<RunningWorker> {
  const { startDurable } = await import('../durable/engine.ts');
  const { createWorker } = await import('../engine/pipeline/worker.ts');
  const { database, logger } = opened;
  await assertPlace(config, opened);
  await stateAllPrices(database, config, logger, opened.prices);
  const executorId = randomUUID();
  const parts = await openParts(opened, config, executorId);
  // Reads changed settings before any work is taken up.
  await opened.settings.follow();
  await opened.settings.read();
  // The worker must know the circuits that other machines opened before its first call.
  await parts.circuits.ready;
  const machine = await machineIdOf(config.dataDirectory);
  let ring: PeriodicJobs['ring'] = () => undefined;
  const mayDiffer: PipelineDeps['mayDiffer'] = (where) => {
    for (const job of rungJobs(config.engine.host, where)) ring(job);
  };
  const pipeline = { ...(await pipelineDeps(opened, config, parts)), agents, machine, mayDiffer };
  const worker = createWorker(pipeline);
  const outgoing = { database, logger, errors: opened.errorLog, clock: systemClock, random: Math.random };
  const delivering = startDelivery({
    ...outgoing,
    pushes: (signal) =>
      keepPushing(
        { ...outgoing, sender: createPushes(config.interfaces), keyRing: opened.secrets.keyRing },
        signal,
      ),
    notifiers: createNotifiers(config.interfaces),
    baseUrl: config.interfaces.baseUrl,
    announcedBy: `${config.engine.host}:${executorId}`,
  });
  // After this, every question to a person can be delivered to a channel.
  await delivering.ready;
  const execute = reportingFailures(worker, opened);
  const collection = collectWhenIdle({ letGo: database.endIdle });
  const durable = await startDurable({
    database,
    logger,
    executorId,
    onLost,
    onTookOver: () => mayDiffer('here'),
    execute: (...leg) => collection.during(() => execute(...leg)),
    host: config.engine.host,
    machine: readMachineId(),
    labels: config.labels,
    abilities: await reportedAbilities(opened),
    pressure: parts.pressure.report,
    runsMax: config.runsMax,
  });
  const traces = config.telemetry.traces ? await openTraces(opened.database) : null;
  const watch = watchPeriodicJobs({ database, logger, host: config.engine.host });
  const jobs = startPeriodicJobs({
    jobs: [
      ...periodicJobs(opened, { ...parts, machine, mayDiffer }, executorId),
      ...followingJobs({ ...pipeline, locks: durable }, opened, executorId),
      ...(traces ? [traces.job] : []),
    ],
    tryLock: durable.tryLock,
    unlock: durable.unlock,
    takeTurn: (turn, signal) =>
      database.run((query) => takeTurn(query, { ...turn, by: config.engine.host }), signal),
    dueOf: (asked) => {
      const ask = dueQuestion(asked);
      return (names, signal) => database.run((query) => ask(query, names), signal);
    },
    logger,
    onFailure: (_job, error) => void opened.errorLog.record(error, { strategy: 'retry' }),
    watch,
  });
  ring = jobs.ring;
  const stopHearing = ringWhenHeard(database.url, ring, executorId);
  writeCompiledCodeSoon();
  // A start without work leaves garbage too.
  await collection.during(async () => undefined);
  return {
    executorId,
    labels: config.labels,
    drainMs: config.drainMs,
    ring,
    drain: durable.drain,
    close: async () => {
      // First, so that no job waits for a lock while the database is away.
      durable.stop();
      collection.end();
      await Promise.all([delivering.close(), stopHearing(), jobs.close(), watch.close()]);
      await traces?.close();
      await durable.close();
      await worker.close();
      await parts.gateway.close();
      await parts.pressure.close();
      await parts.circuits.close();
    },
  };
}

/** Nothing is taken up where no session could begin. @throws ISOLATION_FAILED */
async function assertPlace({ dataDirectory }: Config, { settings }: Opened): Promise<void> {
  const { isolation, grantedPaths } = settings.current;
  if (isolation === 'off') return;
  await makeDirectory(dataDirectory, 0o711);
  const noPlace = await probePlace({ dataDirectory, grantedPaths });
  if (noPlace !== null) throw isolationFailed(noPlace);
}

/** Loaded only if traces are exported, so that other processes do not wait for it. */
async function openTraces(database: Opened['database']) {
  const { createTraceExporter } = await import('../telemetry/traces/trace-exporter.ts');
  const { tracesJob } = await import('../telemetry/traces/traces-job.ts');
  const exporter = createTraceExporter(version);
  return { job: tracesJob({ database, exporter }), close: exporter.close };
}

function reportingFailures({ execute }: Worker, opened: Opened): Worker['execute'] {
  const report = reportUnendedRuns(opened);
  return async (runId, host, signal) => {
    try {
      await execute(runId, host, signal);
    } catch (cause) {
      if (!signal.aborted) await report(runId, cause, signal);
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
    thresholds: () => settings.current.pressure,
    hasReviewer: () => settings.current.reviewer !== null,
  });
  const gateway = await keepGateway(config, (problem) => {
    errorLog.record(problem, { strategy: 'retry' });
    logger.error({ err: problem }, 'the gateway does not work; retrying');
  });
  return { circuits, pressure, gateway };
}

async function pipelineDeps(
  { database, logger, forges, errorLog, prices, secrets, embedded, settings: { current: settings } }: Opened,
  config: Config,
  { circuits, pressure, gateway }: Parts,
): Promise<Omit<PipelineDeps, 'agents' | 'machine' | 'mayDiffer'>> {
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
    model: (name) => createModel(name, config.models, prices.find),
    recovery: new ErrorRecoveryManager({
      get policies() {
        return settings.recovery;
      },
      limits: settings,
      circuits,
      errorLog,
      now: Date.now,
      random: Math.random,
    }),
    reached: deathAt(config.dieAt),
  };
}
