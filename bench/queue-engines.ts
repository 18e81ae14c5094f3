// Three engines for the queue on the same harness: the same runs, kills, hangs and loads, each through the public
// interface of its engine only.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/postgres/start-embedded.ts';
import { type Bench, type BenchOptions, type Figures, type Goal, goalAtMost } from './measuring/bench.ts';
import { type EngineName, engineNames } from './queue-engines/engine.ts';
import { tryFeatures } from './queue-engines/features.ts';
import { type Ground, openGround } from './queue-engines/ground.ts';
import { hang } from './queue-engines/hangs.ts';
import { killEverywhere, killWithoutLease } from './queue-engines/kills.ts';
import { fillAndEmpty, restAndStart, weighEngine } from './queue-engines/load.ts';

const jobs = { whole: 100_000, quick: 5_000 };
const idle = { whole: 30_000, quick: 5_000 };
const starts = { whole: 100, quick: 20 };
const withoutLeaseMs = { whole: 60_000, quick: 30_000 };
const workerCounts = { whole: [2, 4], quick: [2] };
const quickPoints = ['handed over', 'in step 2', 'before it returns'];
/** The limit of R-BASE-2. */
const secondsMax = 30;

export const bench: Bench = {
  about: 'three engines for the queue of runs, killed, frozen, cut off and full',
  run: async (options) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-engines-')));
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal: options.signal });
    const figures: Figures = {};
    const goals: Record<string, Goal> = {};
    try {
      for (const name of options.engines ?? engineNames)
        figures[name] = await measureEngine(server.url, name as EngineName, options, goals);
      return { figures, goals };
    } finally {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measureEngine(
  serverUrl: string,
  name: EngineName,
  { isQuick, signal, note, orders }: BenchOptions,
  goals: Record<string, Goal>,
): Promise<Figures> {
  const size = isQuick ? 'quick' : 'whole';
  const on = async <T>(part: string, work: (ground: Ground) => Promise<T>): Promise<T> => {
    const ground = await openGround(serverUrl, { name, part }, signal);
    try {
      return await work(ground);
    } finally {
      await ground.close();
    }
  };
  const figures: Figures = {};
  const keep = (part: string, found: Figures) => {
    figures[part] = found;
    note(`${name}, ${part}: ${JSON.stringify(found)}`);
  };
  keep('weight', await on('weight', weighEngine));
  keep('features', await on('features', tryFeatures));
  keep('full_queue', await on('full', (ground) => fillAndEmpty(ground, orders ?? jobs[size])));
  keep('idle', await on('idle', (ground) => restAndStart(ground, idle[size], starts[size])));
  for (const workers of workerCounts[size]) {
    const kills = await on(`kills_${workers}`, (ground) =>
      killEverywhere(ground, workers, { note, ...(isQuick ? { points: quickPoints } : {}) }),
    );
    keep(`killed_of_${workers}`, kills.figures);
    const goal = (what: string, value: number, atMost: number) => {
      goals[`${name} ${what} ${workers}`] = goalAtMost(
        `${name}, ${workers} processes: ${what}`,
        value,
        atMost,
      );
    };
    goal('lost runs', kills.lost, 0);
    goal('steps by two holders', kills.faults, 0);
    goal('seconds until continued', kills.secondsMax, secondsMax);
    for (const kind of ['frozen', 'silent'] as const) {
      const found = await on(`${kind}_${workers}`, (ground) =>
        hang(ground, kind, { workers, whenFenced: 'throws' }),
      );
      keep(`${kind}_of_${workers}`, found.figures);
      goal(`${kind}: steps by two holders`, found.faults, 0);
      goal(`${kind}: lost runs`, found.left, 0);
    }
  }
  keep(
    'frozen_and_then_returns',
    (await on('returns', (ground) => hang(ground, 'frozen', { workers: 2, whenFenced: 'returns' }))).figures,
  );
  keep('without_lease', await on('no_lease', (ground) => killWithoutLease(ground, withoutLeaseMs[size])));
  return figures;
}
