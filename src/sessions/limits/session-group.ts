// The control groups of a session. A note in the session's directory names them before they are made, and stays until they
// are gone: so any Moose finds them, reads what the kernel counted, and removes them. What was counted is kept in a second
// note first, so that a Moose that is killed in between loses nothing. Neither note needs to outlive a power failure.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import {
  type PassedLimit,
  passedLimit,
  type SessionLimits,
  type SessionUse,
  sessionUseSchema,
} from '../../domain/machine/session-limits.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { renamePassingNow, writePassingNow } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { readSmallFile } from '../read-small-file.ts';
import { parseJson } from '../session-files.ts';
import {
  enableControllers,
  foldersIn,
  type GroupPaths,
  limitGroup,
  limitParent,
  processesIn,
  readUse,
  stopForks,
  weighParent,
} from './group-files.ts';
import { controllers, type GroupRoots } from './group-roots.ts';

export interface GroupRequest {
  /** The session's directory, which is below the data directory. */
  directory: string;
  dataDirectory: string;
  roots: GroupRoots;
  limits: SessionLimits;
}

/** Each line has a version, a list of controllers and the path of their group. The wrapper reads the paths. */
const notePath = (directory: string) => join(directory, 'groups');
const usedPath = (directory: string) => join(directory, 'used.json');

/** A session that ends next to this start may remove the empty parent each time; more is a fault. */
const triesMax = 5;

const removalsMax = 40;
const untilRemovedMs = 5;

/** Makes the groups of a session that is about to start in the directory, in which no program has run. */
export function makeGroups(request: GroupRequest): void {
  const { directory, limits } = request;
  const groups = groupsOf(request);
  const parents = parentsOf(groups);
  removeGroups(directory);
  rmSync(usedPath(directory), { force: true });
  replaceNote(notePath(directory), linesOf(groups));
  for (const path of pathsOf(groups)) makeGroup(path, parents);
  limitParent(parents, limits);
  weighParent(parents);
  limitGroup(groups, limits);
}

function groupsOf({ directory, dataDirectory, roots }: GroupRequest): GroupPaths {
  const name = nameOf(relative(resolve(dataDirectory), resolve(directory)));
  const parent = parentName(dataDirectory);
  const of: GroupPaths['of'] = {};
  for (const controller of controllers) {
    const root = roots.of[controller];
    if (root !== undefined) of[controller] = join(root, parent, name);
  }
  return { version: roots.version, of };
}

/** The groups of one data directory have a parent of their own. */
function parentName(dataDirectory: string): string {
  return `moose-${createHash('sha256').update(resolve(dataDirectory)).digest('hex').slice(0, 12)}`;
}

/** A path as the name of a group, and back. */
const nameOf = (path: string) => path.replaceAll('%', '%25').replaceAll('/', '%2F');
const pathIn = (name: string) => name.replaceAll('%2F', '/').replaceAll('%25', '%');

function parentsOf({ version, of }: GroupPaths): GroupPaths {
  const parents = Object.entries(of).map(([controller, path]) => [controller, dirname(path)]);
  return { version, of: Object.fromEntries(parents) };
}

const pathsOf = ({ of }: GroupPaths) => [...new Set(Object.values(of))];

function linesOf({ version, of }: GroupPaths): string {
  const lines = pathsOf({ version, of }).map((path) => {
    const its = controllers.filter((controller) => of[controller] === path);
    return `${version} ${its.join(',')} ${path}\n`;
  });
  return lines.join('');
}

function makeGroup(path: string, parents: GroupPaths): void {
  for (let tries = 1; ; tries += 1) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      enableControllers(parents);
      mkdirSync(path);
      return;
    } catch (error) {
      // Somebody else starts in the same directory: the lock decides who does.
      if (hasErrorCode(error, 'EEXIST')) return;
      if (!hasErrorCode(error, 'ENOENT', 'ENODEV') || tries === triesMax) throw error;
    }
  }
}

