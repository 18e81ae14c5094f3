import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { signIn } from '../test/browser/open-chromium.ts';
import { openFeedClient } from './live/feed-client.ts';
import { type LiveGround, withLiveGround } from './live/ground.ts';
import { kinds } from './live/kinds.ts';
import { measure, type Sample } from './live/measure.ts';
import type { WatchersReport, Written } from './live/messages.ts';
import { firstView } from './live/page-weight.ts';
import { type Bench, type BenchOptions, type Figures, type Goal, goalAtMost } from './measuring/bench.ts';
import { median, quantile, rounded } from './measuring/statistics.ts';
import { startChild } from './pipeline/child.ts';

const seenMsMax = 250;
const firstViewBytesMax = 400_000;
const samplesWhole = 100;
const samplesQuick = 15;
/** The number of watchers in addition to the measured page. */
const watchersMany = 19;
/** After its start, Moose checks existing work, and the resulting changes appear in the feed too. */
const quietMs = 3_000;
const quietMsMax = 60_000;

type Name = keyof typeof kinds;
interface Series {
  name: Name;
  watchers: number;
  samples: Sample[];
  watching: WatchersReport | null;
}

export const bench: Bench = {
  about:
    'how long it takes until what is written is seen in the page of a browser, and what the first page weighs',
  run: (options) =>
    withLiveGround(watchersMany, options.signal, async (ground) => {
      const weight = await firstView(ground.chromium, ground);
      options.note(`first view: ${weight.bytes} bytes in ${weight.answers.length} answers`);
      const series = await measureAll(ground, options);
      return {
        figures: {
          // On a machine that is busy with other work, all of them are slow.
          machine: { cores: availableParallelism(), load_of_the_last_minute: rounded(loadavg()[0] ?? 0) },
          first_view: { bytes: weight.bytes, answers: weight.answers.length },
          until_it_is_seen: Object.fromEntries(
            [0, watchersMany].map((watchers) => figuresOf(series, watchers)),
          ),
        },
        goals: {
          ...goalsOf(series),
          first_view: goalAtMost(
            'bytes until the board is drawn, as they were sent',
            weight.bytes,
            firstViewBytesMax,
          ),
        },
      };
    }),
};

async function measureAll(ground: LiveGround, { isQuick, signal, note }: BenchOptions): Promise<Series[]> {
  const { page } = await ground.chromium.open();
  await signIn(page, ground.url, ground.token);
  const feed = await openFeedClient(ground.url, ground.token, signal);
  const program = fileURLToPath(import.meta.resolve('./live/writer-program.ts'));
  const writer = startChild<Written>(program, [ground.databaseUrl, ground.writerDirectory]);
  try {
    await feed.quiet(quietMs, AbortSignal.any([signal, AbortSignal.timeout(quietMsMax)]));
    const all: Series[] = [];
    for (const watchers of [0, watchersMany]) {
      for (const name of Object.keys(kinds) as Name[]) {
        const options = { samples: isQuick ? samplesQuick : samplesWhole, watchers, signal };
        const measured = await measure({ ground, page, feed, writer }, kinds[name], options);
        all.push({ name, watchers, ...measured });
        note(`${name}, ${watchers + 1} watching: p95 ${rounded(p95(measured.samples, 'seenMs'))} ms`);
      }
    }
    return all;
  } finally {
    await writer.stop();
    feed.close();
  }
}

const p95 = (samples: readonly Sample[], what: keyof Sample) =>
  quantile(
    samples.map((sample) => sample[what]),
    0.95,
  );

function figuresOf(series: readonly Series[], watchers: number): [string, Figures] {
  const each = series
    .filter((one) => one.watchers === watchers)
    .map(({ name, samples, watching }): [string, Figures] => [
      name,
      {
        what: kinds[name].what,
        samples: samples.length,
        in_the_page_ms: spread(samples.map(({ seenMs }) => seenMs)),
        drawn_ms: spread(samples.map(({ paintedMs }) => paintedMs)),
        told_to_a_plain_client_ms: spread(samples.map(({ toldMs }) => toldMs)),
        after_it_was_told_ms: spread(samples.map(({ seenMs, toldMs }) => seenMs - toldMs)),
        page_to_plain_client: rounded(median(samples.map(({ seenMs, toldMs }) => seenMs / toldMs))),
        ...(watching ? { reads_of_the_others: watching.reads, refused: watching.refused } : {}),
      },
    ]);
  return [`${watchers + 1}_watching`, Object.fromEntries(each)];
}

function spread(values: readonly number[]): Figures {
  const [p50, p95] = [quantile(values, 0.5), quantile(values, 0.95)];
  return { p50: rounded(p50), p95: rounded(p95), max: rounded(Math.max(...values)) };
}

function goalsOf(series: readonly Series[]): Record<string, Goal> {
  return Object.fromEntries(
    series.map(({ name, watchers, samples }) => [
      `${name}_${watchers + 1}`,
      goalAtMost(
        `the p95 in milliseconds of ${kinds[name].what}, ${watchers + 1} watching`,
        rounded(p95(samples, 'seenMs')),
        seenMsMax,
      ),
    ]),
  );
}
