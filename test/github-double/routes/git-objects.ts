import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, actorOf, bodyOf, type Call, created, ok, type Routes, repositoryOf } from '../call.ts';
import { gitAt, gitWith, identityOf, isAncestor, triedGit } from '../git-side.ts';
import { personOf } from '../merge.ts';
import { noticeHeads } from '../notice-heads.ts';
import { Refusal } from '../refusal.ts';
import { noteSigned, refuseUnsigned } from '../signatures.ts';
import type { Repository } from '../state.ts';
import { branchIn, describeRef } from './repositories.ts';

// https://docs.github.com/rest/git: blobs, trees and commits that no branch has yet, and branches that are moved to them

const git = '/repos/{owner}/{repo}/git';

export const gitObjectRoutes: Routes = {
  [`POST ${git}/blobs`]: createBlob,
  [`POST ${git}/trees`]: createTree,
  [`POST ${git}/commits`]: createCommit,
  [`PATCH ${git}/refs/{ref}`]: updateRef,
};

const urlOf = ({ world }: Call, { fullName }: Repository, kind: string, sha: string) =>
  `${world.api}/repos/${fullName}/git/${kind}/${sha}`;

function createBlob(call: Call): Answer {
  const repository = repositoryOf(call);
  const { content, encoding = 'utf-8' } = bodyOf<{ content: string; encoding?: 'utf-8' | 'base64' }>(call);
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
  const sha = gitWith(repository.path, ['hash-object', '-w', '--stdin'], bytes).trim();
  return created({ sha, url: urlOf(call, repository, 'blobs', sha) });
}

interface Entry {
  path: string;
  mode: string;
  type?: string;
  sha?: string | null;
  content?: string;
}

/** Upon `base_tree`, or upon nothing. An entry without a hash removes its path, which must be there. */
function createTree(call: Call): Answer {
  const repository = repositoryOf(call);
  const { path } = repository;
  const wish = bodyOf<{ base_tree?: string; tree: Entry[] }>(call);
  const index = { GIT_INDEX_FILE: join(mkdtempSync(join(path, 'index-')), 'index') };
  try {
    if (wish.base_tree !== undefined && triedGit(path, ['read-tree', wish.base_tree], index) === null)
      throw new Refusal(422, 'Invalid tree info');
    const known = new Set(gitAt(path, ['ls-files', '-z'], index).split('\0'));
    const lines = wish.tree.map(({ path: name, mode, sha, content }) => {
      if (sha === null && !known.has(name)) throw new Refusal(422, 'GitRPC::BadObjectState');
      if (sha === null) return `0 ${'0'.repeat(40)}\t${name}\0`;
      const blob =
        content === undefined ? sha : gitWith(path, ['hash-object', '-w', '--stdin'], content).trim();
      const isThere = mode === '160000' || triedGit(path, ['cat-file', '-e', String(blob)]) !== null;
      if (!isThere) throw new Refusal(422, `tree.sha ${blob} is not a valid blob`);
      return `${mode} ${blob}\t${name}\0`;
    });
    gitWith(path, ['update-index', '-z', '--index-info'], lines.join(''), index);
    const sha = gitAt(path, ['write-tree', '--missing-ok'], index);
    return created({ sha, url: urlOf(call, repository, 'trees', sha), tree: [], truncated: false });
  } finally {
    rmSync(join(index.GIT_INDEX_FILE, '..'), { recursive: true, force: true });
  }
}

interface CommitBody {
  message: string;
  tree: string;
  parents?: string[];
  author?: unknown;
  committer?: unknown;
}

/** Signed only for an App that names nobody as its author. */
function createCommit(call: Call): Answer {
  const { world, token } = call;
  const repository = repositoryOf(call);
  const { message, tree, parents = [], author, committer } = bodyOf<CommitBody>(call);
  const by = identityOf(personOf(actorOf(call)), world.now());
  const given = ['commit-tree', tree, ...parents.flatMap((each) => ['-p', each]), '-m', message];
  const sha = triedGit(repository.path, given, by);
  if (sha === null) throw new Refusal(422, 'Tree SHA does not exist');
  const verified = token?.installation != null && author === undefined && committer === undefined;
  if (verified) noteSigned(repository, sha);
  const url = urlOf(call, repository, 'commits', sha);
  return created({
    sha,
    url,
    message,
    tree: { sha: tree, url: urlOf(call, repository, 'trees', tree) },
    parents: parents.map((each) => ({ sha: each, url: urlOf(call, repository, 'commits', each) })),
    verification: {
      verified,
      reason: verified ? 'valid' : 'unsigned',
      signature: null,
      payload: null,
      verified_at: null,
    },
  });
}

function updateRef(call: Call): Answer {
  const [repository, branch] = [repositoryOf(call), branchIn(call.params.ref)];
  const { sha, force = false } = bodyOf<{ sha: string; force?: boolean }>(call);
  const before = repository.heads.get(branch);
  if (before === undefined) throw new Refusal(422, 'Reference does not exist');
  if (triedGit(repository.path, ['cat-file', '-e', `${sha}^{commit}`]) === null)
    throw new Refusal(422, 'Object does not exist');
  if (!force && !isAncestor(repository.path, before, sha))
    throw new Refusal(422, 'Update is not a fast forward');
  refuseUnsigned(repository, branch, sha);
  gitAt(repository.path, ['update-ref', `refs/heads/${branch}`, sha, before]);
  noticeHeads(call.world, repository, actorOf(call));
  return ok(describeRef(call.world, repository, branch, sha));
}
