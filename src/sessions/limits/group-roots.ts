// Where on this machine control groups for sessions could be made: the directory for each controller. Whether it really
// works is found out by a trial (probe-limits.ts).

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';

export const controllers = ['memory', 'pids', 'cpu', 'cpuacct'] as const;
export type Controller = (typeof controllers)[number];

export interface GroupRoots {
  version: 1 | 2;
  /** For each controller, the existing group in which those of sessions are made. */
  of: Partial<Record<Controller, string>>;
}

interface GroupMount {
  /** The group that is mounted there. */
  root: string;
  path: string;
  /** Empty for version 2. */
  controllers: readonly string[];
}

/** From the text of `/proc/self/mountinfo`. */
function groupMounts(mountInfo: string): GroupMount[] {
  return mountInfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, path] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (root === undefined || path === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    return [
      {
        root: unescaped(root),
        path: unescaped(path),
        controllers: type === 'cgroup2' ? [] : options.split(','),
      },
    ];
  });
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The group of this process for each controller, from the text of `/proc/self/cgroup`. The name of version 2 is empty. */
function ownGroups(text: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, names, ...path] = line.split(':');
    for (const name of names?.split(',') ?? []) groups.set(name, path.join(':'));
  }
  return groups;
}

/** The path of a group in the tree of files; null if it is not below what is mounted there. */
function pathOf({ root, path }: GroupMount, group: string): string | null {
  const below = relative(root, group);
  return below.startsWith('..') ? null : join(path, below);
}

/** Version 1: groups are made below the own group of this process, so that limits of Moose itself hold for its sessions. */
function rootsOfVersion1(mounts: readonly GroupMount[], own: ReadonlyMap<string, string>): GroupRoots['of'] {
  const found: GroupRoots['of'] = {};
  for (const controller of controllers) {
    const mount = mounts.find((each) => each.controllers.includes(controller));
    const group = own.get(controller);
    const path = mount && group !== undefined ? pathOf(mount, group) : null;
    if (path !== null) found[controller] = path;
  }
  return found;
}

const needed = ['memory', 'pids'] as const;

/**
 * Only a plain domain can give its groups the controllers of memory: a group in a threaded subtree has none, and one that is
 * made below the root of such a subtree is invalid. The root of the machine has no type.
 */
const isDomain = (type: string | null) => type === null || type.trim() === 'domain';

/**
 * Version 2: a group with processes cannot have limited groups below it. So groups are made beside the own group of this
 * process: in a group above it that can give its groups the controllers, the nearest first.
 */
function rootsOfVersion2(
  mounts: readonly GroupMount[],
  own: ReadonlyMap<string, string>,
  { readControllers, readType }: Pick<GroupTexts, 'readControllers' | 'readType'>,
): GroupRoots[] {
  const mount = mounts.find((each) => each.controllers.length === 0);
  const group = own.get('');
  const path = mount && group !== undefined ? pathOf(mount, group) : null;
  if (mount === undefined || path === null) return [];
  const found: GroupRoots[] = [];
  for (let at = path; at !== '/'; at = dirname(at)) {
    const given = readControllers(at)?.trim().split(' ') ?? [];
    const isAbove = at !== path || at === mount.path;
    if (isAbove && isDomain(readType(at)) && needed.every((controller) => given.includes(controller)))
      found.push({ version: 2, of: { memory: at, pids: at, ...(given.includes('cpu') ? { cpu: at } : {}) } });
    if (at === mount.path) break;
  }
  return found;
}

/** What a machine says about its groups. */
export interface GroupTexts {
  mountInfo: string;
  ownGroups: string;
  /** The text of `cgroup.controllers` of a group; null if it has none. */
  readControllers(group: string): string | null;
  /** The text of `cgroup.type` of a group; null if it has none. */
  readType(group: string): string | null;
}

/** Empty if no control group can be reached; otherwise the best comes first. */
export function groupRoots(texts: GroupTexts): GroupRoots[] {
  const mounts = groupMounts(texts.mountInfo);
  const own = ownGroups(texts.ownGroups);
  const of = rootsOfVersion1(mounts, own);
  const isOfUse = of.memory !== undefined || of.pids !== undefined;
  return [...rootsOfVersion2(mounts, own, texts), ...(isOfUse ? [{ version: 1, of } as const] : [])];
}

/** Empty where the kernel has no control groups. */
export function findGroupRoots(): GroupRoots[] {
  const mountInfo = readIfThere('/proc/self/mountinfo');
  const own = readIfThere('/proc/self/cgroup');
  if (mountInfo === null || own === null) return [];
  const readControllers = (group: string) => readIfThere(join(group, 'cgroup.controllers'));
  const readType = (group: string) => readIfThere(join(group, 'cgroup.type'));
  return groupRoots({ mountInfo, ownGroups: own, readControllers, readType });
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return null;
    throw error;
  }
}
