// What ten tasks cost beside the shell loop that runs the same agent, and what Moose costs when nothing happens.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Bench, type BenchOptions, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { bytesBelow } from './unattended/bytes-below.ts';
import { happy } from './unattended/scenarios.ts';

const megabyte = 1_000_000;

export const bench: Bench = {
  about:
    'what tasks cost with Moose and with a shell loop, what Moose costs without work, and how large it is',
  run: async (options) => {
    options.note('the package');
    const installed = await measureInstalled(options);
    options.note('the shell loop');
    const shell = await happy('shell', options);
    options.note('Moose');
    const moose = await happy('moose', options);
    const ratio = rounded(moose.cpu_seconds_a_task / shell.cpu_seconds_a_task);
    const { first_start: first, second_start: second, idle } = moose;
    return {
      figures: { moose, shell, cpu_of_the_shell_loop: ratio, installed },
      goals: {
        landed: goalAtMost('tasks that did not land', moose.tasks - moose.landed, 0),
        cpu: goalAtMost('processor time of a task, in that of the shell loop', ratio, 1.6),
        begins: goalAtMost('seconds until the first agent', moose.seconds_to_the_first_agent, 1.5),
        ends: goalAtMost('seconds after the last agent', moose.seconds_after_the_last_agent, 2),
        cold: goalAtMost('seconds of the first start', first.seconds, 5),
        warm: goalAtMost('seconds of a later start', second.seconds, 1.5),
        disk: goalAtMost('megabytes on the disk before the first task', first.megabytes_on_disk, 50),
        idle_cpu: goalAtMost(
          'processor seconds of 300 s without work',
          rounded(5 * idle.cpu_seconds_a_minute),
          1.5,
        ),
        idle_memory: goalAtMost('megabytes of memory without work', idle.megabytes, 200),
        idle_processes: goalAtMost('processes without work', idle.processes, 16),
        package: goalAtMost('megabytes of the installed package', installed.megabytes, 150),
      },
    };
  },
};

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

/** The package as people install it. It is built from this checkout. */
async function measureInstalled({ signal }: BenchOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'moose-bench-cost-'));
  try {
    await run('npm', ['run', 'build'], { cwd: root, signal });
    await run('node', ['scripts/pack-moose.ts', '--to', join(folder, 'package')], { cwd: root, signal });
    const [packed = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    const target = join(folder, 'installed');
    await run('npm', ['install', '--prefix', target, join(folder, packed)], { signal });
    const packages = await readdir(join(target, 'node_modules'), { recursive: true });
    return {
      megabytes: rounded((await bytesBelow(target)) / megabyte),
      packages: packages.filter((path) => /(^|node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
        .length,
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
