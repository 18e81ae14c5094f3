// An entry of the cache: the result of one setup, in a folder that gets its name only when it is complete (R-PROJ-3).
import { randomUUID } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readIfThere } from '../../../git/run/is-there.ts';
import { parseKept } from '../../../stdx/files/kept-json.ts';
import { renamePassing } from '../../../stdx/files/passing-files.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import type { Work } from '../../run/work.ts';

const tree = z.object({
  files: z.number(),
  bytes: z.number(),
  /** Text files and symbolic links that contain the path at which they were made. */
  placed: z.array(z.string()),
});

const shape = z.object({
  /** The files that git ignores in the worktree: paths below `files/`. */
  tops: z.array(z.string()),
  /** Folders from the home directory: paths below `home/`. */
  stores: z.array(z.string()),
  files: tree,
  home: tree,
  worktreePath: z.string(),
  homePath: z.string(),
  /** As `Preparation.content`. */
  content: z.string().optional(),
  madeAt: z.iso.datetime().optional(),
});
export type Mark = z.infer<typeof shape>;

/** The mark file, which is written last. */
export const markFile = 'mark.json';

export function cachePath(dataDirectory: string): string {
  return join(dataDirectory, 'prepared');
}

export function entryPath({ project, settings }: Work, key: string): string {
  return join(cachePath(settings.dataDirectory), project.id, key);
}

/** Null if there is no complete entry: the next process that fills it replaces the file. */
export async function readMark(path: string): Promise<Mark | null> {
  return parseKept(await readIfThere(join(path, markFile)), shape);
}

/** After this, nobody finds the entry; a process that is copying it notices missing files, and runs the setup. */
export async function dropEntry(path: string): Promise<void> {
  const gone = join(dirname(path), `.gone-${randomUUID()}`);
  try {
    await renamePassing(path, gone);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return;
    throw cause;
  }
  await removeTree(gone);
}

/** Like `dropEntry`, but the content stays for two days, because sessions may still see it. */
export async function setAside(path: string): Promise<void> {
  const gone = join(dirname(path), `.gone-${randomUUID()}`);
  try {
    await renamePassing(path, gone);
    const now = new Date();
    await utimes(gone, now, now);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
  }
}

/** Folders of a home that tools read when they build or test, besides the worktree's own files. */
export const stores: readonly string[] = [
  'go/pkg/mod',
  '.cargo/registry',
  '.cargo/git',
  '.m2/repository',
  '.gradle/caches',
  '.gradle/wrapper',
  '.nuget/packages',
  '.cache/ms-playwright',
  '.cache/Cypress',
  '.cache/puppeteer',
  '.cache/pypoetry/virtualenvs',
  '.cache/coursier',
  '.yarn/berry/cache',
  '.local/lib',
  '.local/bin',
  '.local/share/gem',
  '.local/share/uv/python',
  '.gem',
  '.bundle',
  '.mix',
  '.hex',
];
