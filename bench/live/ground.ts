// Mission Control as a person uses it: a whole `moose up` on a separate database with a week of work, in which only the
// benchmark changes something, and a real browser.
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../../src/postgres/start/start-embedded.ts';
import { addToken, newToken } from '../../src/store/access/api-tokens.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';
import { type Chromium, openChromium } from '../../test/browser/open-chromium.ts';
import { endGateways } from '../../test/e2e/gateway-processes.fixture.ts';
import { startMoose } from '../../test/e2e/moose-process.ts';
import { writeWeek } from '../../test/week/week.ts';

export interface LiveGround {
  url: string;
  databaseUrl: string;
  /** The data directory of the writing process. */
  writerDirectory: string;
  /** The token of an admin. */
  token: string;
  /** Tokens for the other watchers, because each token has a rate limit. */
  tokens: readonly string[];
  /** Three running work orders: the one with the most data, and two others. */
  orders: { failing: string; asking: string; moving: string };
  chromium: Chromium;
}

/** No model is ever called, because no worker is running. */
const nowhere = 'http://127.0.0.1:9';

export async function withLiveGround<T>(
  watchers: number,
  signal: AbortSignal,
  use: (ground: LiveGround) => Promise<T>,
): Promise<T> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-live-')));
  const dataDirectory = join(directory, 'data');
  const server = await startEmbedded({ directory: join(directory, 'postgres'), signal });
  try {
    await migrate(server.url);
    await writeWeek({ url: server.url, dataDirectory });
    const orders = await holdAll(server.url);
    const tokens = await tokensFor(server.url, watchers);
    const moose = await startMoose({
      databaseUrl: server.url,
      dataDirectory,
      command: 'up',
      scriptedBaseUrl: nowhere,
    });
    try {
      const token = (await readFile(join(dataDirectory, 'api-token'), 'utf8')).trim();
      const chromium = await openChromium();
      const writerDirectory = join(directory, 'writer');
      const ground = { databaseUrl: server.url, url: moose.url, writerDirectory, token, tokens, orders };
      try {
        return await use({ ...ground, chromium });
      } finally {
        await chromium.close();
      }
    } finally {
      await moose.stop();
      await endGateways(dataDirectory);
    }
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** A worker leaves work orders alone that a person has paused. */
async function holdAll(url: string): Promise<LiveGround['orders']> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  await enterOwnSchema(client);
  try {
    await client.query(`update work_orders set held_by = 'human:bench', held_at = clock_timestamp(),
      changed_by = 'human:bench', changed_because = 'The benchmark' where status in ('pending', 'in_progress')`);
    // Running runs would be taken up again, and there are no repositories for them.
    await client.query(
      "update runs set state = 'ended', ended_at = clock_timestamp() where state = 'running'",
    );
    // Each look at a pull request would fail, and be reported to every page.
    await client.query('update pull_requests set next_look_at = null');
    const atWork = `select id from work_orders o where status = 'in_progress'`;
    const { rows: longest } = await client.query<{ id: string }>(
      `${atWork} order by (select count(*) from work_order_events e where e.work_order_id = o.id) desc limit 1`,
    );
    const [failing] = longest.map(({ id }) => id);
    // The newest ones come first in their lanes.
    const { rows: newest } = await client.query<{ id: string }>(
      `${atWork} and id <> $1 order by created_at desc limit 2`,
      [failing],
    );
    const [asking, moving] = newest.map(({ id }) => id);
    if (!failing || !asking || !moving) throw new TypeError('Too little of the week is at work');
    return { failing, asking, moving };
  } finally {
    await client.end();
  }
}

async function tokensFor(url: string, count: number): Promise<string[]> {
  const database = openDatabase(url);
  try {
    const tokens = Array.from({ length: count }, newToken);
    for (const [index, token] of tokens.entries())
      await addToken(database.query, token, { name: `watcher ${index}`, role: 'viewer', createdBy: 'bench' });
    return tokens;
  } finally {
    await database.close();
  }
}
