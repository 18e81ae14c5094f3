// How large the package is that people install.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BenchOptions, goalAtMost, type Measured } from '../measuring/bench.ts';
import { rounded } from '../measuring/statistics.ts';
import { bytesBelow } from '../unattended/bytes-below.ts';

const megabyte = 1_000_000;
const manifests = /(^|node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/;
const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The package as people install it. It is built from this checkout. */
export async function installed({ signal }: BenchOptions): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'moose-bench-cost-'));
  try {
    await run('npm', ['run', 'build'], { cwd: root, signal });
    await run('node', ['scripts/pack-moose.ts', '--to', join(folder, 'package')], { cwd: root, signal });
    const [packed = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    const target = join(folder, 'installed');
    await run('npm', ['install', '--prefix', target, join(folder, packed)], { signal });
    const packages = await readdir(join(target, 'node_modules'), { recursive: true });
    const megabytes = rounded((await bytesBelow(target)) / megabyte);
    return {
      figures: { megabytes, packages: packages.filter((path) => manifests.test(path)).length },
      goals: { megabytes: goalAtMost('megabytes of the installed package', megabytes, 150) },
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
