// A session in a container image (R-SEC-5): the image's files replace the machine's programs, and nothing else changes.
// Moose's Node is the machine's own, with its libraries, because the image need not have them.

import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigurationError } from '../../domain/failure.ts';
import { certificateVariables } from '../../domain/machine/project-variable.ts';
import { sessionFailures } from '../failure-catalogue.ts';
import { findOnPath } from '../resolve-program.ts';
import { isWithin, type MountPlan, realPathOf } from './mount-plan.ts';
import { programWordsMax, rootsOfOwnProgram, toolHomeVariables } from './tool-roots.ts';

type Environment = Readonly<Record<string, string>>;

/** An image whose files are on this machine. */
export interface SessionImage {
  /** For display: the reference, with the digest to which it was resolved. */
  name: string;
  /** The folder with the image's files. Its links are untrusted: never follow them outside of a session. */
  rootPath: string;
  /** The variables that the image sets. */
  env: Environment;
}

/** Moose's folder in the root directory of such a session. */
export const innerFolder = '/.moose';
const innerNode = `${innerFolder}/runtime/node`;

/** Folders of the kernel and of the session, which hide the image's files at these paths. */
const notShown = ['/dev', '/proc', '/sys', '/tmp', '/.dockerenv', innerFolder];
/** Kernel paths that every session sees. */
const kernelPaths = ['/sys/devices/system/cpu', '/sys/fs/cgroup'];
/** When an image is unpacked, its /etc gets links to these paths. */
export const machineFiles = {
  '/etc/hosts': '/run/moose/hosts',
  '/etc/resolv.conf': '/run/moose/resolv.conf',
};

export function showImage(
  plan: MountPlan,
  { rootPath }: SessionImage,
  { targets, searchPath }: { targets: readonly string[]; searchPath: string },
): void {
  const libraries = librariesOfNode(rootPath, searchPath);
  const ofMoose = [...Object.values(machineFiles), ...libraries.map(({ inside }) => inside)];
  showBelow(plan, rootPath, '/', [...notShown, '/var/tmp', ...ofMoose, ...targets]);
  for (const path of kernelPaths) plan.show(path, 'read');
  for (const [path, inside] of Object.entries(machineFiles)) plan.show(path, 'read', inside);
  for (const { path, inside } of [{ path: process.execPath, inside: innerNode }, ...libraries])
    plan.show(path, 'read', inside);
}

/**
 * If a folder of the image contains a target, it is not mounted as a whole: Moose could create nothing in it, and its
 * links are untrusted.
 */
