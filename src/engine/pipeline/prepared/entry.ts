// An entry of the cache: what one setup has made, in a folder that is whole from the moment it has its name (R-PROJ-3).
import { randomUUID } from 'node:crypto';
import { rename, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readIfThere } from '../../../git/is-there.ts';
import { removeTree } from '../../../stdx/remove-tree.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import type { Work } from '../../run/work.ts';

const tree = z.object({
  files: z.number(),
  bytes: z.number(),
  /** Text files and symbolic links that contain the place where they were made. */
  placed: z.array(z.string()),
});

const shape = z.object({
  /** What git ignores in the worktree: paths below `files/`. */
  tops: z.array(z.string()),
  /** Folders of the home directory: paths below `home/`. */
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

/** Written last. */
export const markFile = 'mark.json';

export function cachePath(dataDirectory: string): string {
  return join(dataDirectory, 'prepared');
}

export function entryPath({ project, settings }: Work, key: string): string {
  return join(cachePath(settings.dataDirectory), project.id, key);
}

/** Null: there is no whole entry. */
export async function readMark(path: string): Promise<Mark | null> {
  const text = await readIfThere(join(path, markFile));
  if (text === null) return null;
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Damaged: whoever fills it next replaces it.
    return null;
  }
}

/** Nobody finds it any more; who is copying it finds that files are missing, and runs the setup. */
export async function dropEntry(path: string): Promise<void> {
  const gone = join(dirname(path), `.gone-${randomUUID()}`);
  try {
    await rename(path, gone);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return;
    throw cause;
  }
  await removeTree(gone);
}

/** The same, but what is in it stays for a day: sessions may still see it. */
export async function setAside(path: string): Promise<void> {
  const gone = join(dirname(path), `.gone-${randomUUID()}`);
  try {
    await rename(path, gone);
    const now = new Date();
    await utimes(gone, now, now);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
  }
}

/** Below a home: what tools read when they build or test, beside the worktree's own files. */
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
