// A session in a container image (R-SEC-5): the image's files take the place of the machine's programs, and everything
// else stays as it is. The tools that lock the session before its program starts are the machine's own, with their
// libraries, because the image need not have them.
import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigurationError } from '../../domain/failure.ts';
import { certificateVariables } from '../../domain/project-variable.ts';
import { packageRoot } from '../../stdx/own-files.ts';
import { findOnPath } from '../resolve-program.ts';
import { isWithin, type MountPlan, realPathOf } from './mount-plan.ts';
import { programWordsMax, toolHomeVariables } from './tool-roots.ts';

type Environment = Readonly<Record<string, string>>;

/** An image whose files are on this machine. */
export interface SessionImage {
  /** For people: the reference and the digest of what it leads to. */
  name: string;
  /** The folder with its files. Nothing in it is ever followed outside of a session: its links are the image's. */
  rootPath: string;
  /** The variables that the image sets. */
  env: Environment;
}

/** A folder of Moose in the root of such a session. */
export const innerFolder = '/.moose';
const innerTools = `${innerFolder}/bin`;
const innerLibraries = `${innerFolder}/lib`;
/** A folder of its own: it is on the search path, and the tools are not. */
const innerNode = `${innerFolder}/runtime/node`;
const loaderName = 'ld.so';

/** The command that starts a tool of the machine in an image with another C library, or none. */
export const innerLoader = `${innerTools}/${loaderName} --library-path ${innerLibraries}`;
export const innerPerl = `${innerTools}/perl`;
const innerEnv = `${innerTools}/env`;

/** Folders of the kernel and of the session: what an image has there is not shown. */
const notShown = ['/dev', '/proc', '/sys', '/tmp', '/.old', '/.dockerenv', innerFolder];
/** Of the kernel, as in every session. */
const kernelPaths = ['/sys/devices/system/cpu', '/sys/fs/cgroup'];
/** Unpacking leaves links to these in the image's /etc. */
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
  for (const { path, inside } of [...innerFiles(searchPath), ...libraries]) plan.show(path, 'read', inside);
}

/** A folder on the way to a target is not mounted as a whole: nothing can be made in it, and its links lead anywhere. */
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

let known: { searchPath: string; files: InnerFile[] } | undefined;

/** The tools that namespace-init.sh runs in the new root, with their libraries and Moose's Node. */
function innerFiles(searchPath: string): readonly InnerFile[] {
  if (known?.searchPath === searchPath) return known.files;
  const tools = ['perl', 'unshare', 'setpriv', 'umount', 'env'].flatMap(
    (name) => findOnPath(name, searchPath, '/') ?? [],
  );
  const libraries = new Set(tools.flatMap((path) => librariesOf(path, searchPath)));
  const loader = [...libraries].find(isLoader);
  if (loader === undefined) throw unusable('This machine has no dynamic loader for its own tools.');
  const files = [
    { path: loader, inside: `${innerTools}/${loaderName}` },
    { path: process.execPath, inside: innerNode },
    ...tools.map((path) => ({ path, inside: join(innerTools, basename(path)) })),
    ...[...libraries].map((path) => ({ path, inside: join(innerLibraries, basename(path)) })),
  ];
  known = { searchPath, files };
  return files;
}

/**
 * The libraries of Moose's Node that the image does not have, at the paths where its loader looks for them on this machine:
 * with another C library (Alpine) or none, that is all of them.
 */
function librariesOfNode(rootPath: string, searchPath: string): readonly InnerFile[] {
  nodeLibraries ??= librariesOf(process.execPath, searchPath);
  return nodeLibraries
    .map((path) => ({ path, inside: mergedIn(rootPath, path) }))
    .filter(({ inside }) => !lstatSync(join(rootPath, inside), { throwIfNoEntry: false }));
}

let nodeLibraries: string[] | undefined;

const isLoader = (path: string) => /^ld[-.]/.test(basename(path));

/** The path in an image in which `/lib` is a link to `usr/lib`. */
function mergedIn(rootPath: string, path: string): string {
  const [top = ''] = path.slice(1).split('/');
  const entry = lstatSync(join(rootPath, top), { throwIfNoEntry: false });
  return entry?.isSymbolicLink() ? `/usr${path}` : path;
}

const lddMsMax = 10_000;

function librariesOf(program: string, searchPath: string): string[] {
  const ldd = findOnPath('ldd', searchPath, '/');
  if (ldd === null) throw unusable('This machine has no ldd.');
  const { stdout } = spawnSync(ldd, [program], {
    ...{ encoding: 'utf8', timeout: lddMsMax, killSignal: 'SIGKILL' },
    env: { PATH: searchPath, LC_ALL: 'C' },
  });
  return (stdout ?? '').split('\n').flatMap((line) => /(?:^|=>)\s*(\/\S+)/.exec(line)?.[1] ?? []);
}

function unusable(reason: string): ConfigurationError {
  return new ConfigurationError({
    code: 'CONTAINER_TOOLS_MISSING',
    component: 'sessions',
    operation: 'isolate',
    message: `Sessions cannot run in a container image on this machine: ${reason}`,
    advice: 'Run Moose on a Linux with glibc or musl and its ldd, or remove the image from the project.',
  });
}

/** The folders of the machine whose programs the image replaces. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc'];

/**
 * The command, as it is started in the image. A Node package stays that of the machine, at its own path, and Moose's Node
 * gets another one; every other program of a system folder is the image's.
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
    const own = ['src', 'dist'].map((name) => join(packageRoot, name)).find((root) => isWithin(real, root));
    if (modules >= 0) shown.push(real.slice(0, modules + '/node_modules'.length));
    else if (own !== undefined) shown.push(own, join(packageRoot, 'package.json'));
    else if (systemFolders.some((folder) => isWithin(real, folder))) return word;
    else shown.push(real);
    return real;
  });
  return { argv: words as [string, ...string[]], shown };
}

/**
 * What the image sets replaces what comes from the machine, such as its search path; what the project or Moose sets stays.
 * Folders of the machine mean nothing in the image.
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
 * Leaves the variables of the image to the machine's `env` inside: set outside, variables such as LD_PRELOAD would affect
 * the programs that isolate the session (R-SEC-5).
 */
export function setInside(
  env: Environment,
  image: SessionImage,
  argv: readonly [string, ...string[]],
): { env: Record<string, string>; argv: [string, ...string[]] } {
  const isOfImage = ([name, value]: [string, string]) => name === 'PATH' || image.env[name] === value;
  const entries = Object.entries(env);
  const pairs = entries.filter(isOfImage).map(([name, value]) => `${name}=${value}`);
  const [loader = '', ...options] = innerLoader.split(' ');
  // Otherwise env would take the program for a variable.
  const words = argv[0].includes('=') ? ['/bin/sh', '-c', 'exec "$@"', 'sh', ...argv] : argv;
  return {
    env: Object.fromEntries(entries.filter((entry) => !isOfImage(entry))),
    argv: [loader, ...options, innerEnv, ...pairs, ...words],
  };
}
