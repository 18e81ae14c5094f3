// Kernels differ in the files that a group has. Here, a folder is the group, and has few of them.
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type GroupPaths, processesIn, readUse, stopForks, weighParent } from './group-files.ts';

function aGroup(version: GroupPaths['version']): { folder: string; paths: GroupPaths } {
  const folder = mkdtempSync(join(tmpdir(), 'moose-group-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, paths: { version, of: { memory: folder, pids: folder, cpu: folder } } };
}

test.for([1, 2] as const)(
  'what a kernel does not count, in version %i, is unknown and not zero',
  (version) => {
    const { folder, paths } = aGroup(version);
    const unknown = { memoryPeakBytes: null, processesPeak: null, cpuMs: null };
    expect(readUse(paths)).toEqual({ ...unknown, memoryKills: 0, processesRefused: 0 });
    writeFileSync(join(folder, 'pids.peak'), '7\n');
    writeFileSync(join(folder, 'pids.events'), 'max 3\n');
    expect(readUse(paths)).toEqual({ ...unknown, processesPeak: 7, memoryKills: 0, processesRefused: 3 });
  },
);

test('a group that is gone, or that counts no processes, needs no end of its forks', () => {
  const { folder, paths } = aGroup(2);
  expect(() => stopForks(paths)).not.toThrow();
  writeFileSync(join(folder, 'pids.max'), '200\n');
  stopForks(paths);
  expect(readFileSync(join(folder, 'pids.max'), 'utf8')).toMatch(/^0/);
});

test('fear: a group whose files cannot be used counts as one that is gone', () => {
  const { folder, paths } = aGroup(2);
  mkdirSync(join(folder, 'pids.max'));
  mkdirSync(join(folder, 'memory.peak'));
  expect(() => stopForks(paths)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  expect(() => readUse(paths)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
});

const tree = treeOfVersion2();

/** Where groups of version 2 can be made on this machine; null if nowhere. */
function treeOfVersion2(): string | null {
  try {
    const [, path] =
      / (\/\S+) \S+(?: \S+)* - cgroup2 /.exec(readFileSync('/proc/self/mountinfo', 'utf8')) ?? [];
    if (path !== undefined) accessSync(path, constants.W_OK);
    return path ?? null;
  } catch {
    return null;
  }
}

test.runIf(tree !== null)(
  'R-MACHINE-1: fear: the start of a session ends because the kernel does not list the processes of a threaded group',
  () => {
    const domain = mkdtempSync(join(tree ?? '', 'moose-test-'));
    const threaded = join(domain, 'threaded');
    const sessions = join(threaded, 'sessions');
    onTestFinished(() => {
      for (const group of [sessions, threaded, domain]) rmdirSync(group);
    });
    mkdirSync(threaded);
    writeFileSync(join(threaded, 'cgroup.type'), 'threaded');
    mkdirSync(sessions);
    expect(() => readFileSync(join(threaded, 'cgroup.procs'))).toThrow(
      expect.objectContaining({ code: 'ENOTSUP' }),
    );
    expect(() => weighParent({ version: 2, of: { cpu: sessions } })).not.toThrow();
    expect(processesIn({ version: 2, of: { cpu: threaded } })).toEqual([]);
  },
);
