// Puts uncommitted files that a project names into a worktree, and remembers them: they never become part of a change
// (R-PROJ-3).

import { readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { TransientError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { blobIdOf } from '../../../git/commit/object-id.ts';
import { isThere } from '../../../git/run/is-there.ts';
import type { HeldBack } from '../../../git/worktree/held-back.ts';
import { ignoredAmong } from '../../../git/worktree/included-files.ts';
import { removeIgnored } from '../../../git/worktree/working-files.ts';
import { holdBack } from '../../../git/worktree/worktree-entry.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import { openPassing } from '../../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import { type CopiedFile, type CopiedFiles, readPlain } from '../../run/copied-files.ts';
import { copiedFilesMemo } from '../../run/effects/retention-job.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { isWayFree, isWayOpen, makeWay } from './folders.ts';
import { clearWhiteouts } from './layer.ts';
import { readRecord } from './read-record.ts';

/** Removes what git ignores in the worktree, and copies the files that the project names from the checkout again. */
export async function freshIgnored(
  work: Work,
  worktreePath: string,
  copied: CopiedFiles | null,
): Promise<void> {
  await emptyIgnored(work, worktreePath);
  await putFiles(work, worktreePath, copied);
}

export async function emptyIgnored(work: Work, worktreePath: string): Promise<void> {
  await clearWhiteouts(work, worktreePath);
  await removeIgnored(worktreePath, { signal: work.signal });
}

/** Existing paths stay: a tracked file, or something else in its place. */
export function putFiles(work: Work, worktreePath: string, copied: CopiedFiles | null): Promise<void> {
  return copyFiles(worktreePath, copied, work.signal, async (files) => {
    await remember(work, files);
    const paths = files.map(({ path }) => path);
    await holdBack(worktreePath, paths);
  });
}

/** The same for a checkout that no change is made from. */
export async function copyFiles(
  worktreePath: string,
  copied: CopiedFiles | null,
  signal: AbortSignal,
  beforeThat: (files: readonly CopiedFile[]) => Promise<void> = async () => undefined,
): Promise<void> {
  if (copied === null || copied.checkout === null || copied.files.length === 0) return;
  const free: CopiedFile[] = [];
  for (const file of copied.files) if (await isWayFree(worktreePath, file.path)) free.push(file);
  const paths = free.map(({ path }) => path);
  const ignored = await ignoredAmong(worktreePath, paths, { signal });
  const wanted = free.filter(({ path }) => ignored.has(path));
  await beforeThat(wanted);
  for (const file of wanted) {
    signal.throwIfAborted();
    await putOne(copied.checkout, worktreePath, file);
  }
}

async function putOne(checkout: string, worktreePath: string, file: CopiedFile): Promise<void> {
  const { path, kind, mode, bytes, objectId } = file;
  const [from, to] = [join(checkout, path), join(worktreePath, path)];
  // If a log has grown since it was found, only its earlier content is copied.
  const content = await read(from, kind, bytes);
  if (content === null || blobIdOf(content, objectId) !== objectId) throw changed(from);
  if (!(await makeWay(worktreePath, dirname(path))) || (await isThere(to))) return;
  if (kind === 'link') {
    await symlink(content.toString(), to);
    return;
  }
  // Fails if something has appeared in its place, so nothing is written through a link.
  const target = await openPassing(to, 'wx', mode & 0o777);
  try {
    await target.writeFile(content);
  } finally {
    await target.close();
  }
}

/** Gone, closed, or something else in its place: a link, a socket, a folder. */
const replaced = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO', 'EACCES', 'EPERM'];

async function read(from: string, kind: CopiedFile['kind'], firstBytes?: number): Promise<Buffer | null> {
  try {
    return kind === 'link' ? Buffer.from(await readlink(from)) : await readPlain(from, firstBytes);
  } catch (cause) {
    if (hasErrorCode(cause, ...replaced)) return null;
    throw cause;
  }
}

function changed(path: string): TransientError {
  return workplaceFailures.PROJECT_FILE_CHANGED('prepare', { path });
}

const shape = z.array(z.object({ path: z.string(), objectId: z.string().nullable() }));

/** Outside the files that sessions see. */
function memoPath({ order, settings }: Work): string {
  return join(settings.dataDirectory, 'homes', shortId(order.id), copiedFilesMemo);
}

/** Every file that was ever put into its worktree on this machine: a change must not contain it. */
export async function heldBackOf(work: Work): Promise<HeldBack[]> {
  return (await readRecord(memoPath(work), shape)) ?? [];
}

/** A shorter file may be equal to another one by chance. */
const toldBytesMin = 16;

/** Call this before the files are copied. */
async function remember(work: Work, files: readonly CopiedFile[]): Promise<void> {
  const known = await heldBackOf(work);
  const now = files.map(({ path, bytes, objectId }) => ({
    path,
    objectId: bytes < toldBytesMin ? null : objectId,
  }));
  const isKnown = ({ path, objectId }: HeldBack) =>
    known.some((each) => each.path === path && each.objectId === objectId);
  const added = now.filter((file) => !isKnown(file));
  if (added.length === 0) return;
  await replaceFile(memoPath(work), JSON.stringify([...known, ...added] satisfies HeldBack[]));
}

/** Whether the copied files that git ignores are unchanged: a setup may have changed one. */
export async function areAsCopied(
  worktreePath: string,
  files: readonly CopiedFile[],
  signal: AbortSignal,
): Promise<boolean> {
  const paths = files.map(({ path }) => path);
  const ignored = await ignoredAmong(worktreePath, await withoutLinks(worktreePath, paths), { signal });
  for (const { path, kind, objectId } of files) {
    if (!ignored.has(path)) continue;
    const content = await read(join(worktreePath, path), kind);
    if (content === null || blobIdOf(content, objectId) !== objectId) return false;
  }
  return true;
}

/** Git refuses a path behind a link. */
async function withoutLinks(worktreePath: string, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await isWayOpen(worktreePath, dirname(path))) found.push(path);
  return found;
}
