// Moves a change from its starting commit onto another one, with objects only: no working tree, no index, no ref.
// Leaves out what the old start contained, so a change stays small when the parent change was squashed or rewritten.
// Conflicting files are committed with git's conflict marks, to be resolved in a later commit.
import { type GitPerson, gitPerson } from '../../domain/forge/git-person.ts';
import { writeCommit } from '../commit/commit-object.ts';
import { identityOf, moose } from '../commit/identity.ts';
import { treeOf } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import type { BaseMerge, MergedBase } from './merge-base-in.ts';
import { mergedTree } from './merged-tree.ts';

export interface Rebase extends BaseMerge {
  /** The commit that the change started from, or that was last merged into it. */
  oldBaseSha: string;
}

/** A change of Moose has one commit per cycle; a change with more commits than this becomes one commit. */
const commitsMax = 50;

interface Replayed {
  sha: string;
  parent: string | undefined;
  author: { name: string; email: string; date: string };
  message: string;
}

/** The result does not descend from the head, so pushing it overwrites the branch: push it with a lease. */
export async function rebaseOnto(rebase: Rebase): Promise<MergedBase> {
  const { repositoryPath: path, headSha, baseSha, oldBaseSha, message, committer = moose, signal } = rebase;
  const call: GitCall = { signal };
  const whole = await mergeFrom(path, { from: oldBaseSha, ours: baseSha, theirs: headSha }, call);
  const identity = identityOf(committer);
  const commits = await listCommits(path, `${oldBaseSha}..${headSha}`, call);
  if (whole.conflicts.length === 0) {
    const sha = await replay(rebase, commits, { identity, treeSha: whole.treeSha }, call);
    if (sha !== null) return { sha, ...whole };
  }
  const credits = coAuthors(commits, committer).join('\n');
  const credited =
    credits === '' ? message : `${message}${message.includes('\n\n') ? '\n' : '\n\n'}${credits}`;
  const commit = { tree: whole.treeSha, parents: [baseSha], message: credited, identity };
  return { sha: await writeCommit(path, commit, call), ...whole };
}

/** Repeats each commit with its author and message; null if one conflicts, or if the end result would differ. */
async function replay(
  { repositoryPath: path, baseSha }: Rebase,
  commits: readonly Replayed[],
  { identity, treeSha }: { identity: Readonly<Record<string, string>>; treeSha: string },
  call: GitCall,
): Promise<string | null> {
  if (commits.length > commitsMax) return null;
  let at = { sha: baseSha, tree: await treeOf(path, baseSha, call) };
  for (const { sha, parent: from, author, message } of commits) {
    if (from === undefined) return null;
    const next = await mergeFrom(path, { from, ours: at.sha, theirs: sha }, call);
    if (next.conflicts.length > 0) return null;
    // A commit whose changes are already in the new base is left out.
    if (next.treeSha === at.tree) continue;
    const authored = {
      ...identity,
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: author.date,
    };
    const commit = { tree: next.treeSha, parents: [at.sha], message, identity: authored };
    at = { sha: await writeCommit(path, commit, call), tree: next.treeSha };
  }
  return at.tree === treeSha ? at.sha : null;
}

/** The other authors of what becomes one commit, as lines that forges read. */
function coAuthors(commits: readonly Replayed[], committer: GitPerson): string[] {
  const people = commits.slice(0, commitsMax).map(({ author }) => gitPerson(author));
  const others = people.filter((person) => person && ![committer.email, moose.email].includes(person.email));
  return [...new Set(others.map((person) => `Co-authored-by: ${person?.name} <${person?.email}>`))];
}

/** Oldest first, without merges: a merge adds nothing but what it decides, and then the end result differs. */
async function listCommits(path: string, range: string, call: GitCall): Promise<Replayed[]> {
  const format = '%H%x00%P%x00%an%x00%ae%x00%ad%x00%B%x00';
  const args = [
    'log',
    '--reverse',
    '--no-merges',
    '--topo-order',
    `--max-count=${commitsMax + 1}`,
    '--date=raw',
  ];
  const { stdout } = await runGit(path, [...args, `--format=${format}`, range, '--'], call);
  const fields = stdout.split('\0');
  const commits: Replayed[] = [];
  for (let at = 0; at + 5 < fields.length; at += 6) {
    const [sha = '', parents = '', name = '', email = '', date = '', message = ''] = fields.slice(at, at + 6);
    commits.push({
      sha: sha.trim(),
      parent: parents.split(' ').find((parent) => parent !== ''),
      author: { name, email, date },
      message,
    });
  }
  return commits;
}

/**
 * Merges both sides with `from` as their base. git 2.38 has no option for the base, so a temporary commit has `from` as
 * its only parent, and the files of `ours`.
 */
async function mergeFrom(
  path: string,
  { from, ours, theirs }: { from: string; ours: string; theirs: string },
  call: GitCall,
): Promise<{ treeSha: string; conflicts: string[] }> {
  const onlyForThis = { message: 'The new base', identity: identityOf(moose) };
  const tree = await treeOf(path, ours, call);
  const sideSha = await writeCommit(path, { ...onlyForThis, tree, parents: [from] }, call);
  const merged = await mergedTree(path, { ours: sideSha, theirs }, call);
  return { treeSha: merged.tree, conflicts: merged.conflicts };
}
