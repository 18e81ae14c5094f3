#!/usr/bin/env node
// The composition root's front door: the command line, over everything that compose.ts builds.
import { join } from 'node:path';
import type { Logger } from 'pino';
import { startWorker } from './carry.ts';
import type { OpenMoose } from './cli/context.ts';
import { createFace, printError } from './cli/face.ts';
import { runProgram } from './cli/program.ts';
import { type Opened, openMoose } from './compose.ts';
import { readConfig, scriptedEnvironment } from './config.ts';
import { rememberSecrets, secretsOf } from './domain/secrets/known-secrets.ts';
import { version } from './version.ts';

// Also what fails before anything is open tells no secret.
rememberSecrets(secretsOf(process.env));
let logger: Logger | null = null;
// Node would print the error as it is, and to the console alone.
process.on('uncaughtException', (cause) => {
  logger?.fatal({ err: cause }, 'Moose ends: nobody has caught an error');
  printError(cause, process.argv.includes('--json'));
  process.exit(1);
});
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The second Ctrl-C means it.
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new DOMException('Stopped by a signal', 'AbortError'));
  });
}

const opened = new WeakMap<OpenMoose, { inner: Opened; config: ReturnType<typeof readConfig> }>();

function found(outer: OpenMoose): { inner: Opened; config: ReturnType<typeof readConfig> } {
  const known = opened.get(outer);
  if (!known) throw new TypeError('Something was asked of a Moose that is not open');
  return known;
}

const exitCode = await runProgram(
  {
    version,
    signal: stop.signal,
    face: createFace,
    open: async (flags) => {
      const config = readConfig(process.env, flags);
      const inner = await openMoose(config, stop.signal);
      logger = inner.logger;
      const ground = inner.embedded
        ? `embedded PostgreSQL on port ${inner.embedded.port}, data in ${config.dataDirectory}`
        : 'PostgreSQL of DATABASE_URL';
      const outer: OpenMoose = { moose: inner.moose, ground, close: inner.close };
      opened.set(outer, { inner, config });
      return outer;
    },
    work: async (outer, onLost) => {
      const { inner, config } = found(outer);
      return startWorker(inner, config, onLost);
    },
    serve: async (outer, given) => {
      const { inner, config } = found(outer);
      const { serve } = await import('./serve.ts');
      return serve(inner, config, { version, ...given });
    },
    address: async (flags) => {
      const { findAddress } = await import('./api/own-address.ts');
      const { dataDirectory, faces } = readConfig(process.env, flags);
      return findAddress({ dataDirectory, baseUrl: faces.baseUrl, signal: stop.signal });
    },
    mcp: async (outer, { name }) => {
      const { inner } = found(outer);
      const { serveStdio } = await import('./mcp/serve-stdio.ts');
      const { logger: log } = inner;
      await serveStdio({ moose: inner.mooseFor(`mcp:${name}`), logger: log, version }, stop.signal);
    },
    diagnose: async (flags) => {
      const { diagnose } = await import('./diagnose.ts');
      return diagnose(readConfig(process.env, flags));
    },
    demo: async (options) => {
      const { runDemo } = await import('./demo/run-demo.ts');
      const base = readConfig(process.env, options.data ? { data: options.data } : {});
      const dataDirectory = options.data ? base.dataDirectory : join(base.dataDirectory, 'demo');
      return runDemo({
        ...options,
        dataDirectory,
        open: async (scriptedBaseUrl, onLost) => {
          const config = readConfig(
            { ...process.env, ...scriptedEnvironment(scriptedBaseUrl) },
            { data: dataDirectory },
          );
          const inner = await openMoose(config, stop.signal);
          const worker = await startWorker(inner, config, onLost);
          const close = async () => {
            await worker.close();
            await inner.close();
          };
          return { moose: inner.moose, ground: dataDirectory, close };
        },
      });
    },
  },
  process.argv.slice(2),
);
process.exit(exitCode);
