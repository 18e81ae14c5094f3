// Keeps the embedded server running while it is in use: if it dies, it is started again on the same port, because its
// users look for it there.

import { seldom } from '../stdx/async/seldom.ts';
import { rest } from '../stdx/async/wake-loop.ts';
import { postgresFailures } from './failure-catalogue.ts';
import { hasData } from './home.ts';
import { type EmbeddedServer, type StartOptions, startEmbedded } from './start/start-embedded.ts';

/** Between two starts; users of the server retry for far longer. */
const againAfterMs = 250;

/**
 * Without this limit, a disk that is full for a night would be reported four times a second, in lines that may go to
 * the same disk.
 */
const sameProblemEveryMs = 30_000;

/**
 * Like `startEmbedded`. Failed restarts are retried; `onProblem` is called for them, but only now and then for the same
 * problem.
 */
export async function keepUp(
  options: StartOptions,
  onProblem: (problem: unknown) => void,
): Promise<EmbeddedServer> {
  let current = await startEmbedded(options);
  const port = `${current.port}`;
  const over = new AbortController();
  const ended = Promise.withResolvers<void>();
  const tell = seldom(onProblem, { everyMs: sameProblemEveryMs });
  const restart = async () => {
    try {
      // A new, empty database would look like lost work, and would not end with Moose.
      if (!(await hasData(options.directory))) throw gone(options.directory);
      current = await startEmbedded({
        ...options,
        settings: { ...options.settings, port },
        signal: over.signal,
      });
      if (current.port !== Number(port)) {
        // Somebody else has started it on another port, where its users do not look for it: it is stopped when they leave.
        await current.release();
        throw elsewhere(port, current.port);
      }
    } catch (problem) {
      if (!over.signal.aborted) tell(problem);
    }
  };
  const keep = async () => {
    for (;;) {
      await Promise.race([current.lost, ended.promise]);
      if (over.signal.aborted) return;
      await restart();
      await rest(againAfterMs, over.signal);
    }
  };
  const watching = keep();
  const end = async () => {
    over.abort();
    ended.resolve();
    await watching;
  };
  return {
    url: current.url,
    port: current.port,
    wasAdopted: current.wasAdopted,
    release: async () => {
      await end();
      return current.release();
    },
    stop: async () => {
      await end();
      await current.stop();
    },
  };
}

function gone(directory: string) {
  return postgresFailures.EMBEDDED_DATA_GONE('start', { directory });
}

function elsewhere(wanted: string, found: number) {
  return postgresFailures.EMBEDDED_PORT_CHANGED('start', { found, wanted });
}
