// Three engines for the queue on the same harness: the same runs, kills, hangs and loads, each through the public
// interface of its engine only.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { type Bench, type BenchOptions, type Figures, type Goal, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { killPoints } from './queue-engines/carry-run.ts';
import { engineNames } from './queue-engines/engine.ts';
import { tryFeatures } from './queue-engines/features.ts';
import { type Ground, openGround } from './queue-engines/ground.ts';
import { hang } from './queue-engines/hangs.ts';
import { killEverywhere, killWithoutLease } from './queue-engines/kills.ts';
import { fillAndEmpty, restAndStart, weighEngine } from './queue-engines/load.ts';

const jobs = { whole: 100_000, quick: 5_000 };
const idle = { whole: 30_000, quick: 5_000 };
const starts = { whole: 100, quick: 20 };
const withoutLeaseMs = { whole: 45_000, quick: 10_000 };
const workerCounts = { whole: [2, 4], quick: [2] };
const quickPoints = ['handed over', 'in step 2', 'before it returns'];
/** The limit of R-BASE-2. */
const secondsMax = 30;

export const bench: Bench = {
  about: 'three engines for the queue of runs, killed, frozen, cut off and full',
  run: async (options) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-engines-')));
    const server = await startEmbedded({
      directory: join(directory, 'postgres'),
      signal: options.signal,
    });
    const figures: Record<string, Figures> = {};
    const goals: Record<string, Goal> = {};
    try {
      // Each part with all engines: what else the machine does changes from minute to minute.
      for (const [part, measure] of Object.entries(partsOf(options)).filter(
        ([name]) => options.parts?.includes(name) ?? true,
      )) {
        for (const name of engineNames.filter((one) => options.engines?.includes(one) ?? true)) {
          const ground = await openGround(server.url, { name, part }, options.signal);
          const found = await measure(ground).finally(() => ground.close());
          figures[name] = { ...figures[name], [part]: found.figures };
          options.note(`${part}, ${name}: ${JSON.stringify(found.figures)}`);
          for (const [what, [value, atMost]] of Object.entries(found.limits ?? {}))
            goals[`${name} ${part} ${what}`] = goalAtMost(`${name}, ${part}: ${what}`, value, atMost);
        }
      }
      return { figures, goals };
    } finally {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

interface Found {
  figures: Figures;
  limits?: Record<string, [value: number, atMost: number]>;
}
type Part = (ground: Ground) => Promise<Found>;

const plain = (measure: (ground: Ground) => Promise<Figures>): Part => {
  return async (ground) => ({ figures: await measure(ground) });
};

function partsOf({ isQuick, orders, note }: BenchOptions): Record<string, Part> {
  const size = isQuick ? 'quick' : 'whole';
  const parts: Record<string, Part> = {
    weight: plain(weighEngine),
    features: plain(tryFeatures),
    full_queue: plain((ground) => fillAndEmpty(ground, orders ?? jobs[size])),
    idle: plain((ground) => restAndStart(ground, idle[size], starts[size])),
  };
  for (const workers of workerCounts[size]) {
    parts[`killed_of_${workers}`] = async (ground) => {
      const points = isQuick ? quickPoints : killPoints;
      const { figures, lost, faults, secondsMost } = await killEverywhere(ground, workers, { points, note });
      const limits: Found['limits'] = {
        'lost runs': [lost, 0],
        'steps by two holders': [faults, 0],
        'seconds until continued': [rounded(secondsMost), secondsMax],
      };
      return { figures, limits };
    };
    for (const kind of ['frozen', 'silent'] as const)
      parts[`${kind}_of_${workers}`] = async (ground) => {
        const { figures, faults, left } = await hang(ground, kind, {
          workers,
          whenFenced: 'throws',
        });
        return {
          figures,
          limits: {
            'lost runs': [left, 0],
            'steps by two holders': [faults, 0],
          },
        };
      };
  }
  const handingOver = (measure: Part): Part => {
    return (ground) => {
      ground.handsOver = true;
      return measure(ground);
    };
  };
  for (const part of ['full_queue', 'idle', 'killed_of_2', 'frozen_of_2', 'silent_of_2', 'killed_of_4'])
    if (parts[part]) parts[`${part}_handed_over`] = handingOver(parts[part]);
  parts.frozen_then_returns = async (ground) => {
    const { figures } = await hang(ground, 'frozen', {
      workers: 2,
      whenFenced: 'returns',
    });
    return { figures };
  };
  parts.without_lease = plain((ground) => killWithoutLease(ground, withoutLeaseMs[size]));
  return parts;
}
