// Refuses to publish what a filter protects under a name that no filter protects: an agent sees such a file as it is, and
// may move or copy it (R-REPO-2).

import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { splitNul } from '../read/revision.ts';
import type { TreeChange } from '../read/tree-diff.ts';
import type { GitCall } from '../run/git-call.ts';
import { glanceAt } from '../run/read-now.ts';
import { runGit, runGitBytes } from '../run/run-git.ts';
import { worktreeGitDir } from '../worktree/worktree-list.ts';
import { filtersIn, lfsFilter, quoted } from './filter-names.ts';
import { forbiddenAs } from './forbidden-files.ts';
import type { PathBytes } from './path-bytes.ts';
import { shownPath } from './scratch-index.ts';

export interface OpenChange {
  worktreePath: string;
  parent: string;
  treeSha: string;
  changes: readonly TreeChange[];
  /** The changed files that have no filter. */
  open: readonly TreeChange[];
  /** The filters that run, so that sessions see what they protect. */
  run: ReadonlySet<string>;
}

/** A shorter file may be equal to another one by chance. */
const toldBytesMin = 16;

/** @throws FORBIDDEN_CHANGE */
export async function refuseCopiesOfFiltered(change: OpenChange, call: GitCall): Promise<void> {
  const { worktreePath, parent, open, run } = change;
  if (open.length === 0 || [...run].every((name) => name === lfsFilter)) return;
  const blobs = await blobsIn(worktreePath, parent, call);
  const all = await filtersIn(worktreePath, parent, [...blobs.keys()], call);
  const isProtected = (name: string) => run.has(name) && name !== lfsFilter;
  const filtered = new Map([...all].filter(([, name]) => isProtected(name)));
  if (filtered.size === 0) return;
  const stored = new Set(blobs.values());
  const suspects = open.filter(({ newSha }) => !stored.has(newSha));
  if (suspects.length === 0) return;
  const readable = await readableOf(change, [...filtered.keys()], call);
  const refused = suspects.flatMap(({ path, newSha }) => {
    const source = readable.get(newSha);
    if (source === undefined) return [];
    const name = filtered.get(source) ?? '';
    const reason = `it is a copy of ${shownPath(source)}, which the filter "${name}" protects, and has no filter itself`;
    return [{ path, reason }];
  });
  forbiddenAs(
    refused,
    'Keep the file where the filter applies to it, or let the new name have that filter too.',
  );
}

async function blobsIn(path: string, tree: string, call: GitCall): Promise<Map<PathBytes, string>> {
  const { stdout } = await runGitBytes(path, ['ls-tree', '-r', '-z', tree], call);
  const lines = splitNul(stdout.toString('latin1')).filter((line) => line.startsWith('100'));
  return new Map(
    lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.split(/[ \t]/)[2] ?? ''] as const),
  );
}

/** The hashes of what sessions see of the protected files: as they lie there, or were before the change. */
async function readableOf(
  { worktreePath, parent, changes }: OpenChange,
  filtered: readonly PathBytes[],
  call: GitCall,
): Promise<Map<string, PathBytes>> {
  const changed = new Set(changes.map(({ pathBytes }) => pathBytes));
  const found = await hashesOf(
    { worktreePath, folder: worktreePath },
    filtered.filter((path) => !changed.has(path)),
    call,
  );
  const directory = await mkdtemp(join(await worktreeGitDir(worktreePath, call), 'moose-index-'));
  try {
    const files = join(directory, 'files');
    await mkdir(files);
    const env = { ...call.env, GIT_INDEX_FILE: join(directory, 'index'), GIT_WORK_TREE: files };
    const own: GitCall = { ...call, env };
    await runGit(worktreePath, ['read-tree', parent], own);
    const gone = filtered.filter((path) => changed.has(path));
    // In an empty folder, the attributes are those of the parent, whatever the change made of them.
    const input = Buffer.from(gone.map((path) => `${path}\0`).join(''), 'latin1');
    await runGit(worktreePath, ['checkout-index', '-z', '--stdin'], { ...own, input });
    for (const [id, path] of await hashesOf({ worktreePath, folder: files }, gone, call)) found.set(id, path);
  } finally {
    await removeTree(directory);
  }
  return found;
}

async function hashesOf(
  { worktreePath, folder }: { worktreePath: string; folder: string },
  paths: readonly PathBytes[],
  call: GitCall,
): Promise<Map<string, PathBytes>> {
  const there: [Buffer, PathBytes][] = [];
  for (const path of paths) {
    const at = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
    const file = glanceAt(at);
    if (file?.isFile() && file.size >= toldBytesMin) there.push([at, path]);
  }
  if (there.length === 0) return new Map();
  const input = there.map(([at]) => `${quoted(at.toString('latin1'))}\n`).join('');
  const asked = ['hash-object', '--no-filters', '--stdin-paths'];
  const { stdout } = await runGit(worktreePath, asked, { ...call, input: Buffer.from(input, 'latin1') });
  return new Map(
    stdout
      .trimEnd()
      .split('\n')
      .map((id, at) => [id, there[at]?.[1] ?? ''] as const),
  );
}
