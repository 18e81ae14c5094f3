// The repository that sessions see in a worktree, as `.git` (R-REPO-5, R-SEC-5): it has refs, an index, a configuration,
// hooks and stashes of its own, and borrows the project's objects, which sessions can only read. Moose's git never reads
// it: what sessions do there has no effect on the project, nor on what Moose commits, which are the worktree's files.

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTurns } from '../../stdx/async/in-turn.ts';
import { copyPassing, renamePassing, writePassing } from '../../stdx/files/passing-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { newRepository } from '../refs/new-repository.ts';
import { redactUrls } from '../remote/redact-url.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere, lstatIfThere, readIfThere } from '../run/is-there.ts';
import { putFile } from '../run/put-file.ts';
import { glanceAt, namesNow } from '../run/read-now.ts';
import { checkoutTimeoutMs, readPlainConfig, runGit } from '../run/run-git.ts';
import { headState } from '../worktree/head-state.ts';
import { orOpened } from '../worktree/open-tree.ts';
import { entryOf, entryPathOf, newDraft } from '../worktree/worktree-entry.ts';
import { commonGitDir, storedWorktreePath } from '../worktree/worktree-list.ts';
import { alternatesLine } from './alternates.ts';
import { type ConfigEntry, configText } from './plain-config.ts';

export interface SessionWorktree {
  repositoryPath: string;
  worktreePath: string;
  signal?: AbortSignal | undefined;
}

/** In the entry: the commit at which sessions were last given the repository. */
const givenMark = 'session-repository-given';

/**
 * Call this before a session starts. If Moose has committed since the last session, or the repository is not usable, its
 * branch and its index are reset to those of Moose's worktree. Everything else in it stays, also for later sessions.
 */
export async function readySessionRepository(of: SessionWorktree): Promise<void> {
  await withFileFailures('ready session repository', of.signal, async () => {
    const path = await storedWorktreePath(of.worktreePath);
    // A scratch checkout has a repository of its own already.
    if ((await entryOf(path)) === null) return;
    await inTurn(path, () => orOpened(path, () => readyAt(path, of)));
  });
}

/** Several services of one worktree start at once. */
const inTurn = createTurns();

async function readyAt(path: string, { repositoryPath, signal }: SessionWorktree): Promise<void> {
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  const given = join(entryPathOf(path), givenMark);
  const state = await headState(path, call);
  const at = `${state.branch} ${state.sha}`;
  const isUsable = await looksUsable(join(path, '.git'));
  if (isUsable && (await readIfThere(given)) === at) return;
  if (!isUsable) await makeRepository(repositoryPath, path, state, call);
  await bringTo(path, await commonGitDir(repositoryPath, call), state);
  await putFile(given, at);
}

/** Also if Moose has not committed since: a session may have committed, or moved its branch, in its own repository. */
export async function resetSessionRepository(of: SessionWorktree): Promise<void> {
  await removeTree(join(entryPathOf(await storedWorktreePath(of.worktreePath)), givenMark));
  await readySessionRepository(of);
}

async function looksUsable(git: string): Promise<boolean> {
  for (const name of ['', 'objects', 'refs'])
    if (!(await lstatIfThere(join(git, name)))?.isDirectory()) return false;
  return (await lstatIfThere(join(git, 'HEAD')))?.isFile() === true;
}

interface At {
  branch: string | null;
  sha: string | null;
}

/** Complete or not at all. What is in its place is removed. */
async function makeRepository(
  repositoryPath: string,
  path: string,
  { sha }: At,
  call: GitCall,
): Promise<void> {
  const commonDir = await commonGitDir(repositoryPath, call);
  // What is renamed into a worktree must be on its file system, unlike the entry.
  const draft = newDraft(path);
  await mkdir(draft, { mode: 0o700 });
  await newRepository(draft, { isSha256: sha?.length === 64 }, call);
  const made = join(draft, '.git');
  // As git's own template has them: setups write there without asking.
  for (const name of ['info', 'hooks']) await mkdir(join(made, name), { recursive: true });
  const own = configText(sessionConfig(await readPlainConfig(commonDir, call)));
  await writePassing(join(made, 'config'), own, { flag: 'a' });
  await writePassing(join(made, 'packed-refs'), await refsOf(repositoryPath, call));
  for (const name of ['shallow', 'info/sparse-checkout']) {
    const from = name === 'shallow' ? commonDir : entryPathOf(path);
    if (await isThere(join(from, name))) await copyPassing(join(from, name), join(made, name));
  }
  await removeTree(join(path, '.git'));
  await renamePassing(made, join(path, '.git'));
  await removeTree(draft);
}

/** Nothing secret, and nothing that starts a program: addresses are shown without credentials. */
const shownKeys =
  /^(core\.(filemode|symlinks|ignorecase|precomposeunicode|autocrlf|eol|safecrlf|whitespace|longpaths|abbrev|quotepath|sparsecheckout(cone)?)|extensions\.partialclone|index\..+|remote\..+\.(url|pushurl|fetch|tagopt|promisor|partialclonefilter)|branch\..+|(user|author|committer)\.(name|email)|init\.defaultbranch|i18n\..+|lfs\..+)$/s;

function sessionConfig(entries: readonly ConfigEntry[]): ConfigEntry[] {
  return entries
    .filter(({ key }) => shownKeys.test(key))
    .map(({ key, value }) => ({ key, value: value === null ? null : redactUrls(value) }));
}

/** The project's branches and tags, as packed refs: sessions compare with them. Not stashes and what Moose preserves. */
async function refsOf(repositoryPath: string, call: GitCall): Promise<string> {
  const asked = [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/heads',
    'refs/tags',
    'refs/remotes',
  ];
  return (await runGit(repositoryPath, asked, call)).stdout;
}

/** What git writes for a merge, rebase or similar operation, and locks of a git that was killed. */
const unfinished =
  /^(?:MERGE_\w+|AUTO_MERGE|SQUASH_MSG|CHERRY_PICK_HEAD|REVERT_HEAD|BISECT_\w+|sequencer|rebase-\w+|.+\.lock)$/;

/** Call this only while no session of the worktree is at work, other than services. */
async function bringTo(path: string, commonDir: string, { branch, sha }: At): Promise<void> {
  const git = join(path, '.git');
  for (const name of namesNow(git)) if (unfinished.test(name)) await removeTree(join(git, name));
  await removeTree(join(git, 'commondir'));
  await put(git, 'objects/info/alternates', alternatesLine(join(commonDir, 'objects')));
  if (branch !== null && sha !== null) {
    await removeTree(join(git, `refs/heads/${branch}.lock`));
    await put(git, `refs/heads/${branch}`, `${sha}\n`);
  }
  await put(git, 'HEAD', branch === null ? `${sha}\n` : `ref: refs/heads/${branch}\n`);
  // It names files by their state on disk, so git does not read all of them again.
  const index = join(entryPathOf(path), 'index');
  if (!(await isThere(index))) return;
  const draft = newDraft(path);
  await copyPassing(index, draft);
  await removeTree(join(git, 'index'));
  await renamePassing(draft, join(git, 'index'));
}

/** A session may have put a link or a file in place of a folder. */
async function put(git: string, name: string, text: string): Promise<void> {
  let folder = git;
  for (const part of dirname(name).split('/')) {
    folder = join(folder, part);
    if (glanceAt(folder)?.isDirectory()) continue;
    await removeTree(folder);
    await mkdir(folder);
  }
  await putFile(join(git, name), text);
}
