// On a machine without control groups, only the tests that need none run.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../stdx/async/until.fixture.ts';
import type { ProcessHandle } from '../process-handle.ts';
import { isDead, readProcess } from '../process-table.ts';
import { ScratchSessions } from '../scratch-sessions.fixture.ts';
import { startProcess } from '../start-process.ts';
import { stopProcess } from '../stop-process.ts';
import { isLeftBehind, watchProcess } from '../watch-process.ts';
import { probeLimits } from './probe-limits.ts';
import {
  closeGroups,
  limitPassedIn,
  makeGroups,
  processesOf,
  removeLeftGroups,
  usedBy,
} from './session-group.ts';

const { roots, reason } = await probeLimits();
const limited = test.skipIf(roots === null);
if (roots === null) process.stderr.write(`without control groups: ${reason}\n`);

const wallClockMs = 60_000;
const mib = 1024 ** 2;
const eater = `import sys
held = [bytearray(1 << 20) for _ in range(int(sys.argv[1]))]
print('held')`;

let scratch: ScratchSessions;
beforeEach(async () => {
  scratch = await ScratchSessions.create();
});
afterEach(async () => {
  await scratch.clear();
});

const groupsOf = ({ directory }: ProcessHandle) =>
  readFileSync(join(directory, 'groups'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([version = '', its = '', path = '']) => ({ version, its: its.split(','), path }));

function groupFor(handle: ProcessHandle, controller: string): string {
  const group = groupsOf(handle).find(({ its }) => its.includes(controller));
  if (group === undefined) throw new Error(`no group for ${controller}`);
  return group.path;
}

const textOf = (path: string, file: string) => readFileSync(join(path, file), 'utf8').trim();

/** The program waits until the test has seen that the limit is in force. */
const afterGo = (script: string) => `until [ -e go ]; do sleep 0.05; done; ${script}`;

async function go(handle: ProcessHandle, processes: number): Promise<void> {
  expect(textOf(groupFor(handle, 'pids'), 'pids.max')).toBe(String(processes));
  await until('the program in its group', () => processesOf(handle.directory).length > 0);
  await writeFile(join(scratch.path, 'go'), '');
}

limited('R-MACHINE-1: a session that passes its memory is ended alone, and named for it', async () => {
  const other = await scratch.startLimited(['sleep', '120']);
  const shell = `sleep 120 & python3 -c "$1" 256; wait`;
  const handle = await scratch.startLimited(['/bin/sh', '-c', shell, 'sh', eater]);
  const end = await watchProcess(handle, { wallClockMs, pollMs: 20 });
  expect(end).toMatchObject({ reason: 'out_of_memory' });
  expect(processesOf(handle.directory)).toEqual([]);
  expect(processesOf(other.directory)).toHaveLength(1);
  const used = usedBy(handle.directory);
  expect(used?.memoryKills).toBeGreaterThan(0);
  expect(used?.memoryPeakBytes).toBeGreaterThan(90 * mib);
  expect(used?.memoryPeakBytes).toBeLessThanOrEqual(96 * mib);
  expect(limitPassedIn(other.directory)).toBe(null);
});

limited('a program that hides the kill of its child counts as having passed', async () => {
  const shell = `python3 -c "$1" 256; exit 0`;
  const handle = await scratch.startLimited(['/bin/sh', '-c', shell, 'sh', eater]);
  await until('its end', () => existsSync(join(handle.directory, 'exit.json')));
  expect(await watchProcess(handle, { wallClockMs })).toMatchObject({ exitCode: 0, reason: 'out_of_memory' });
});

limited('a session that is killed for memory while no Moose runs is named by the next one', async () => {
  const handle = await scratch.startLimited(['python3', '-c', eater, '256']);
  await until('its end', () => existsSync(join(handle.directory, 'exit.json')));
  expect(await isLeftBehind(handle)).toBe(false);
  expect(await watchProcess(handle, { wallClockMs })).toMatchObject({ reason: 'out_of_memory' });
});

limited('R-MACHINE-1: a program that forks without end is ended alone, and named for it', async () => {
  const other = await scratch.startLimited(['sleep', '120']);
  const handle = await scratch.startLimited([
    '/bin/sh',
    '-c',
    afterGo('bomb() { bomb | bomb & }; bomb; sleep 120'),
  ]);
  await go(handle, 60);
  const end = await watchProcess(handle, { wallClockMs, pollMs: 20 });
  expect(end).toMatchObject({ reason: 'process_limit' });
  await stopProcess(handle, { graceMs: 0 });
  expect(processesOf(handle.directory)).toEqual([]);
  expect(usedBy(handle.directory)).toMatchObject({ memoryKills: 0 });
  expect(usedBy(handle.directory)?.processesRefused).toBeGreaterThan(0);
  expect(processesOf(other.directory)).toHaveLength(1);
});

limited('a process that leaves its group of processes and its environment is found and ended', async () => {
  const handle = await scratch.startLimited([
    '/bin/sh',
    '-c',
    'setsid env -i /bin/sh -c "exec 9>&-; exec sleep 120" & echo left; wait',
  ]);
  const left = await until('the process that left', () =>
    processesOf(handle.directory).find((pid) => readProcess(pid)?.command === 'sleep'),
  );
  const proof = await stopProcess(handle, { graceMs: 0 });
  expect(proof.strayPids).toContain(left);
  const entry = readProcess(left);
  expect(entry === null || isDead(entry)).toBe(true);
});

limited('a session that ends within its limits has used something, and leaves no group', async () => {
  const handle = await scratch.startLimited(['python3', '-c', eater, '20']);
  expect(await watchProcess(handle, { wallClockMs })).toMatchObject({ exitCode: 0, reason: null });
  const paths = groupsOf(handle).map(({ path }) => path);
  expect(paths.every(existsSync)).toBe(true);
  const used = usedBy(handle.directory);
  await closeGroups(handle.directory);
  expect(paths.some(existsSync)).toBe(false);
  expect(usedBy(handle.directory)).toEqual(used);
  expect(used).toMatchObject({ memoryKills: 0, processesRefused: 0 });
  expect(used?.memoryPeakBytes).toBeGreaterThan(20 * mib);
  // Again, as a Moose does that did not know that another one had done it.
  await closeGroups(handle.directory);
  expect(usedBy(handle.directory)).toEqual(used);
});

limited('limits of processors and of all sessions together are set', async () => {
  const handle = await scratch.startLimited(['sleep', '120'], { cpus: 0.5 });
  const [cpu, memory] = [groupFor(handle, 'cpu'), groupFor(handle, 'memory')];
  if (roots?.version === 2) {
    expect(textOf(cpu, 'cpu.max')).toBe('50000 100000');
    expect(textOf(join(memory, '..'), 'memory.max')).toBe(String(1_024 * mib));
  } else {
    expect(textOf(cpu, 'cpu.cfs_quota_us')).toBe('50000');
    expect(textOf(join(memory, '..'), 'memory.limit_in_bytes')).toBe(String(1_024 * mib));
  }
});

limited('sessions weigh as much as busy processes, as many as can run at once', async () => {
  const weight = (handle: ProcessHandle) => {
    const parent = join(groupFor(handle, 'cpu'), '..');
    return roots?.version === 2
      ? Number(textOf(parent, 'cpu.weight')) / 100
      : Number(textOf(parent, 'cpu.shares')) / 1_024;
  };
  // In version 2, they are one group among others, which are as heavy.
  const weightOf = (sessions: number) =>
    roots?.version === 2 ? 1 : Math.min(sessions, availableParallelism());
  const one = await scratch.startLimited(['sleep', '120']);
  expect(weight(one)).toBe(1);
  const others: ProcessHandle[] = [];
  for (let count = 2; count <= 4; count += 1) {
    others.push(await scratch.startLimited(['sleep', '120']));
    expect(weight(one)).toBe(weightOf(count));
  }
  for (const other of others) {
    await stopProcess(other, { graceMs: 0 });
    await closeGroups(other.directory);
  }
  expect(weight(one)).toBe(1);
});

test('without its group, a program does not start', async () => {
  const directory = scratch.directory();
  const root = join(scratch.path, 'no-groups');
  const request = {
    directory,
    argv: ['/bin/sh', '-c', 'touch started'],
    env: { PATH: '/usr/bin:/bin' },
    cwd: scratch.path,
    limits: {
      dataDirectory: scratch.path,
      roots: { version: 1, of: { pids: root } },
      limits: { memoryBytes: 96 * mib, memoryBytesOfAll: 96 * mib, processes: 60, cpus: null },
    },
  } as const;
  await expect(startProcess(request)).rejects.toMatchObject({ code: 'SESSION_START_FAILED' });
  // The group can be limited, and nothing can enter it.
  const [parent = ''] = readdirSync(root);
  const group = join(root, parent, basename(directory));
  await mkdir(join(group, 'cgroup.procs'), { recursive: true });
  await writeFile(join(group, 'pids.max'), '');
  await expect(startProcess(request)).rejects.toMatchObject({
    code: 'SESSION_START_FAILED',
    cause: { message: expect.stringContaining('code 71') },
  });
  expect(existsSync(join(scratch.path, 'started'))).toBe(false);
});

limited(
  'a Moose that is killed around a session leaves no group, and no open session loses its own',
  async () => {
    if (roots === null) return;
    const open = await scratch.startLimited(['sleep', '120']);
    const [ended, never] = [await scratch.startLimited(['true']), scratch.directory()];
    await watchProcess(ended, { wallClockMs });
    const limits = { memoryBytes: 96 * mib, memoryBytesOfAll: 96 * mib, processes: 60, cpus: null };
    await mkdir(never);
    makeGroups({ directory: never, dataDirectory: scratch.path, roots, limits });
    const left = join(groupFor(open, 'pids'), '..', basename(never));
    expect(existsSync(left)).toBe(true);
    // The folder of the one that never began is gone, and nobody has read yet what the ended one used.
    await rm(never, { recursive: true });
    removeLeftGroups(scratch.path, roots);
    expect(existsSync(left)).toBe(false);
    expect(existsSync(groupFor(open, 'pids'))).toBe(true);
    expect(usedBy(ended.directory)).not.toBe(null);
    await closeGroups(ended.directory);
    await stopProcess(open, { graceMs: 0 });
    await closeGroups(open.directory);
    for (const root of new Set(Object.values(roots.of)))
      expect(readdirSync(root).filter((name) => name.startsWith('moose-probe'))).toEqual([]);
  },
);
