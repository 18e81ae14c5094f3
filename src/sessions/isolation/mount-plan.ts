// The root directory of a session: which paths of the machine it contains, and which are writable. Unnamed paths do not
// exist there. It is written as lines like those of fstab(5), which
// enter-namespace.pl executes.

import { lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';

/** `read`: for a folder, everything below it. `hide`: replaced by an empty folder. */
export type Sight = 'read' | 'write' | 'hide';

interface MountPoint {
  path: string;
  /** Mount flags that the kernel does not let an ordinary user drop. */
  flags: string[];
}

export interface OverlayMount {
  /** The folder below, which is never written. */
  lower: string;
  /** An empty folder in the file system of the path, which only the kernel uses. */
  work: string;
  /** True in a user namespace, where the kernel stores its overlay data in other attributes. */
  isUser: boolean;
  /** The folder that takes what is written, if it is not the path itself. */
  upper?: string | undefined;
}

/** Whether the path needs no escaping in the options of a mount. */
export function isPlainPath(path: string): boolean {
  return /^\/[\w@%+./=-]+$/.test(path);
}

/** Flags that a mount may have; the kernel locks them if it is mounted again in a user namespace. */
const lockedFlags = ['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime'];

/**
 * The mounts of this process, from the outermost to the innermost, without those below /proc: systemd mounts something there
 * on most machines, and a session has a /proc of its own.
 */
export function readMounts(): MountPoint[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, , , , path, options] = line.split(' ');
      if (path === undefined || options === undefined || path.startsWith('/proc/')) return [];
      return [
        { path: unescaped(path), flags: options.split(',').filter((flag) => lockedFlags.includes(flag)) },
      ];
    });
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Escapes a path for the plan, in which a space ends the field. */
function escaped(path: string): string {
  return path.replace(/[ \n\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** The path without symbolic links; null if it does not exist or this user may not see it. */
export function realPathOf(path: string): string | null {
  try {
    // An error takes ten times as long as a look, and most tools are not on a machine.
    return statSync(path, { throwIfNoEntry: false }) ? realpathSync.native(path) : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'EPERM', 'ENAMETOOLONG')) return null;
    throw error;
  }
}

export class MountPlan {
  /** The path outside at which the new root is built. */
  readonly #root: string;
  readonly #mounts: readonly MountPoint[];
  readonly #lines: string[] = [];
  /** `source` is the path that appears there; null for what the kernel makes. */
  readonly #seen: { path: string; sight: Sight; source: string | null }[] = [];
  /** The folders that Moose made for this root, in which it can make files that something is mounted on. */
  readonly #own: string[] = [];
  readonly #emptyPath: string;
  /** A file must exist before something is mounted on it: these in the new root itself. */
  readonly #files: string[] = [];
  /** These outside of it, in folders that will be mounted there. */
  readonly filesInOwn: string[] = [];
  readonly #links: { path: string; to: string }[] = [];

  /** In `emptyPath`, a folder is made for each one that hides something. */
  constructor(root: string, mounts: readonly MountPoint[], emptyPath: string) {
    this.#root = root;
    this.#mounts = mounts;
    this.#emptyPath = emptyPath;
  }

  /** Whether and how a path is already shown. */
  sightOf(path: string): Sight | null {
    return this.#seen.findLast((each) => isWithin(path, each.path))?.sight ?? null;
  }

  /** The writable paths. Read-only paths below them are known only from the mounts. */
  written(): string[] {
    return this.#seen.filter(({ sight }) => sight === 'write').map(({ path }) => path);
  }

  /** Shows `source`, under its own name or another one. Does nothing if the path does not exist. */
  show(source: string, sight: 'read' | 'write', path = source): void {
    const real = realPathOf(source);
    if (real === null) return;
    if (sight === 'read' && this.sightOf(path) === 'read' && !this.#isMountPoint(path)) return;
    const isFolder = statSync(real).isDirectory();
    if (!isFolder && !this.#isThere(path)) this.#makeFile(path);
    const flags = this.#flagsAt(real);
    const make = isFolder ? ['X-mount.mkdir'] : [];
    this.#line(real, path, 'none', ['rbind', ...(sight === 'read' ? ['ro'] : []), ...flags, ...make]);
    this.#seen.push({ path, sight, source: real });
    // Only the mount itself becomes read-only, not the mounts below it. Their source says that they may be gone meanwhile.
    const below = this.#mounts.filter((each) => each.path !== real && isWithin(each.path, real));
    if (sight === 'read')
      for (const inner of below)
        this.#line('below', path + inner.path.slice(real === '/' ? 0 : real.length), 'none', [
          ...['remount', 'bind', 'ro'],
          ...inner.flags,
        ]);
  }

  /** Shows a folder that Moose made for this root, and that nobody has used yet. */
  showOwn(source: string, path: string): void {
    this.#own.push(realPathOf(source) ?? source);
    this.show(source, 'write', path);
  }

  /**
   * Shows a folder or file (not a link) of a container image, without the rights that setuid programs and device files
   * in it would give.
   */
  showImage(source: string, path: string): void {
    const isFolder = lstatSync(source).isDirectory();
    if (!isFolder) this.#makeFile(path);
    const make = isFolder ? ['X-mount.mkdir'] : [];
    const flags = new Set(['nosuid', 'nodev', ...this.#flagsAt(source)]);
    this.#line(source, path, 'none', ['bind', 'ro', ...flags, ...make]);
    this.#seen.push({ path, sight: 'read', source });
  }

  /** Recreates a link of a container image; it is resolved inside the new root. */
  linkOf(source: string, path: string): void {
    this.link(path, readlinkSync(source));
  }

  /**
   * Shows a path, or `from` in its place, under its given name and under its real name, because programs store the real
   * one.
   */
  showWithRealName(path: string, sight: 'read' | 'write', from?: string): void {
    const real = realPathOf(path);
    if (real === null) return;
    this.show(from ?? real, sight, real);
    if (real !== path && !this.#isReachedByLink(path)) this.show(from ?? real, sight, path);
  }

  /** A writable folder on top of `lower`. The path has no symbolic link, and no name in it a comma. */
  overlay(path: string, { lower, work, isUser, upper = path }: OverlayMount): void {
    const options = [
      `lowerdir=${lower}`,
      `upperdir=${upper}`,
      `workdir=${work}`,
      // The lower folder may be replaced between two mounts, and the upper one is changed in between.
      ...['index=off', 'metacopy=off', 'redirect_dir=nofollow', 'xino=off'],
      ...(isUser ? ['userxattr'] : []),
      ...['nosuid', 'nodev', 'X-mount.mkdir'],
    ];
    this.#line('overlay', path, 'overlay', options);
    this.#seen.push({ path, sight: 'write', source: upper });
  }

  hide(path: string): void {
    const source = join(this.#emptyPath, String(this.#own.length));
    mkdirSync(source, { recursive: true, mode: 0o755 });
    this.#own.push(source);
    this.#line(source, path, 'none', ['bind', ...this.#flagsAt(source), 'X-mount.mkdir']);
    this.#seen.push({ path, sight: 'hide', source });
  }

  /**
   * A device that a session can read and write. Its file is the machine's own, and only a read-only mount keeps a session
   * of root from changing its mode or owner. Does nothing if it does not exist.
   */
  device(path: string): void {
    const real = realPathOf(path);
    if (real === null) return;
    this.#makeFile(path);
    this.#line(real, path, 'none', ['bind', 'ro', ...this.#flagsAt(real)]);
    this.#seen.push({ path, sight: 'write', source: real });
  }

  /** A file that is empty for every reader, and that no session can change: it is a device of the machine. */
  empty(path: string): void {
    this.#line('/dev/null', path, 'none', ['bind', 'ro', ...this.#flagsAt('/dev/null')]);
  }

  mount(type: string, path: string, options: readonly string[]): void {
    this.#line(type, path, type, [...options, 'X-mount.mkdir']);
    this.#seen.push({ path, sight: 'write', source: null });
  }

  link(path: string, to: string): void {
    this.#links.push({ path, to });
  }

  /**
   * All lines of the plan. The first ones make files and links, the last ones make the hidden folders and the root itself
   * read-only.
   */
  text(): string {
    const flags = this.#flagsAt(this.#emptyPath);
    const hidden = this.#hidden().map((path) => this.#closed(path, flags));
    const files = this.#files.map((path) => `none ${this.#target(path)} file -`);
    const links = this.#links.map(({ path, to }) => `${escaped(to)} ${this.#target(path)} link -`);
    return `${[...files, ...links, ...this.#lines, ...hidden, this.#closed('/')].join('\n')}\n`;
  }

  /** The hidden paths, except those that were shown again later. */
  #hidden(): string[] {
    const last = new Map(this.#seen.map(({ path, sight }) => [path, sight]));
    return [...last].flatMap(([path, sight]) => (sight === 'hide' ? [path] : []));
  }

  #closed(path: string, flags: readonly string[] = []): string {
    const options = new Set(['remount', 'bind', 'ro', 'nosuid', 'nodev', ...flags]);
    return `none ${this.#target(path)} none ${[...options].join(',')}`;
  }

  /** Whatever is shown at the path's folder later would cover it. */
  #makeFile(path: string): void {
    const around = this.#seen.findLast((each) => isWithin(path, each.path));
    if (around === undefined) this.#files.push(path);
    else if (around.source !== null && this.#own.includes(around.source))
      this.filesInOwn.push(around.source + path.slice(around.path.length));
  }

  #target(path: string): string {
    return escaped(path === '/' ? this.#root : this.#root + path);
  }

  #line(source: string, path: string, type: string, options: readonly string[]): void {
    this.#lines.push(`${escaped(source)} ${this.#target(path)} ${type} ${options.join(',')}`);
  }

  #flagsAt(path: string): readonly string[] {
    const inside = this.#mounts.filter((each) => isWithin(path, each.path));
    return inside.reduce((best, each) => (each.path.length >= best.path.length ? each : best), {
      path: '',
      flags: [] as string[],
    }).flags;
  }

  /** Whether the new root has a file or folder to mount the path on. */
  #isThere(path: string): boolean {
    const around = this.#seen.findLast((each) => isWithin(path, each.path));
    if (around?.source == null) return false;
    return realPathOf(around.source + path.slice(around.path.length)) !== null;
  }

  #isMountPoint(path: string): boolean {
    return this.#mounts.some((each) => each.path === path);
  }

  #isReachedByLink(path: string): boolean {
    return this.#links.some((link) => isWithin(path, link.path)) || this.sightOf(path) === 'read';
  }
}

/** The entries of the machine's root that contain its programs; a link stays a link. */
export function showSystem(plan: MountPlan, names: readonly string[]): void {
  for (const name of names) {
    const path = `/${name}`;
    const entry = lstatSync(path, { throwIfNoEntry: false });
    // The link is relative, so that it leads to the right place while the root is being built.
    if (entry?.isSymbolicLink()) plan.link(path, (realPathOf(path) ?? '/nowhere').slice(1));
    else if (entry?.isDirectory()) plan.show(path, 'read');
  }
}
