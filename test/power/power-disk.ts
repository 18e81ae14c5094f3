// A disk that loses its power: an image file, of which a copy is made at one instant, while it is written. The copy has what
// a disk would have at that instant; what was only in the kernel's memory is not there. Mounting it replays its journal.
import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sleep } from '../../src/stdx/async/sleep.ts';

const run = promisify(execFile);

export const fileSystems = ['ext4', 'xfs', 'btrfs'] as const;
export type FileSystem = (typeof fileSystems)[number];

/** Without room for a full image: the blocks of copies are shared. */
const outerBytes = 12 * 1024 ** 3;
const diskBytes = 3 * 1024 ** 3;
const umountTriesMax = 100;
const umountEveryMs = 100;

export interface PowerDisk {
  /** Where it is mounted. */
  path: string;
  /**
   * Copies the disk after `freeze` has stopped everything that uses it, lets `end` end that, and goes on with the copy.
   */
  cut(freeze: () => Promise<void>, end: () => Promise<void>): Promise<void>;
  remove(): Promise<void>;
}

/** What this machine lacks for a disk of this kind, by name. */
export class CannotMount extends Error {}

/** `root`: an empty folder. @throws CannotMount */
export async function makeDisk(root: string, fileSystem: FileSystem): Promise<PowerDisk> {
  const [outerImage, outer, path] = [join(root, 'outer.img'), join(root, 'outer'), join(root, 'disk')];
  for (const folder of [outer, path]) await mkdir(folder, { mode: 0o711 });
  // Only a file system that shares blocks copies a file at one instant.
  await format(outerImage, 'xfs', outerBytes);
  await mount(outerImage, outer, 'xfs');
  const image = join(outer, 'disk.img');
  const remove = async () => {
    for (const each of [path, outer]) await unmount(each).catch(() => undefined);
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await format(image, fileSystem, diskBytes);
    await mount(image, path, fileSystem);
  } catch (cause) {
    await remove();
    throw cause;
  }
  return {
    path,
    remove,
    async cut(freeze, end) {
      const next = join(outer, 'next.img');
      await freeze();
      await run('cp', ['--reflink=always', image, next]);
      await end();
      await unmount(path);
      await detached(image);
      await rename(next, image);
      await mount(image, path, fileSystem).catch((cause: unknown) => {
        throw new Error(`The disk cannot be mounted after a cut: ${saidBy(cause)}`, { cause });
      });
    },
  };
}

async function format(image: string, fileSystem: FileSystem, bytes: number): Promise<void> {
  await run('truncate', ['--size', String(bytes), image]);
  const words = { ext4: ['-q', '-F'], xfs: ['-q', '-f'], btrfs: ['-q', '-f'] }[fileSystem];
  await run(`mkfs.${fileSystem}`, [...words, image]).catch((cause: unknown) => {
    throw new CannotMount(`mkfs.${fileSystem} does not work here: ${saidBy(cause)}`);
  });
}

async function mount(image: string, path: string, fileSystem: FileSystem): Promise<void> {
  await run('mount', ['-o', 'loop', '-t', fileSystem, image, path]).catch((cause: unknown) => {
    throw new CannotMount(
      `an image with ${fileSystem} cannot be mounted here (mount -o loop): ${saidBy(cause)}`,
    );
  });
}

/** The kernel lets go of a killed process's files a moment later. */
async function unmount(path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await run('umount', [path]);
      return;
    } catch (cause) {
      if (tries === umountTriesMax) throw cause;
      await sleep(umountEveryMs);
    }
  }
}

/** Another namespace may hold the mount a moment longer, and a kernel mounts no second file system of the same name. */
async function detached(image: string): Promise<void> {
  for (let tries = 1; tries <= umountTriesMax; tries += 1) {
    const { stdout } = await run('losetup', ['--noheadings', '--output', 'NAME', '--associated', image]);
    if (stdout.trim() === '') return;
    await sleep(umountEveryMs);
  }
  throw new Error(`${image} is still mounted somewhere`);
}

function saidBy(cause: unknown): string {
  const text = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
  return (text || String(cause)).trim().split('\n').at(-1) ?? '';
}