function showBelow(plan: MountPlan, rootPath: string, folder: string, targets: readonly string[]): void {
  for (const entry of readdirSync(join(rootPath, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (targets.some((target) => isWithin(path, target))) continue;
    const isOnTheWay = targets.some((target) => isWithin(target, path));
    if (entry.isDirectory() && isOnTheWay) showBelow(plan, rootPath, path, targets);
    else if (entry.isDirectory() || (entry.isFile() && !isOnTheWay))
      plan.showImage(join(rootPath, path), path);
    else if (entry.isSymbolicLink() && !isOnTheWay) plan.linkOf(join(rootPath, path), path);
  }
}

interface InnerFile {
  path: string;
  inside: string;
}

/**
 * The libraries that Moose's Node needs and the image lacks, at the paths where Node's loader looks for them on this
 * machine. If the image has another C library (Alpine) or none, these are all libraries.
 */
function librariesOfNode(rootPath: string, searchPath: string): readonly InnerFile[] {
  if (nodeLibraries?.searchPath !== searchPath)
    nodeLibraries = { searchPath, paths: librariesOf(process.execPath, searchPath) };
  return nodeLibraries.paths
    .map((path) => ({ path, inside: mergedIn(rootPath, path) }))
    .filter(({ inside }) => !lstatSync(join(rootPath, inside), { throwIfNoEntry: false }));
}

let nodeLibraries: { searchPath: string; paths: string[] } | undefined;

/** The path inside the image, where `/lib` may be a link to `usr/lib`. */
function mergedIn(rootPath: string, path: string): string {
  const [top = ''] = path.slice(1).split('/');
  const entry = lstatSync(join(rootPath, top), { throwIfNoEntry: false });
  return entry?.isSymbolicLink() ? `/usr${path}` : path;
}

const lddMsMax = 10_000;

function librariesOf(program: string, searchPath: string): string[] {
  const ldd = findOnPath('ldd', searchPath, '/');
  if (ldd === null) throw unusable('This machine has no ldd.');
  const { stdout, stderr, status, error } = spawnSync(ldd, [program], {
    encoding: 'utf8',
    timeout: lddMsMax,
    killSignal: 'SIGKILL',
    env: { PATH: searchPath, LC_ALL: 'C' },
  });
  const said = `${stdout ?? ''}${stderr ?? ''}`;
  // The answer is kept: half of one would fail all later sessions in images.
  if (status !== 0 && !isStatic.test(said)) {
    const reason = error?.message ?? (said.trim().split('\n').at(-1) || `it ended with exit code ${status}`);
    throw sessionFailures.CONTAINER_TOOLS_UNREAD({ operation: 'isolate', cause: error }, { program, reason });
  }
  return (stdout ?? '').split('\n').flatMap((line) => /(?:^|=>)\s*(\/\S+)/.exec(line)?.[1] ?? []);
}

/** What ldd of glibc and of musl say of a program without libraries. */
const isStatic = /not a (?:valid )?dynamic|statically linked/i;

function unusable(reason: string): ConfigurationError {
  return sessionFailures.CONTAINER_TOOLS_MISSING('isolate', { reason });
}

/** The machine's folders that the image replaces. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc'];

/**
 * Adapts the command to the image. Node packages come from the machine, at the same path, and Moose's Node at a new
 * path. All other programs of system folders come from the image.
 */
export function programInImage(
  argv: readonly [string, ...string[]],
  cwd: string,
): { argv: [string, ...string[]]; shown: string[] } {
  const shown: string[] = [];
  const words = argv.map((word, index) => {
    if (word === process.execPath) return innerNode;
    if (index >= programWordsMax || !word.startsWith('/') || isWithin(word, cwd)) return word;
    const real = realPathOf(word);
    if (real === null || !lstatSync(real).isFile()) return word;
    const modules = real.lastIndexOf('/node_modules/');
    const own = rootsOfOwnProgram(real);
    if (modules >= 0) shown.push(real.slice(0, modules + '/node_modules'.length));
    else if (own !== null) shown.push(...own);
    else if (systemFolders.some((folder) => isWithin(real, folder))) return word;
    else shown.push(real);
    return real;
  });
  return { argv: words as [string, ...string[]], shown };
}

/**
 * Variables of the image replace those of the machine, such as the search path, but not those that the project or Moose
 * sets. Variables that name folders of the machine are removed.
 */
export function imageEnvironment(
  env: Environment,
  image: SessionImage,
  { machine, userHome }: { machine: Environment; userHome: string },
): Record<string, string> {
  const isOfMachine = (name: string) =>
    (machine[name] !== undefined && env[name] === machine[name]) ||
    (name in toolHomeVariables && isWithin(env[name] ?? '', userHome));
  const kept = Object.entries(env).filter(
    ([name, value]) => !(isOfMachine(name) && value.startsWith('/') && !certificateVariables.includes(name)),
  );
  const own = Object.fromEntries(kept);
  const isMooses = (name: string) => name === 'HOME' || name === 'PATH' || name.startsWith('MOOSE_');
  const ofImage = Object.entries(image.env).filter(
    ([name]) => !isMooses(name) && (own[name] === undefined || isOfMachine(name)),
  );
  const path = image.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return { ...own, ...Object.fromEntries(ofImage), PATH: `${path}:${dirname(innerNode)}` };
}

/**
 * Parts the variables of the image, which are set inside the session: set outside, variables such as LD_PRELOAD would
 * affect what isolates the session (R-SEC-5).
 */
export function ofImageOnly(
  env: Environment,
  image: SessionImage,
): { inside: Record<string, string>; outside: Record<string, string> } {
  const isOfImage = ([name, value]: [string, string]) => name === 'PATH' || image.env[name] === value;
  const entries = Object.entries(env);
  return {
    inside: Object.fromEntries(entries.filter(isOfImage)),
    outside: Object.fromEntries(entries.filter((entry) => !isOfImage(entry))),
  };
}
