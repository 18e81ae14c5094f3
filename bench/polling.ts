import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextLookMs } from '../src/engine/sentinel/next-look.ts';
import { startEmbedded } from '../src/postgres/start-embedded.ts';
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { type Bench, type BenchOptions, type Figures, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { openGround } from './polling/ground.ts';

const pullRequests = { whole: 500, quick: 60 };
/** A person's token on GitHub; a third of it is the goal of R-SEN-7. */
const limitPerHour = 5_000;
const hourMs = 60 * 60_000;
const unchangedLooks = 30;

export const bench: Bench = {
  about: 'how often a forge is asked about 500 open pull requests on which nothing changes',
  run: async (options) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-polling-')));
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal: options.signal });
    try {
      await migrate(server.url);
      const figures = await measure(server.url, options);
      const { charged_per_hour: charged = 0, oldest_verdict_minutes: oldest = 0, pauses = 0 } = figures;
      return {
        figures,
        goals: {
          charged: goalAtMost('requests an hour that the limit counts', Number(charged), limitPerHour / 3),
          pauses: goalAtMost('pauses because of the limit', Number(pauses), 0),
          oldest: goalAtMost('minutes since the oldest verdict', Number(oldest), 15),
        },
      };
    } finally {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measure(url: string, { isQuick, signal, note }: BenchOptions): Promise<Figures> {
  const database = openDatabase(url);
  const count = isQuick ? pullRequests.quick : pullRequests.whole;
  const ground = await openGround(database, count, note);
  try {
    await ground.passHour();
    await ground.lookAtAll(signal);
    const first = ground.asked();
    note(`the first look at each: ${first.all} requests, of which the limit counts ${first.charged}`);
    await ground.passHour();
    const startedMs = performance.now();
    await ground.lookAtAll(signal);
    const roundMs = performance.now() - startedMs;
    const second = ground.asked();
    note(`the second: ${second.all} requests, of which the limit counts ${second.charged}`);
    for (const [key, times] of second.byKey) note(`  ${times} × ${key}`);
    // All wait for CI, which never reports: the most that can be asked.
    const everyMs = nextLookMs('waiting', unchangedLooks, 0) ?? hourMs;
    const looksPerHour = hourMs / everyMs;
    const scale = pullRequests.whole / count;
    return {
      pull_requests: count,
      pauses: (await ground.isPaused()) ? 1 : 0,
      requests_per_look: rounded(second.all / count),
      charged_per_look: rounded(second.charged / count),
      requests_per_hour: rounded(second.all * scale * looksPerHour),
      charged_per_hour: rounded(second.charged * scale * looksPerHour),
      seconds_per_round: rounded((roundMs * scale) / 1_000),
      oldest_verdict_minutes: rounded((everyMs + roundMs * scale) / 60_000),
    };
  } finally {
    await ground.close();
    await database.close();
  }
}
