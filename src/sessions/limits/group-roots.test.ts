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
  expect(groupRoots({ mountInfo, ownGroups, readControllers: () => '', readType: none })).toEqual([
    {
      version: 1,
      of: {
        memory: '/sys/fs/cgroup/memory/service/a',
        pids: '/sys/fs/cgroup/pids/service',
        cpu: '/sys/fs/cgroup/cpu,cpuacct',
        cpuacct: '/sys/fs/cgroup/cpu,cpuacct',
      },
    },
  ]);
});

test('version 1: in a container, the group of the container is what is mounted', () => {
  const mountInfo = '32 30 0:28 /docker/abc /sys/fs/cgroup/memory\\040x rw - cgroup cgroup rw,memory';
  const found = (path: string) =>
    groupRoots({ mountInfo, ownGroups: `4:memory:${path}`, readControllers: none, readType: none })[0];
  expect(found('/docker/abc/inner')?.of).toEqual({ memory: '/sys/fs/cgroup/memory x/inner' });
  expect(found('/docker/abc')?.of).toEqual({ memory: '/sys/fs/cgroup/memory x' });
  expect(found('/docker/other')).toBe(undefined);
});

test('version 2: groups are made above the group of this process, in the nearest that has the controllers', () => {
  const mountInfo = '24 1 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw';
  const ownGroups = '0::/system.slice/moose.service/moose\n';
  const given: Record<string, string> = {
    '/sys/fs/cgroup': 'cpuset cpu io memory pids\n',
    '/sys/fs/cgroup/system.slice': 'memory pids\n',
    '/sys/fs/cgroup/system.slice/moose.service': 'pids\n',
    // It has processes, so it cannot have limited groups.
    '/sys/fs/cgroup/system.slice/moose.service/moose': 'cpu memory pids\n',
  };
  const readControllers = (group: string) => given[group] ?? null;
  const slice = '/sys/fs/cgroup/system.slice';
  expect(groupRoots({ mountInfo, ownGroups, readControllers, readType: none })).toEqual([
    { version: 2, of: { memory: slice, pids: slice } },
    { version: 2, of: { memory: '/sys/fs/cgroup', pids: '/sys/fs/cgroup', cpu: '/sys/fs/cgroup' } },
  ]);
});

test.each(['threaded', 'domain threaded', 'domain invalid'])(
  'R-MACHINE-1: fear: groups are made in a group of the type %s, which refuses them, and no session starts',
  (type) => {
    const mountInfo = '24 1 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw';
    const found = (of: string) =>
      groupRoots({
        mountInfo,
        ownGroups: '0::/a.slice/moose\n',
        readControllers: () => 'memory pids\n',
        readType: (group) => (group === '/sys/fs/cgroup/a.slice' ? `${of}\n` : null),
      }).map(({ of: { memory } }) => memory);
    expect(found(type)).toEqual(['/sys/fs/cgroup']);
    expect(found('domain')).toEqual(['/sys/fs/cgroup/a.slice', '/sys/fs/cgroup']);
  },
);

test('version 2: at the root of the tree, groups are made there', () => {
  const mountInfo = '24 1 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw';
  expect(
    groupRoots({ mountInfo, ownGroups: '0::/\n', readControllers: () => 'memory pids', readType: none }),
  ).toEqual([{ version: 2, of: { memory: '/sys/fs/cgroup', pids: '/sys/fs/cgroup' } }]);
});

test('nothing is found where no controller is mounted', () => {
  const mountInfo = '24 1 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n25 1 0:23 / /proc rw - proc proc rw';
  expect(
    groupRoots({ mountInfo, ownGroups: '0::/\n', readControllers: () => 'hugetlb', readType: none }),
  ).toEqual([]);
  expect(groupRoots({ mountInfo: '', ownGroups: '', readControllers: none, readType: none })).toEqual([]);
});
