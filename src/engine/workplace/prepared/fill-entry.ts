// Keeps the result of a setup for later work orders. Only a setup that ran on the base's own files, before any agent,
// may fill the cache: a change must not affect another one through it.

import { randomUUID } from 'node:crypto';
import { mkdir, readlink, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PermanentError } from '../../../domain/failure.ts';
import { listIgnored } from '../../../git/worktree/ignored-files.ts';
import { flush, moveDurably, replaceFile } from '../../../stdx/files/durable-files.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import type { CopiedFile } from '../../run/copied-files.ts';
import { setupFirst } from '../../run/setup-names.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { homePathOf } from '../sessions/session-files.ts';
import { dropEntry, entryPath, type Mark, markFile, readMark, stores } from './entry.ts';
import { isFolderBelow } from './folders.ts';
import { areShown } from './home-layer.ts';
import type { Preparation } from './preparation.ts';
import { areAsCopied } from './put-files.ts';
import { copyTree, filesWith, type Measured, measure } from './tree-tools.ts';

/** If there are more separate paths than this, they are not installed dependencies. */
const topsMax = 500;
const filesMax = 1_000_000;
/** A home larger than this is not cached. */
const homeBytesMax = 2 * 1024 ** 3;
const gib = 1024 ** 3;

export async function fillEntry(
  work: Work,
  { key, content, copied }: Pick<Preparation, 'key' | 'content' | 'copied'>,
  worktreePath: string,
): Promise<void> {
  const files = copied?.files ?? [];
  const { preparedGbMax } = work.settings;
  // If sessions see another entry below the homes, the homes do not contain everything that the setup needed.
  if (preparedGbMax === 0 || !(await isUntouched(work)) || (await areShown(work))) return;
  const path = entryPath(work, key);
  if (await readMark(path)) return;
  // Named files are copied again for each worktree. If the setup has changed one, its result would differ.
  if (!(await areAsCopied(worktreePath, files, work.signal))) throw filesChanged();
  const making = join(dirname(path), `.making-${randomUUID()}`);
  try {
    await mkdir(join(making, 'home'), { recursive: true, mode: 0o700 });
    await mkdir(join(making, 'files'));
    const mark = await copyInto(work, making, { worktreePath, files }, preparedGbMax * gib);
    await flush(making, work.signal);
    const whole = { ...mark, content, madeAt: new Date().toISOString() } satisfies Mark;
    await replaceFile(join(making, markFile), JSON.stringify(whole));
    work.reached('preparing:before-keep', work.run.id);
    await takePlace(making, path);
  } finally {
    await removeTree(making);
  }
}

function filesChanged(): PermanentError {
  return workplaceFailures.PREPARED_FILES_CHANGED('prepare');
}

/** True if nothing but setups has run for this work order. */
export async function isUntouched({ database, order, signal }: Work): Promise<boolean> {
  const sessions = await database.run((query) => sessionsOf(query, order.id), signal);
  return sessions.every(({ name }) => name.startsWith(setupFirst));
}

async function copyInto(
  work: Work,
  making: string,
  { worktreePath, files: copied }: { worktreePath: string; files: readonly CopiedFile[] },
  bytesMax: number,
): Promise<Mark> {
  const { signal } = work;
  const homePath = homePathOf(work, 'checks');
  const given = new Set(copied.map(({ path }) => path));
  const ignored = await listIgnored(worktreePath, { signal });
  const tops = ignored.filter((path) => !given.has(path));
  if (tops.length > topsMax) throw new RangeError(`The setup has made ${tops.length} separate paths`);
  await copyEach(worktreePath, tops, join(making, 'files'), signal);
  for (const path of given) await rm(join(making, 'files', path), { force: true });
  const files = await measure(join(making, 'files'), { filesMax, bytesMax });
  const kept = await copyHome(homePath, join(making, 'home'), signal);
  const prefixes = [worktreePath, homePath];
  return {
    tops,
    stores: kept.stores,
    worktreePath,
    homePath,
    files: await treeOf(join(making, 'files'), files, prefixes, signal),
    home: await treeOf(join(making, 'home'), kept.size, prefixes, signal),
  };
}

async function copyEach(
  from: string,
  paths: readonly string[],
  to: string,
  signal: AbortSignal,
): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyTree(join(from, path), join(to, path), signal);
  }
}

async function copyHome(
  homePath: string,
  to: string,
  signal: AbortSignal,
): Promise<{ stores: string[]; size: Measured }> {
  const found: string[] = [];
  for (const store of stores) if (await isFolderBelow(homePath, store)) found.push(store);
  let bytes = 0;
  for (const store of found) {
    const size = await measure(join(homePath, store), { filesMax, bytesMax: Number.POSITIVE_INFINITY });
    bytes += size.bytes;
  }
  const kept = bytes > homeBytesMax ? [] : found;
  await copyEach(homePath, kept, to, signal);
  return { stores: kept, size: await measure(to, { filesMax, bytesMax: homeBytesMax }) };
}

async function treeOf(
  root: string,
  { files, bytes, links }: Measured,
  prefixes: readonly string[],
  signal: AbortSignal,
): Promise<Mark['files']> {
  const placed = await filesWith(root, prefixes, signal);
  for (const link of links) {
    const target = await readlink(join(root, link));
    if (prefixes.some((prefix) => target.includes(prefix))) placed.push(link);
  }
  return { files, bytes, placed };
}

/** Another process may have filled the entry in the meantime: the first one stays, unless it is damaged. */
async function takePlace(making: string, path: string): Promise<void> {
  try {
    await moveDurably(making, path);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOTEMPTY', 'EEXIST')) throw cause;
    if (await readMark(path)) return;
    await dropEntry(path);
    await moveDurably(making, path);
  }
}
