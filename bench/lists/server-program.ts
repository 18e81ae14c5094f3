// Moose's API over an existing database, as a separate process without a worker.
import { openMoose } from '../../src/app/compose.ts';
import { readConfig } from '../../src/app/config/config.ts';
import { serve } from '../../src/app/serve.ts';
import { addToken, newToken } from '../../src/store/access/api-tokens.ts';

export interface ServerMessage {
  url: string;
  tokens: string[];
}

/** Each token has a rate limit, so there are enough of them. */
const tokensMax = 40;

const [databaseUrl = '', data = ''] = process.argv.slice(2);
const { PATH, HOME, TMPDIR } = process.env;
const config = readConfig(
  { PATH, HOME, TMPDIR, MOOSE_DATABASE_URL: databaseUrl, MOOSE_LOG_LEVEL: 'error' },
  { data },
);
const opened = await openMoose(config, new AbortController().signal);
const serving = await serve(opened, config, { version: 'bench', port: 0, worker: () => null });
const tokens = Array.from({ length: tokensMax }, newToken);
for (const [index, token] of tokens.entries())
  await addToken(opened.database.query, token, { name: `bench ${index}`, role: 'admin', createdBy: 'bench' });
process.once('disconnect', () => void close().then(() => process.exit(0)));
const message: ServerMessage = { url: serving.url, tokens };
process.send?.(message);

async function close(): Promise<void> {
  await serving.close();
  await opened.close();
}
