// What a session sees of the machine (R-SEC-5): it can read the system's programs and the toolchains, and write its
// worktree, its home and its own folder. It sees nothing else of the user's files, Moose's state, or other sessions.

import { chmodSync, closeSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { certificateVariables } from '../../domain/machine/project-variable.ts';
import { openPassingNow, writePassingNow } from '../../stdx/files/passing-files.ts';
import { closedSystemFiles } from './closed-system-files.ts';
import { programInImage, type SessionImage, showImage } from './image-view.ts';
import { isWithin, MountPlan, readMounts, realPathOf, showSystem } from './mount-plan.ts';
import { programRoots, toolRoots } from './tool-roots.ts';

export interface ShownPath {
  path: string;
  sight: 'read' | 'write';
  /** A folder whose content shows through below the path's own content, and never changes. */
  over?: string | undefined;
  /** What is seen there; if absent, the path itself. */
  from?: string | undefined;
}

export interface ViewRequest {
  /** The session's own directory: the new root is built in it, and only its part `own` is visible inside. */
  sessionPath: string;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** The home of the user who runs Moose. */
  userHome: string;
  /** The path of Moose's state: only the parts listed in `shown` are visible. */
  dataDirectory: string;
  /** Paths that are hidden even inside a visible folder. */
  hidden: readonly string[];
  /** Paths that are shown in addition to the tools, in this order: an outer path before an inner one. */
  shown: readonly ShownPath[];
  /** Paths of certificate authorities from Moose's environment; shown only if they contain nothing else. */
  certificates?: readonly string[];
  /** Paths that a person lets every session see. */
  granted: readonly ShownPath[];
  /** True in a user namespace. */
  isUser?: boolean;
  /** A container image whose files replace the machine's programs. */
  image?: SessionImage | null | undefined;
  /** The search path on which to find the machine's tools that a session in an image needs. */
  searchPath?: string;
}

export interface SessionView {
  root: string;
  /** A file outside the new root, with what it is made of. */
  mountsPath: string;
  /** The folders and files inside the new root that the program may write. */
  written: readonly string[];
}

/** The part of the session's directory that its program may write. */
export const ownFolder = 'own';
const rootFolder = 'root';
const mountsFile = 'mounts';
const emptyFolder = 'empty';
const overlayFolder = 'overlay';

/** Programs, libraries and settings of the machine, under the names that distributions use. */
const systemNames = [
  'usr',
  'bin',
  'sbin',
  'lib',
  'lib32',
  'lib64',
  'libx32',
  'etc',
  'opt',
  'nix',
  'gnu',
  'snap',
];
const systemPaths = [
  '/run/current-system',
  '/run/opengl-driver',
  '/var/lib/dpkg',
  '/var/lib/gems',
  '/var/cache/fontconfig',
  '/sys/devices/system/cpu',
  '/sys/fs/cgroup',
];
/** Settings that are often links to other places. */
const systemFiles = ['/etc/resolv.conf', '/etc/localtime', '/etc/hosts'];

/**
 * Through these files, root can change the machine itself (R-SEC-5): for example, the kernel starts the program that is
 * named as the core pattern.
 */
const readOnlyKernel = [
  '/proc/sys',
  '/proc/sysrq-trigger',
  '/proc/irq',
  '/proc/bus',
  '/proc/fs',
  '/proc/acpi',
];
const emptyKernel = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/timer_list',
  '/proc/sched_debug',
  '/proc/latency_stats',
];
const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

export function viewFor(request: ViewRequest): SessionView {
  const own = join(request.sessionPath, ownFolder);
  const root = join(request.sessionPath, rootFolder);
  const temporary = join(own, 'tmp');
  for (const path of [root, temporary]) mkdirSync(path, { recursive: true, mode: 0o700 });
  // This folder becomes /tmp, so every user must be able to write to it, in case the program changes its user.
  chmodSync(temporary, 0o1777);
  const emptyPath = join(request.sessionPath, emptyFolder);
  const plan = new MountPlan(realPathOf(root) ?? root, readMounts(), emptyPath);
  // /tmp comes first, because paths below it may be shown again.
  plan.showOwn(temporary, '/tmp');
  const state = withRealNames([request.dataDirectory]);
  const closed = withRealNames([request.userHome, ...request.hidden]);
  const isTool = (path: string) =>
    [...closed, ...state].every((each) => !isWithin(each, path)) &&
    [...state].every((each) => !isWithin(path, each));
  const certificates = (request.certificates ?? [])
    .filter((path) => isTool(realPathOf(path) ?? path))
    .filter(isTool);
  if (request.image) showInImage(plan, request, { own, certificates });
  else showMachine(plan, closed, state);
  showKernel(plan);
  plan.showOwn(temporary, '/var/tmp');
  const toolPaths = toolPathsOf(request);
  if (usesMemory(request, toolPaths)) plan.showOwn(memoryIn(own), '/dev/shm');
  if (!request.image) for (const path of toolPaths.filter(isTool)) plan.showWithRealName(path, 'read');
  for (const path of certificates) plan.showWithRealName(path, 'read');
  for (const { path, sight } of request.granted) plan.showWithRealName(path, sight);
  for (const path of state) if (plan.sightOf(path) !== null) plan.hide(path);
  for (const [n, shown] of request.shown.entries()) showOne(plan, shown, { ...request, overlay: String(n) });
  plan.showWithRealName(own, 'write');
  // No process has written there yet, so nothing there can be a link elsewhere.
  for (const path of plan.filesInOwn) makeFile(path);
  const mountsPath = join(request.sessionPath, mountsFile);
  writePassingNow(mountsPath, plan.text(), { mode: 0o600 });
  return {
    root: realPathOf(root) ?? root,
    mountsPath,
    written: plan.written(),
  };
}

