// Finds files in a worktree that may not be committed, and refuses them.

import { lstat, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { gitFailures } from '../failure-catalogue.ts';
import type { TreeChange } from '../read/tree-diff.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { type ForbiddenChange, forbiddenChange, forbiddenName } from './change-guard.ts';
import type { PathBytes } from './path-bytes.ts';
import { shownPath } from './scratch-index.ts';

export interface GuardRequest {
  worktreePath: string;
  /** True if changes to CI and hooks are allowed. */
  allowCiChanges?: boolean;
}

/** More changed files than this are a mistake (an unpacked archive, a cache), not a change that anybody reviews. */
const maxChangedFiles = 20_000;
/** Forges refuse larger files. */
const maxFileBytes = 100 * 1024 * 1024;
const maxNamedInError = 20;

/** Refuses files by their name and size, before git copies them into the repository. */
export async function forbiddenBeforeReading(
  request: GuardRequest,
  paths: readonly PathBytes[],
): Promise<ForbiddenChange[]> {
  if (paths.length > maxChangedFiles) {
    return [
      {
        path: shownPath(paths[0] ?? ''),
        reason: `it is one of ${paths.length} changed files; the limit is ${maxChangedFiles}`,
      },
    ];
  }
  const forbidden: ForbiddenChange[] = [];
  for (const bytes of paths) {
    const path = shownPath(bytes);
    const reason =
      forbiddenName(path, { allowCiChanges: request.allowCiChanges ?? false }) ??
      (await tooLarge(request.worktreePath, bytes));
    if (reason !== null) forbidden.push({ path, reason });
  }
  return forbidden;
}

async function tooLarge(worktreePath: string, bytes: PathBytes): Promise<string | null> {
  try {
    const { size } = await lstat(
      Buffer.concat([Buffer.from(`${worktreePath}/`), Buffer.from(bytes, 'latin1')]),
    );
    return size > maxFileBytes ? `it has ${size} bytes; the limit is ${maxFileBytes}` : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null; // The file was deleted, so there is nothing to inspect.
    throw error;
  }
}

export async function forbiddenAmong(
  request: GuardRequest,
  changes: readonly TreeChange[],
  call: GitCall,
): Promise<ForbiddenChange[]> {
  const rules = { allowCiChanges: request.allowCiChanges ?? false };
  const forbidden: ForbiddenChange[] = renamedGitFolders(changes);
  for (const change of changes) {
    const link = change.newMode === '120000' ? await followLink(request.worktreePath, change, call) : {};
    const found = forbiddenChange({ ...change, ...link }, rules);
    if (found) forbidden.push(found);
  }
  return forbidden;
}

/** Whatever its name, git takes a folder with HEAD, objects and refs for a repository: one holds commits and settings. */
function renamedGitFolders(changes: readonly TreeChange[]): ForbiddenChange[] {
  const added = changes.filter(({ oldMode, newMode }) => oldMode === '000000' && newMode !== '000000');
  const paths = added.map(({ path }) => path);
  const heads = paths.filter((path) => path === 'HEAD' || path.endsWith('/HEAD'));
  const isBeside = (head: string, name: string) => {
    const start = `${head.slice(0, -'HEAD'.length)}${name}/`;
    return paths.some((path) => path.startsWith(start));
  };
  return heads
    .filter((head) => isBeside(head, 'objects') || isBeside(head, 'refs'))
    .map((path) => ({ path, reason: "it is in git's own directory under another name" }));
}

async function followLink(worktreePath: string, change: TreeChange, call: GitCall) {
  const { stdout: linkTarget } = await runGit(worktreePath, ['cat-file', 'blob', change.newSha], call);
  const root = await realpath(worktreePath);
  try {
    return { linkTarget, linkLeadsTo: relative(root, await realpath(join(root, change.path))) };
  } catch {
    return { linkTarget, linkLeadsTo: null }; // The link dangles or forms a loop, so only its text is judged.
  }
}

export function refuse(forbidden: readonly ForbiddenChange[]): void {
  forbiddenAs(forbidden, adviceFor(forbidden));
}

function adviceFor(forbidden: readonly ForbiddenChange[]): string {
  const has = (part: string) => forbidden.some(({ reason }) => reason.includes(part));
  if (has('configures CI'))
    return 'Revert that change; if it is intended, allow changes to CI in the project: `moose project set PROJECT --allow-ci`.';
  if (has('separate git repository'))
    return 'Delete the `.git` folder in it, so that its files become part of the change, or move it out of the worktree.';
  if (has('the limit is')) return 'Leave it out: add it to .gitignore, or make it smaller.';
  if (has('under another name')) return 'Delete that folder, or move it out of the worktree.';
  if (has('Windows')) return 'Rename that file, or delete it if it was made by mistake.';
  return 'Revert that change.';
}

/** Nothing if there are none. @throws FORBIDDEN_CHANGE */
export function forbiddenAs(forbidden: readonly ForbiddenChange[], advice: string): void {
  const [first] = forbidden;
  if (!first) return;
  const more = forbidden.length > 1 ? ` (and ${forbidden.length - 1} more)` : '';
  throw gitFailures.FORBIDDEN_CHANGE(
    { operation: 'commit', metadata: { forbidden: forbidden.slice(0, maxNamedInError) } },
    { path: first.path, reason: first.reason, more, advice },
  );
}