/** Null if the session has no group. */
function groupsIn(directory: string): GroupPaths | null {
  const note = readSmallFile(notePath(directory));
  if (note === null) return null;
  const found: GroupPaths = { version: 1, of: {} };
  for (const line of note.split('\n')) {
    const [, version, its = '', path = ''] = /^([12]) ([a-z,]+) (\/.+)$/.exec(line) ?? [];
    // Where a session sees its user's files, it can change the note: only a group with its own name is believed.
    if (version === undefined || !path.endsWith(nameOf(basename(directory)))) continue;
    found.version = version === '2' ? 2 : 1;
    for (const controller of controllers)
      if (its.split(',').includes(controller)) found.of[controller] = path;
  }
  return found;
}

/** What the session has used so far, or had used when it ended; null if it had no group. */
export function usedBy(directory: string): SessionUse | null {
  const kept = readSmallFile(usedPath(directory));
  if (kept !== null) return sessionUseSchema.safeParse(parseJson(kept)).data ?? null;
  const groups = groupsIn(directory);
  return groups !== null && pathsOf(groups).every(existsSync) ? readUse(groups) : null;
}

/** Which limit the session has passed so far, or had passed when it ended. */
export function limitPassedIn(directory: string): PassedLimit | null {
  const use = usedBy(directory);
  return use && passedLimit(use);
}

/** Every process of the session, whatever it has done to its environment; empty if it has no group. */
export function processesOf(directory: string): number[] {
  const groups = groupsIn(directory);
  return groups === null ? [] : processesIn(groups);
}

/** Call this before the session is killed: a program that forks without end is not faster then. */
export function stopForksOf(directory: string): void {
  const groups = groupsIn(directory);
  if (groups !== null) stopForks(groups);
}

/** Call this when nothing of the session runs any more. What it has used can still be read afterwards. */
export async function closeGroups(directory: string): Promise<void> {
  const use = usedBy(directory);
  if (use !== null) replaceNote(usedPath(directory), JSON.stringify(use satisfies SessionUse));
  // A process that has just ended is in its group for a moment longer.
  for (let tries = 1; !removeGroups(directory) && tries < removalsMax; tries += 1)
    await sleep(untilRemovedMs);
}

/** Whether they are gone. If one of them still has a process, the note stays, and `removeLeftGroups` tries again. */
function removeGroups(directory: string): boolean {
  const groups = groupsIn(directory);
  if (groups === null) return true;
  const paths = pathsOf(groups);
  if (!paths.map(removeGroup).every(Boolean)) return false;
  for (const path of paths) removeGroup(dirname(path));
  weighParent(parentsOf(groups));
  rmSync(notePath(directory), { force: true });
  return true;
}

/**
 * Removes the groups of sessions that have ended, or never began, whose Moose was killed before it removed them. A group in
 * which something runs cannot be removed.
 */
export function removeLeftGroups(dataDirectory: string, { version, of }: GroupRoots): void {
  for (const root of new Set(Object.values(of))) {
    const parent = join(root, parentName(dataDirectory));
    for (const name of foldersIn(parent)) {
      const directory = join(dataDirectory, pathIn(name));
      const isOpen = existsSync(notePath(directory)) && !existsSync(usedPath(directory));
      if (isOpen) continue;
      if (existsSync(notePath(directory))) removeGroups(directory);
      else removeGroup(join(parent, name));
    }
    removeGroup(parent);
  }
  if (of.cpu !== undefined) weighParent({ version, of: { cpu: join(of.cpu, parentName(dataDirectory)) } });
}

/** Whether it is gone. */
function removeGroup(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return true;
    if (hasErrorCode(error, 'EBUSY', 'ENOTEMPTY')) return false;
    throw error;
  }
}

/** A process that is killed meanwhile leaves the old note or the new one. */
function replaceNote(path: string, text: string): void {
  const draft = `${path}.new`;
  writePassingNow(draft, text, { mode: 0o600 });
  renamePassingNow(draft, path);
}
