// The composition root: runs the command line on what `compose.ts` builds.
import { join } from 'node:path';
import { isatty } from 'node:tty';
import type { Logger } from 'pino';
import type { OpenMoose } from '../cli/context.ts';
import { runProgram } from '../cli/program.ts';
import type { ServerClient } from '../cli/remote/client.ts';
import { rememberProgram } from '../cli/terminal/as-called.ts';
import {
  finishOutput,
  isReaderGone,
  neverWaitForTerminal,
  outliveOutput,
} from '../cli/terminal/closed-output.ts';
import { createPrinter, printError } from '../cli/terminal/printer.ts';
import { rememberSecrets, secretsOf } from '../domain/secrets/known-secrets.ts';
import type { Opened } from './compose.ts';
import {
  type Config,
  calledAs,
  callersDirectory,
  readConfig,
  scriptedEnvironment,
  serverOf,
} from './config/config.ts';
import { ownEnvironment } from './config/own-environment.ts';
import { refusePlatform } from './config/platform.ts';
import { openScreenLog, screenOf } from './log.ts';
import { version } from './version.ts';

let logger: Logger | null = null;
// Without this, Node would print the error unredacted, and only to the console.
process.on('uncaughtException', (cause) => {
  logger?.fatal({ err: cause }, 'uncaught error; exiting');
  printError(cause, process.argv.includes('--json'));
  process.exit(1);
});
// Errors before anything is open must not show secrets either.
rememberSecrets(secretsOf(ownEnvironment()));
const stop = new AbortController();
let serves = false;
// A server or worker continues; any other command has nobody to work for.
outliveOutput((cause) => {
  if (serves) return;
  if (isReaderGone(cause)) return stop.abort(new DOMException('Nobody reads the output', 'AbortError'));
  printError(cause, process.argv.includes('--json'));
  process.exit(1);
});
neverWaitForTerminal();
enterCallersDirectory();
rememberProgram(calledAs());
const hasTerminal = [0, 1, 2].some(isatty);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // A server under nohup outlives its session. Node does not keep a signal ignored that was ignored before.
    if (name === 'SIGHUP' && serves && !hasTerminal) return;
    // A second Ctrl-C exits immediately. A terminal that closes can send its signal twice.
    if (stop.signal.aborted && name !== 'SIGHUP') process.exit(130);
    stop.abort(new DOMException('Stopped by a signal', 'AbortError'));
  });
}

function openForCommands(inner: Opened, config: Config, client: ServerClient, ground: string): OpenMoose {
  return {
    ask: client.ask,
    server: null,
    ground,
    ignoresDatabaseUrl: config.ignoresDatabaseUrl,
    lack: inner.lack,
    work: async (onLost, labels = []) => {
      const { startWorker } = await import('./start-worker.ts');
      return startWorker(inner, { ...config, labels: [...new Set([...config.labels, ...labels])] }, onLost);
    },
    serve: async (served) => {
      const { serve } = await import('./serve.ts');
      return serve(inner, config, { version, ...served });
    },
    serveProbes: async (served) => {
      const { serveProbes } = await import('./serve.ts');
      return serveProbes(inner, config, { version, ...served });
    },
    mcp: async ({ name }) => {
      const { serveStdio } = await import('../mcp/serve-stdio.ts');
      const { clientOf } = await import('./inner-client.ts');
      const who = { actor: `mcp:${name}`, via: 'mcp', isPerson: false } as const;
      const { ask } = clientOf(inner, config, who, stop.signal);
      await serveStdio({ ask, logger: inner.logger, version }, stop.signal);
    },
    close: async () => {
      await client.close();
      await inner.close();
    },
  };
}

/**
 * Serves an assistant on this machine; the server does the work, and identifies the assistant by its token. It acts as a
 * program even if the token belongs to a person, because an assistant is not a person (R-UI-7).
 */
async function serveAssistant(server: { url: string; token: string }): Promise<void> {
  const { serveStdio } = await import('../mcp/serve-stdio.ts');
  const { createClient } = await import('../cli/remote/client.ts');
  const { ask } = createClient(server, stop.signal, { asProgram: true });
  await serveStdio({ ask, logger: openScreenLog(), version }, stop.signal);
}

/** @throws COMMAND_NOT_ON_SERVER */
async function refuseOnServer(data: string | undefined): Promise<void> {
  const server = serverOf(ownEnvironment(), data ? { data } : {});
  if (server === null) return;
  const { notOnServer } = await import('../cli/remote/open-server.ts');
  throw notOnServer(server.url);
}

/** For commands that work on this machine. @throws PLATFORM_REFUSED */
function readConfigHere(flags: Parameters<typeof readConfig>[1]): Config {
  refusePlatform();
  return readConfig(ownEnvironment(), flags);
}

function enterCallersDirectory(): void {
  const directory = callersDirectory();
  if (directory !== null) process.chdir(directory);
}

/** Such a terminal cannot move its cursor. */
const isDumbTerminal = () => ownEnvironment().TERM === 'dumb';

