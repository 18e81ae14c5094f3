// The embedded server for as long as somebody works with it: when it dies, it is started again, on the same port.
import { sleep } from '../../stdx/sleep.ts';
import { type EmbeddedServer, type StartOptions, startEmbedded } from './start-embedded.ts';

/** How soon a death is noticed; who uses the server tries again for far longer. */
const lookEveryMs = 250;

/** As `startEmbedded`. `onProblem` is told of each restart that failed; it is tried again until it succeeds. */
export async function keepUp(
  options: StartOptions,
  onProblem: (problem: unknown) => void,
): Promise<EmbeddedServer> {
  let current = await startEmbedded(options);
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      await sleep(lookEveryMs, over.signal).catch(() => undefined);
      if (over.signal.aborted || !current.isLost()) continue;
      try {
        current = await startEmbedded({ ...options, signal: over.signal });
      } catch (problem) {
        if (!over.signal.aborted) onProblem(problem);
      }
    }
  })();
  const end = async () => {
    over.abort();
    await watching;
  };
  return {
    url: current.url,
    port: current.port,
    wasAdopted: current.wasAdopted,
    isLost: () => current.isLost(),
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
