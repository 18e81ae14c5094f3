import { expect, test } from 'vitest';
import { groupRoots } from './group-roots.ts';

const none = () => null;

test('version 1: groups are made below those of this process, one for each controller', () => {
  const mountInfo = `30 24 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw
31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
33 30 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw`;
  const ownGroups = '4:memory:/service/a\n3:cpu,cpuacct:/\n2:pids:/service\n0::/\n';
  expect(groupRoots({ mountInfo, ownGroups, readControl: () => '' })).toEqual({
    version: 1,
    of: {
      memory: '/sys/fs/cgroup/memory/service/a',
      pids: '/sys/fs/cgroup/pids/service',
      cpu: '/sys/fs/cgroup/cpu,cpuacct',
      cpuacct: '/sys/fs/cgroup/cpu,cpuacct',
    },
  });
});

test('version 1: in a container, the group of the container is what is mounted', () => {
  const mountInfo = '32 30 0:28 /docker/abc /sys/fs/cgroup/memory\\040x rw - cgroup cgroup rw,memory';
  const found = (path: string) => groupRoots({ mountInfo, ownGroups: `4:memory:${path}`, readControl: none });
  expect(found('/docker/abc/inner')?.of).toEqual({ memory: '/sys/fs/cgroup/memory x/inner' });
  expect(found('/docker/abc')?.of).toEqual({ memory: '/sys/fs/cgroup/memory x' });
  expect(found('/docker/other')).toBe(null);
});

test('version 2: groups are made in the nearest group above that gives them the controllers', () => {
  const mountInfo = '24 1 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw';
  const ownGroups = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/moose.service\n';
  const slice = '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice';
  const given: Record<string, string> = { [slice]: 'memory pids\n', '/sys/fs/cgroup': 'cpu memory pids\n' };
  const readControl = (group: string) => given[group] ?? null;
  expect(groupRoots({ mountInfo, ownGroups, readControl })).toEqual({
    version: 2,
    of: { memory: slice, pids: slice },
  });
  given[slice] = 'pids';
  expect(groupRoots({ mountInfo, ownGroups, readControl })?.of).toEqual({
    memory: '/sys/fs/cgroup',
    pids: '/sys/fs/cgroup',
    cpu: '/sys/fs/cgroup',
  });
});

test('nothing is found where no controller is mounted', () => {
  const mountInfo = '24 1 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n25 1 0:23 / /proc rw - proc proc rw';
  expect(groupRoots({ mountInfo, ownGroups: '0::/\n', readControl: () => 'hugetlb' })).toBe(null);
  expect(groupRoots({ mountInfo: '', ownGroups: '', readControl: none })).toBe(null);
});
