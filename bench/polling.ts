import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextLookMs } from '../src/engine/sentinel/next/next-look.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { type Bench, type BenchOptions, type Figures, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { openGround } from './polling/ground.ts';

const pullRequests = { whole: 500, quick: 60 };
/** The hourly limit of a person's token on GitHub; R-SEN-7 allows a third of it. */
const limitPerHour = 5_000;
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const unchangedLooks = 30;
/** Recently changed pull requests: as many as agents push in ten minutes. */
const young = 20;

export const bench: Bench = {
  about: 'how often a forge is asked about 500 open pull requests on which nothing changes',
  run: async (options) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-polling-')));
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal: options.signal });
    try {
      await migrate(server.url);
      const figures = await measure(server.url, options);
      const { charged_per_hour: charged = 0, oldest_verdict_minutes: oldest = 0, pauses = 0 } = figures;
      const { oldest_young_verdict_minutes: ofYoung = 0 } = figures;
      return {
        figures,
        goals: {
          charged: goalAtMost('requests an hour that the limit counts', Number(charged), limitPerHour / 3),
          pauses: goalAtMost('pauses because of the limit', Number(pauses), 0),
          oldest: goalAtMost('minutes since the oldest verdict', Number(oldest), 15),
          young: goalAtMost('minutes since the oldest verdict on what changed lately', Number(ofYoung), 5),
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
  const ground = await openGround(database, count, { note, signal });
  try {
    await ground.passHour();
    let pauses = await ground.lookAtAll(signal);
    const first = ground.asked();
    note(`the first look at each: ${first.all} requests, of which the limit counts ${first.charged}`);
    await ground.passHour();
    const startedMs = performance.now();
    pauses += await ground.lookAtAll(signal);
    const roundMs = performance.now() - startedMs;
    const second = ground.asked();
    note(`the second: ${second.all} requests, of which the limit counts ${second.charged}`);
    for (const [key, times] of second.byKey) note(`  ${times} × ${key}`);
    const looks = await ground.lookAtYoung(young, signal);
    note(`all late at once: the ${young} that changed lately were seen within ${looks} looks`);
    // All wait for CI, which never reports. Most have been open for more than a day.
    const everyMs = nextLookMs('waiting', unchangedLooks, 2 * dayMs) ?? hourMs;
    const youngEveryMs = nextLookMs('waiting', unchangedLooks, 0) ?? hourMs;
    const lookMs = roundMs / count;
    const looksPerHour = hourMs / everyMs;
    const scale = pullRequests.whole / count;
    return {
      pull_requests: count,
      pauses,
      first_round_charged: rounded(first.charged * (pullRequests.whole / count)),
      requests_per_look: rounded(second.all / count),
      charged_per_look: rounded(second.charged / count),
      requests_per_hour: rounded(second.all * scale * looksPerHour),
      share_of_limit: rounded((second.charged * scale * looksPerHour) / limitPerHour),
      charged_per_hour: rounded(second.charged * scale * looksPerHour),
      seconds_per_round: rounded((roundMs * scale) / 1_000),
      oldest_verdict_minutes: rounded((everyMs + roundMs * scale) / 60_000),
      looks_until_young_are_seen: looks,
      oldest_young_verdict_minutes: rounded((youngEveryMs + looks * lookMs) / 60_000),
    };
  } finally {
    await ground.close();
    await database.close();
  }
}
