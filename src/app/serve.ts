// Builds the HTTP interface. It starts before the worker does, and keeps serving whatever happens to the worker.

import { join } from 'node:path';
import type { DemoFaults } from '../api/demo.ts';
import { healthMsMax } from '../api/health.ts';
import { type PreviewServer, startPreviewServer } from '../api/previews/preview-server.ts';
import { keepAddress, type OwnAddress } from '../api/serving/own-address.ts';
import { startServer } from '../api/serving/server.ts';
import { ensureFirstToken } from '../api/sign-in/first-token.ts';
import type { RunningWorker } from '../cli/context.ts';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { startLiveFeed } from '../engine/background/live/live-feed.ts';
import type { EngineSettings } from '../engine/policy/engine-settings.ts';
import { webhooksJobName } from '../engine/sentinel/webhooks-job.ts';
import { sessionsDisagreeing } from '../engine/views/sessions-disagreeing.ts';
import { replyInSlack } from '../notifiers/slack/reply.ts';
import { systemClock } from '../stdx/clock.ts';
import { packageRoot } from '../stdx/files/own-files.ts';
import { probeDisk } from '../stdx/files/probe-disk.ts';
import { createMetrics } from '../telemetry/metrics/metrics.ts';
import type { Opened } from './compose.ts';
import type { Config } from './config/config.ts';
import { machineIdOf } from './machine-id.ts';

/** The folder that `npm run build` writes. */
const webDirectory = join(packageRoot, 'web/dist');

export interface Serving extends OwnAddress {
  /** `http://127.0.0.1:4317`. */
  url: string;
  close(): Promise<void>;
}

export async function serve(
  opened: Opened,
  config: Config,
  given: {
    version: string;
    port?: number;
    /** Null until the worker has started. */
    worker(): RunningWorker | null;
    /** Only for a demo. */
    demo?: DemoFaults;
  },
): Promise<Serving> {
  const { database, errorLog, logger, moose, mooseFor, settings } = opened;
  const { token } = await ensureFirstToken(
    database,
    config.dataDirectory,
    config.actor.replace(/^human:/, ''),
  );
  rememberSecrets([{ name: 'api-token', value: token }]);
  await settings.follow();
  const { bind, baseUrl, signIn, slack, trustedProxies } = config.interfaces;
  const { feed, metrics, close: closeFeed } = openFeed(opened, config, given.version);
  const server = await startServer(
    {
      database,
      logger,
      baseUrl,
      version: given.version,
      errors: errorLog,
      clientManager: moose.escalations,
      mooseFor,
      signIn,
      trustedProxies,
      slack: slack === null ? null : { ...slack, reply: replyInSlack },
      webDirectory,
      ...(given.demo ? { demo: given.demo } : {}),
      isScripted: () => isScripted(settings.current),
      isWorking: () => given.worker() !== null,
      disk: () => probeDisk(config.dataDirectory, healthMsMax),
      webhooks: { sources: opened.webhooks, onDelivery: () => given.worker()?.ring(webhooksJobName) },
      live: { feed },
      metrics,
    },
    { bind, port: given.port ?? config.interfaces.port },
  ).catch(async (cause: unknown) => {
    await closeFeed();
    throw cause;
  });
  let previews: PreviewServer | null = null;
  const close = async () => {
    await previews?.close();
    await server.close();
    await closeFeed();
  };
  const started = startPreviews(opened, config).then((running) => {
    previews = running;
  });
  await started.catch(async (cause: unknown) => {
    await close();
    throw cause;
  });
  const own = await keepAddress({
    dataDirectory: config.dataDirectory,
    url: server.url,
    baseUrl,
    token,
  }).catch(async (cause: unknown) => {
    await close();
    throw cause;
  });
  return { ...own, url: server.url, close };
}

/** Null if previews are off. */
async function startPreviews(
  { database, errorLog: errors, logger, settings }: Opened,
  { dataDirectory, interfaces }: Config,
): Promise<PreviewServer | null> {
  const { previews, baseUrl, trustedProxies, signIn } = interfaces;
  const { allow } = signIn;
  if (previews === null) return null;
  const { pattern, ...place } = previews;
  const here = { machine: await machineIdOf(dataDirectory), settings: settings.current };
  const deps = { database, logger, errors, pattern, baseUrl, here, trustedProxies, allow };
  return startPreviewServer(deps, place);
}

function isScripted({ models }: EngineSettings): boolean {
  const names = Object.values(models).flat();
  return names.length > 0 && names.every((name) => name.startsWith('scripted/'));
}

/** What a worker without the interface serves: probes, and metrics for viewers. */
const probePaths: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

export async function serveProbes(
  opened: Opened,
  config: Config,
  given: { version: string; port: number; worker(): RunningWorker | null },
): Promise<{ url: string; close(): Promise<void> }> {
  const { database, errorLog, logger, moose, mooseFor } = opened;
  const { metrics, close: closeFeed } = openFeed(opened, config, given.version);
  const server = await startServer(
    {
      database,
      logger,
      mooseFor,
      metrics,
      version: given.version,
      errors: errorLog,
      baseUrl: null,
      clientManager: moose.escalations,
      onlyPaths: probePaths,
      trustedProxies: config.interfaces.trustedProxies,
      isWorking: () => given.worker() !== null,
      disk: () => probeDisk(config.dataDirectory, healthMsMax),
      webhooks: { sources: { find: async () => null }, onDelivery: () => undefined },
    },
    { bind: config.interfaces.bind, port: given.port },
  ).catch(async (cause: unknown) => {
    await closeFeed();
    throw cause;
  });
  const close = async () => {
    await server.close();
    await closeFeed();
  };
  return { url: server.url, close };
}

/** The live feed of changes, for the pages and the metrics. */
function openFeed(
  { database, errorLog, logger, moose, settings }: Opened,
  { engine }: Config,
  version: string,
) {
  const feed = startLiveFeed({
    database,
    onFailure: (error) => {
      logger.warn({ err: error }, 'could not read the live feed; retrying');
      errorLog.record(error, { strategy: 'retry' });
    },
  });
  const { host } = engine;
  const metrics = createMetrics({
    database,
    clock: systemClock,
    feed,
    version,
    host,
    stuck: async () => (await moose.stuck()).filter((one) => one.is_stuck),
    targets: () => settings.current.targets,
    disagreeing: () => sessionsDisagreeing(database, host),
  });
  const close = async () => {
    metrics.close();
    await feed.close();
  };
  return { feed, metrics, close };
}
