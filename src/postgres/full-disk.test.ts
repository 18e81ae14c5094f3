// fear: a full disk ends in a crash or an unclear error. The disks are small in-memory file systems, if the machine
// allows them.

import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TransientError } from '../domain/failure.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { fromFileSystem } from './embedded-failure.ts';
import { keepUp } from './keep-up.ts';
import {
  postmasterOf,
  processesBelow,
  query,
  quick,
  scratch,
  scratchWithCluster,
} from './scratch.fixture.ts';
import { sqlStatesIn } from './server-log.ts';
import { startEmbedded } from './start/start-embedded.ts';

describe.runIf(canMount())('on a disk', () => {
  test('that is full, a first start says so and leaves nothing behind', async () => {
    const directory = join(smallDisk(20), 'embedded');
    const failure = await startEmbedded({ directory, settings: quick }).catch((cause) => cause);
    expectDiskFull(failure);
    expect(processesBelow(directory)).toEqual([]);
  });

  test('that fills up during initdb, the start says so with its output and succeeds once there is room', async () => {
    const disk = smallDisk(300, ',nr_inodes=900');
    const directory = join(disk, 'embedded');
    const failure = await startEmbedded({ directory, settings: quick }).catch((cause) => cause);
    expectDiskFull(failure);
    expect(failure.metadata.outputTail).toContain('No space left on device');
    execFileSync('mount', ['-o', 'remount,nr_inodes=5000', disk]);
    const server = await startEmbedded({ directory, settings: quick });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  test('that has filled up since, a later start says so and succeeds once there is room', async () => {
    const disk = smallDisk(100);
    const directory = join(disk, 'embedded');
    execFileSync('cp', ['-a', await scratchWithCluster(), directory]);
    const filler = join(disk, 'filler');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    expectDiskFull(await startEmbedded({ directory, settings: quick }).catch((cause) => cause));
    rmSync(filler);
    const server = await startEmbedded({ directory, settings: quick });
    await server.stop();
  });

  test('that fills up while the server dies, the failure is reported, and the server comes back once there is room', async () => {
    const disk = smallDisk(100);
    const directory = join(disk, 'embedded');
    execFileSync('cp', ['-a', await scratchWithCluster(), directory]);
    const problems: unknown[] = [];
    const server = await keepUp({ directory, settings: quick }, (problem) => problems.push(problem));
    onTestFinished(() => server.stop());
    const filler = join(disk, 'filler');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    process.kill(postmasterOf(directory), 'SIGKILL');
    await until('the problem is told', () => problems.length > 0);
    expectDiskFull(problems[0]);
    rmSync(filler);
    await until('the server is back', () =>
      query(server.url, 'SELECT 1 AS one').then(
        () => true,
        () => false,
      ),
    );
    // One report, however many restarts failed.
    expect(problems).toHaveLength(1);
  });

  test('R-BASE-2: that turns read-only, it is told in one sentence, and the server comes back once it is writable', async () => {
    const disk = smallDisk(200);
    const directory = join(disk, 'embedded');
    execFileSync('cp', ['-a', await scratchWithCluster(), directory]);
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const readOnly = {
      code: 'EMBEDDED_DISK_READ_ONLY',
      message: expect.stringContaining('is read-only'),
      advice: expect.stringContaining('writable'),
    };
    await expect(startEmbedded({ directory, settings: quick })).rejects.toMatchObject(readOnly);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    const server = await startEmbedded({ directory, settings: quick });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });
});

test("a launcher's own write on a full disk is the same failure", () => {
  const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expectDiskFull(fromFileSystem(cause, '/srv/moose'));
});

test("SQLSTATEs are read only from the log's lines", () => {
  const tail = [
    '2026-11-20 07:19:49.814 UTC [15135] 00000 LOG:  starting PostgreSQL 18.4',
    '2026-11-20 07:19:49.819 UTC [15135] 53100 FATAL:  could not write lock file "postmaster.pid": No space left',
    'HINT: 12345 is not a state',
  ].join('\n');
  expect(sqlStatesIn(tail)).toEqual(new Set(['00000', '53100']));
});

function expectDiskFull(failure: unknown): void {
  expect(failure).toBeInstanceOf(TransientError);
  expect(failure).toMatchObject({ code: 'EMBEDDED_DISK_FULL', advice: expect.stringContaining('MiB') });
}

function smallDisk(sizeMiB: number, more = ''): string {
  const path = scratch();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=0755${more}`, 'moose-test', path]);
  onTestFinished(() => void execFileSync('umount', [path]));
  return path;
}

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const script = 'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s';
  return spawnSync('sh', ['-c', script]).status === 0;
}