const exitCode = await runProgram(
  {
    version,
    signal: stop.signal,
    printer: createPrinter,
    open: async (flags, mode) => {
      serves = mode === 'serve';
      const server = serverOf(ownEnvironment(), flags);
      if (server !== null) {
        const { openServer } = await import('../cli/remote/open-server.ts');
        return { ...openServer(server, stop.signal), mcp: () => serveAssistant(server) };
      }
      const read = readConfigHere(flags);
      const isTerminal = process.stderr.isTTY === true;
      const screen = screenOf(read, { serves: mode === 'serve', isJson: flags.json, isTerminal });
      const config = { ...read, ...screen };
      const { openMoose } = await import('./compose.ts');
      const inner = await openMoose(config, stop.signal, mode === 'use' ? 'use' : 'prepare');
      logger = inner.logger;
      const ground = inner.embedded
        ? `embedded PostgreSQL on port ${inner.embedded.port}, data in ${config.dataDirectory}`
        : 'PostgreSQL of MOOSE_DATABASE_URL';
      const { clientOf } = await import('./inner-client.ts');
      const who = { actor: config.actor, via: 'cli', isPerson: true } as const;
      return openForCommands(inner, config, clientOf(inner, config, who, stop.signal), ground);
    },
    address: async (flags) => {
      const server = serverOf(ownEnvironment(), flags);
      if (server !== null) {
        const { addressOfServer } = await import('../cli/remote/open-server.ts');
        return addressOfServer(server);
      }
      const { findAddress } = await import('../api/serving/own-address.ts');
      const { dataDirectory, interfaces } = readConfig(ownEnvironment(), flags);
      return findAddress({ dataDirectory, baseUrl: interfaces.baseUrl, signal: stop.signal });
    },
    explainError: async (code) => (await import('./errors/explain-error.ts')).explainError(code),
    diagnose: async (flags) => {
      const server = serverOf(ownEnvironment(), flags);
      if (server !== null) {
        const { diagnoseServer } = await import('../cli/remote/open-server.ts');
        return diagnoseServer(server, stop.signal);
      }
      const { diagnose } = await import('./doctor/diagnose.ts');
      return diagnose(readConfig(ownEnvironment(), flags));
    },
    init: async (flags) => {
      const { initGround } = await import('./init-ground.ts');
      return initGround(readConfigHere(flags));
    },
    logins: async (flags) => {
      const server = serverOf(ownEnvironment(), flags);
      if (server !== null) {
        const { notOnServer } = await import('../cli/remote/open-server.ts');
        throw notOnServer(server.url);
      }
      const { signIn, signOut } = await import('./sign-in.ts');
      const config = readConfigHere(flags);
      return { signIn: (agent) => signIn(config, agent), signOut: (agent) => signOut(config, agent) };
    },
    backups: async (flags) => {
      const server = serverOf(ownEnvironment(), flags);
      if (server !== null) {
        const { notOnServer } = await import('../cli/remote/open-server.ts');
        throw notOnServer(server.url);
      }
      const { backupsOf } = await import('./backup/backups-of.ts');
      return backupsOf(readConfigHere(flags), stop.signal);
    },
    demo: async (options) => {
      await refuseOnServer(options.data);
      const { runDemo } = await import('../demo/run-demo.ts');
      const { assertOnlyDemos } = await import('../demo/only-demos.ts');
      const base = readConfigHere(options.data ? { data: options.data } : {});
      const dataDirectory = options.data ? base.dataDirectory : join(base.dataDirectory, 'demo');
      return runDemo({
        ...options,
        isVerbose: options.isVerbose || isDumbTerminal(),
        dataDirectory,
        calledAs: calledAs(),
        open: async (scriptedBaseUrl, onLost) => {
          const read = readConfig(
            { ...ownEnvironment(), ...scriptedEnvironment(scriptedBaseUrl) },
            { data: dataDirectory },
          );
          // The demo reports every event itself; warnings are in the log file.
          const isTerminal = process.stderr.isTTY === true;
          const config = { ...read, ...screenOf(read, { ...options.printer, isTerminal, serves: false }) };
          const { openMoose } = await import('./compose.ts');
          const { startWorker } = await import('./start-worker.ts');
          const inner = await openMoose(config, stop.signal);
          try {
            await assertOnlyDemos(inner.moose, dataDirectory);
          } catch (cause) {
            await inner.close();
            throw cause;
          }
          const worker = await startWorker(inner, config, onLost);
          const close = async () => {
            await worker.close();
            await inner.close();
          };
          return { moose: inner.moose, ground: dataDirectory, close };
        },
      });
    },
    faultDemo: async (options) => {
      await refuseOnServer(options.data);
      refusePlatform();
      const { runFaultDemo } = await import('../../chaos/demo/run-fault-demo.ts');
      return runFaultDemo({ ...options, isVerbose: options.isVerbose || isDumbTerminal(), version });
    },
    certify: async (options) => {
      await refuseOnServer(options.data);
      const { runCertify } = await import('./certify/run-certify.ts');
      const config = readConfig(ownEnvironment(), options.data ? { data: options.data } : {});
      return runCertify(options, config, ownEnvironment());
    },
    chaos: async (options) => {
      refusePlatform();
      const { runChaos } = await import('../../chaos/run-chaos.ts');
      return runChaos(options);
    },
  },
  process.argv.slice(2),
);
await finishOutput(stop.signal);
process.exit(exitCode);
