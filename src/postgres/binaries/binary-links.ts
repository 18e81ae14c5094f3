// The platform package lists its symbolic links in a file, and its install script creates them; many installs block
// such scripts.

import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';

/** Creates the missing links. Several processes may do so at the same time. */
export async function recreateLinks(native: string): Promise<void> {
  for (const link of await missingLinks(native)) {
    try {
      await symlink(link.points, link.path);
    } catch (cause) {
      if (!hasErrorCode(cause, 'EEXIST')) throw cause;
    }
  }
}

export async function hasAllLinks(native: string): Promise<boolean> {
  return (await missingLinks(native)).length === 0;
}

interface Link {
  path: string;
  points: string;
}

/** Paths in the list are relative to the package, which contains `native`. A package without a list needs no links. */
async function missingLinks(native: string): Promise<Link[]> {
  const text = (await nullWhenAbsent(readFile(join(native, 'pg-symlinks.json'), 'utf8'))) ?? '[]';
  const missing: Link[] = [];
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const path = inside(native, target);
    if ((await nullWhenAbsent(lstat(path))) !== null) continue;
    missing.push({ path, points: relative(dirname(path), inside(native, source)) });
  }
  return missing;
}

function inside(native: string, listed: string): string {
  const below = relative('native', listed);
  if (below.startsWith('..') || isAbsolute(below))
    throw new Error(`${listed} points outside the PostgreSQL package.`);
  return join(native, below);
}

async function nullWhenAbsent<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
}