/** Shows the machine's own programs and settings. */
function showMachine(plan: MountPlan, closed: ReadonlySet<string>, state: ReadonlySet<string>): void {
  showSystem(plan, systemNames);
  for (const path of closed) if (plan.sightOf(path) === 'read') plan.hide(path);
  for (const path of systemPaths) plan.show(path, 'read');
  for (const path of systemFiles) showLinked(plan, path);
  closeSystemFiles(plan, state);
}

/** Shows the image's programs and settings, and the session's program if it comes from the machine. */
function showInImage(
  plan: MountPlan,
  { image, argv, cwd, searchPath = '', ...request }: ViewRequest,
  { own, certificates }: { own: string; certificates: readonly string[] },
): void {
  if (!image) return;
  const { shown } = programInImage(argv as [string, ...string[]], cwd);
  const paths = [...request.granted, ...request.shown].map(({ path }) => path);
  const targets = withRealNames([...shown, ...certificates, ...paths, own]);
  showImage(plan, image, { targets: [...targets], searchPath });
  for (const path of shown) plan.showWithRealName(path, 'read');
}

function showOne(
  plan: MountPlan,
  { path, sight, over, from }: ShownPath,
  { sessionPath, isUser = false, overlay }: ViewRequest & { overlay: string },
): void {
  if (over === undefined) {
    plan.showWithRealName(path, sight, from);
    return;
  }
  const work = join(sessionPath, overlayFolder, overlay);
  mkdirSync(work, { recursive: true, mode: 0o700 });
  plan.overlay(path, { lower: over, work, isUser, upper: from });
}

/** What to show for the programs on the search path and for the program to run: outer folders before inner ones. */
function toolPathsOf({ argv, env, cwd, userHome }: ViewRequest): string[] {
  const paths = [...toolRoots(env, userHome), ...programRoots(argv, userHome, cwd)];
  return [...new Set(paths)].sort((a, b) => a.length - b.length);
}

/** The files and folders with certificate authorities that an environment names. */
export function certificatePaths(env: Readonly<Record<string, string>>): string[] {
  return certificateVariables
    .flatMap((name) => (env[name] ?? '').split(delimiter))
    .filter((path) => isAbsolute(path));
}

function withRealNames(paths: readonly string[]): Set<string> {
  return new Set(paths.flatMap((path) => [path, realPathOf(path) ?? path]));
}

function showLinked(plan: MountPlan, path: string): void {
  const real = realPathOf(path);
  if (real !== null && plan.sightOf(real) === null) plan.show(real, 'read');
}

/** What is in Moose's state is hidden as a whole. */
function closeSystemFiles(plan: MountPlan, state: ReadonlySet<string>): void {
  for (const { path, isFolder } of closedSystemFiles()) {
    if ([...state].some((each) => isWithin(path, each))) continue;
    if (isFolder) plan.hide(path);
    else plan.empty(path);
  }
}

function showKernel(plan: MountPlan): void {
  plan.show('/proc', 'write');
  for (const path of readOnlyKernel) plan.show(path, 'read');
  for (const path of emptyKernel) if (realPathOf(path) !== null) plan.empty(path);
  for (const name of devices) plan.device(`/dev/${name}`);
  plan.mount('devpts', '/dev/pts', ['newinstance', 'ptmxmode=0666', 'mode=620', 'nosuid', 'noexec']);
  plan.mount('tmpfs', '/dev/shm', ['nosuid', 'nodev', 'mode=1777']);
  for (const [name, to] of [
    ['ptmx', 'pts/ptmx'],
    ['fd', '/proc/self/fd'],
    ['stdin', '/proc/self/fd/0'],
    ['stdout', '/proc/self/fd/1'],
    ['stderr', '/proc/self/fd/2'],
  ] as const)
    plan.link(`/dev/${name}`, to);
}

function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  closeSync(openPassingNow(path, 'a', 0o644));
}

/** Whether something of this machine must be shown below /dev/shm: then a folder takes the place of new memory. */
function usesMemory(
  { dataDirectory, userHome, shown, granted }: ViewRequest,
  toolPaths: readonly string[],
): boolean {
  const paths = [dataDirectory, userHome, ...toolPaths, ...[...shown, ...granted].map(({ path }) => path)];
  return [...withRealNames(paths)].some((path) => isWithin(path, '/dev/shm'));
}

function memoryIn(own: string): string {
  const path = join(own, 'shm');
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o1777);
  return path;
}
