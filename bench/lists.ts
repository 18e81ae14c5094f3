import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { openDatabase } from '../src/store/database.ts';
import { rollUpDays } from '../src/store/figures/roll-up-days.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { type Answers, ask } from './lists/ask.ts';
import { questionsOf } from './lists/questions.ts';
import { type Seeded, type Sizes, seed } from './lists/seed.ts';
import type { ServerMessage } from './lists/server-program.ts';
import { type Bench, type BenchOptions, type Figures, goalAtMost } from './measuring/bench.ts';
import { quantile, rounded } from './measuring/statistics.ts';
import { startChild } from './pipeline/child.ts';

const whole: Sizes = { workOrders: 100_000, errorEvents: 1_000_000, calls: 300_000 };
const quick: Sizes = { workOrders: 10_000, errorEvents: 100_000, calls: 30_000 };
const timesWhole = 40;
const timesQuick = 20;
const answerMsMax = 100;

export const bench: Bench = {
  about: 'every list and every picture of the interface, over ninety days of much work',
  run: async (options) => {
    const { isQuick, signal, note } = options;
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-lists-')));
    // The data is only read, so it need not survive a power cut.
    const settings = { fsync: 'off', max_wal_size: '8GB' };
    const server = await startEmbedded({ directory: join(directory, 'postgres'), settings, signal });
    try {
      await migrate(server.url);
      const sizes = isQuick ? quick : whole;
      const seeded = await seed(server.url, sizes, note);
      await rollUp(server.url);
      const answers = await measure(server.url, join(directory, 'data'), seeded, options);
      return { figures: figuresOf(sizes, answers), goals: goalsOf(answers) };
    } finally {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/** Sums up days, as the worker does every day. */
async function rollUp(url: string): Promise<void> {
  const database = openDatabase(url);
  try {
    await rollUpDays(database);
  } finally {
    await database.close();
  }
}

async function measure(
  url: string,
  data: string,
  seeded: Seeded,
  { isQuick, signal, note }: BenchOptions,
): Promise<Answers[]> {
  const program = fileURLToPath(import.meta.resolve('./lists/server-program.ts'));
  const child = startChild<ServerMessage>(program, [url, data]);
  try {
    const server = await child.next(signal);
    const all: Answers[] = [];
    for (const question of questionsOf(seeded)) {
      const answers = await ask(server, question, isQuick ? timesQuick : timesWhole, signal);
      const [p50, p95] = [quantile(answers.latenciesMs, 0.5), quantile(answers.latenciesMs, 0.95)];
      const told = answers.status === 200 ? '' : `, answered with ${answers.status}`;
      note(`${question.name}: p50 ${rounded(p50)} ms, p95 ${rounded(p95)} ms${told}`);
      all.push(answers);
    }
    return all;
  } finally {
    await child.stop();
  }
}

function figuresOf(sizes: Sizes, answers: readonly Answers[]): Figures {
  const each = answers.map(({ name, status, bytes, latenciesMs }): [string, Figures] => [
    name,
    {
      p50_ms: rounded(quantile(latenciesMs, 0.5)),
      p95_ms: rounded(quantile(latenciesMs, 0.95)),
      characters: bytes,
      ...(status === 200 ? {} : { status }),
    },
  ]);
  return {
    // On a machine that is busy with other work, all of them are slow.
    machine: { cores: availableParallelism(), load_of_the_last_minute: rounded(loadavg()[0] ?? 0) },
    rows: { work_orders: sizes.workOrders, error_events: sizes.errorEvents, calls: sizes.calls },
    answers: Object.fromEntries(each),
  };
}

function goalsOf(answers: readonly Answers[]) {
  const slow = answers.filter(({ latenciesMs }) => quantile(latenciesMs, 0.95) >= answerMsMax);
  const worst = answers.reduce((most, { latenciesMs }) => Math.max(most, quantile(latenciesMs, 0.95)), 0);
  const wrong = answers.filter(({ status }) => status !== 200);
  const named = (all: readonly Answers[]) =>
    all.length === 0 ? '' : `: ${all.map(({ name }) => name).join(', ')}`;
  return {
    answers: goalAtMost('the p95 of the slowest answer, in milliseconds', rounded(worst), answerMsMax),
    slow: goalAtMost(`answers whose p95 is ${answerMsMax} ms or more${named(slow)}`, slow.length, 0),
    answered: goalAtMost(`questions that were not answered with 200${named(wrong)}`, wrong.length, 0),
  };
}
