// Reads the worktree for the pure core and resolves every link: what a path refers to on disk, and whether it stays
// inside the worktree.

import { lstatSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';
import {
  type FileAt,
  type Fingerprint,
  fileBytesMax,
  fingerprint,
  linkFingerprint,
  type ReadFileAt,
} from './drafts.ts';

/** `root` is the worktree's real path. */
export function createWorktreeReader(root: string): ReadFileAt {
  return (path) => readAt(root, path);
}

/** What now exists at a path of the plan, without following a link at its end. */
export function fingerprintAt(root: string, path: string): Fingerprint | 'directory' | 'special' {
  const whole = join(root, path);
  const entry = statEntry(whole);
  if (entry === null) return fingerprint(null);
  if (entry.isSymbolicLink()) return linkFingerprint(readlinkSync(whole));
  if (entry.isFile()) return fingerprint(readFileSync(whole));
  return entry.isDirectory() ? 'directory' : 'special';
}

/** True if the existing directories above a path are still not links, so that writes stay inside the worktree. */
export function isUnmoved(root: string, path: string): boolean {
  let directory = dirname(join(root, path));
  while (directory !== root && statEntry(directory) === null) directory = dirname(directory);
  return realpathSync(directory) === directory;
}

function readAt(root: string, path: string): FileAt {
  const segments = path.split('/');
  const last = segments.pop() ?? '';
  let directory = root;
  for (const [index, segment] of segments.entries()) {
    const here = join(directory, segment);
    const entry = statEntry(here);
    const rest = [...segments.slice(index), last].join(sep);
    if (entry === null) return plain(root, join(directory, rest), 'missing');
    const real = entry.isSymbolicLink() ? resolveLink(root, here) : here;
    if (typeof real !== 'string') return { entryPath: path, link: null, state: real };
    if (!statSync(real).isDirectory()) return blocked(root, join(directory, rest), real);
    directory = real;
  }
  return readLast(root, join(directory, last));
}

function readLast(root: string, whole: string): FileAt {
  const entry = statEntry(whole);
  if (entry === null) return plain(root, whole, 'missing');
  if (!entry.isSymbolicLink())
    return { entryPath: inside(root, whole), link: null, state: readState(root, whole, entry) };
  const real = resolveLink(root, whole);
  const state = typeof real === 'string' ? readState(root, real, statSync(real)) : real;
  return { entryPath: inside(root, whole), link: readlinkSync(whole), state };
}

function readState(root: string, whole: string, entry: Stats): FileAt['state'] {
  if (entry.isDirectory()) return { kind: 'directory' };
  if (!entry.isFile()) return { kind: 'special' };
  if (entry.size > fileBytesMax) return { kind: 'too_large' };
  return { kind: 'file', path: inside(root, whole), bytes: readFileSync(whole) };
}

function resolveLink(root: string, link: string): string | { kind: 'outside' | 'dangling' } {
  try {
    const real = realpathSync(link);
    const path = relative(root, real);
    const isOutside = path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
    return isOutside ? { kind: 'outside' } : real;
  } catch (error) {
    // ELOOP: links that form a loop lead to nothing either.
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return { kind: 'dangling' };
    throw error;
  }
}

function plain(root: string, whole: string, kind: 'missing'): FileAt {
  const path = inside(root, whole);
  return { entryPath: path, link: null, state: { kind, path } };
}

function blocked(root: string, whole: string, by: string): FileAt {
  const path = inside(root, whole);
  return { entryPath: path, link: null, state: { kind: 'blocked', path, by: inside(root, by) } };
}

function inside(root: string, whole: string): string {
  return relative(root, whole).split(sep).join('/');
}

function statEntry(whole: string): Stats | null {
  try {
    return lstatSync(whole);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
