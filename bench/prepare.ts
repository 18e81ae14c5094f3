import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Work } from '../src/engine/run/work.ts';
import { cachePath } from '../src/engine/workplace/prepared/entry.ts';
import { fillEntry } from '../src/engine/workplace/prepared/fill-entry.ts';
import { giveEntry } from '../src/engine/workplace/prepared/give-entry.ts';
import { sharesBlocks } from '../src/engine/workplace/prepared/list-entries.ts';
import { probeOverlay } from '../src/sessions/isolation/probe-overlay.ts';
import { type Bench, goalAtMost } from './measuring/bench.ts';
import { quantile, rounded } from './measuring/statistics.ts';

const atOnce = 20;
const oneByOne = 10;
const warmSecondsMax = 2;
const diskTimesMax = 2;
const filesInFolder = 100;
const fileBytes = 4_096;
/** `isAlone`: no daemon writes beside the sessions, so they may see it below the worktree. */
const kept = { key: 'key', content: 'content', copied: null, isAlone: true };

export const bench: Bench = {
  about:
    'what it takes to put the kept result of a setup into a worktree, and how much disk twenty of them take',
  run: async ({ isQuick, signal, note }) => {
    const directory = await mkdtemp(join(tmpdir(), 'moose-bench-prepare-'));
    try {
      const files = isQuick ? 2_000 : 20_000;
      const freeAtFirst = freeBytes(directory);
      const first = await worktree(directory, 0);
      makeModules(first, files);
      const oneBytes = freeAtFirst - freeBytes(directory);
      const keepSeconds = await seconds(() => fillEntry(workOf(directory, 0, signal), kept, first));
      const shares = await sharesBlocks(cachePath(directory));
      const { isPossible, reason } = await probeOverlay(directory);
      const way = isPossible ? 'overlay' : shares ? 'reflink' : 'copy';
      note(`${files} files; ${way}${isPossible ? '' : ` (no overlay: ${reason})`}`);
      const free = freeBytes(directory);
      const together = Array.from({ length: atOnce }, (_, n) => give(directory, n + 1, signal));
      const togetherSeconds = Math.max(...(await Promise.all(together)));
      const times = (free - freeBytes(directory)) / oneBytes;
      const warm: number[] = [];
      for (let n = 1; n <= oneByOne; n += 1) warm.push(await give(directory, atOnce + n, signal));
      const copied = await give(directory, atOnce + oneByOne + 1, signal, { ...kept, isAlone: false });
      const warmSeconds = rounded(quantile(warm, 0.5));
      const twentyAtOnceSeconds = rounded(togetherSeconds);
      return {
        figures: {
          files,
          worktrees: atOnce,
          way,
          keepSeconds: rounded(keepSeconds),
          copySeconds: rounded(copied),
          warmSeconds,
          twentyAtOnceSeconds,
          diskTimes: rounded(times),
        },
        goals: {
          warm: goalAtMost('seconds for one worktree, in the median', warmSeconds, warmSecondsMax),
          together: goalAtMost(
            'seconds for twenty at once, until the last',
            twentyAtOnceSeconds,
            warmSecondsMax,
          ),
          disk: goalAtMost('the disk of twenty, against that of one', rounded(times), diskTimesMax),
        },
      };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/** A stand-in for a run, with only what storing and restoring a setup need. */
function workOf(dataDirectory: string, number: number, signal: AbortSignal): Work {
  const work = {
    signal,
    reached: () => undefined,
    run: { id: '' },
    project: { id: 'project' },
    order: { id: String(number).padStart(32, '0') },
    settings: { dataDirectory, preparedGbMax: 100, isolation: 'auto' },
    database: { run: async () => [] },
  };
  return work as unknown as Work;
}

async function worktree(directory: string, number: number): Promise<string> {
  const path = join(directory, 'worktrees', String(number).padStart(8, '0'));
  await mkdir(path, { recursive: true });
  execFileSync('git', ['init', '--quiet', path]);
  writeFileSync(join(path, '.gitignore'), 'node_modules\n');
  return path;
}

function makeModules(path: string, files: number): void {
  const content = Buffer.alloc(fileBytes, 'x');
  for (let n = 0; n < files; n += 1) {
    const folder = join(path, 'node_modules', String(Math.floor(n / filesInFolder)));
    if (n % filesInFolder === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${n}.js`), content);
  }
}

async function give(directory: string, number: number, signal: AbortSignal, asked = kept): Promise<number> {
  const path = await worktree(directory, number);
  return seconds(async () => {
    if (!(await giveEntry(workOf(directory, number, signal), asked, path)))
      throw new Error('It was not given');
  });
}

/** Measured after `sync`, so that written data is really on the disk. */
function freeBytes(directory: string): number {
  execFileSync('sync', ['-f', directory]);
  const { bsize, bfree } = statfsSync(directory);
  return bsize * bfree;
}

async function seconds(act: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await act();
  return (performance.now() - from) / 1_000;
}
