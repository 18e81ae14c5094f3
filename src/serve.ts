// Builds the interface over HTTP: it answers before work is taken up, and whatever becomes of that.
import { ensureFirstToken } from './api/first-token.ts';
import { startServer } from './api/server.ts';
import type { RunningWorker } from './carry.ts';
import type { Opened } from './compose.ts';
import type { Config } from './config.ts';
import { rememberSecrets } from './domain/secrets/known-secrets.ts';
import { webhooksJobName } from './engine/sentinel/webhooks-job.ts';

export interface Serving {
  /** `http://127.0.0.1:4317`. */
  url: string;
  /** The file that holds the first token. */
  tokenPath: string;
  close(): Promise<void>;
}

export async function serve(
  { database, errorLog, logger, moose, mooseFor }: Opened,
  config: Config,
  given: {
    version: string;
    port?: number;
    /** Null until work is carried. */
    worker(): RunningWorker | null;
  },
): Promise<Serving> {
  const { path, token } = await ensureFirstToken(database, config.dataDirectory);
  rememberSecrets([{ name: 'api-token', value: token }]);
  const { bind, baseUrl, githubSecret } = config.faces;
  const server = await startServer(
    {
      ...{ database, logger, baseUrl, version: given.version, errors: errorLog },
      clientManager: moose.escalations,
      mooseFor,
      isWorking: () => given.worker() !== null,
      github: { secret: githubSecret, onDelivery: () => given.worker()?.ring(webhooksJobName) },
    },
    { bind, port: given.port ?? config.faces.port },
  );
  return { url: server.url, tokenPath: path, close: server.close };
}
