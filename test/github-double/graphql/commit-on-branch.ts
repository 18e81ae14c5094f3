import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gitAt, gitWith, identityOf } from '../git-side.ts';
import { personOf } from '../merge.ts';
import { noticeHeads } from '../notice-heads.ts';
import { noteSigned } from '../signatures.ts';
import type { Repository, User } from '../state.ts';
import type { World } from '../world.ts';
import { GraphqlError, type Resolved } from './execute.ts';

// https://docs.github.com/graphql/reference/mutations#createcommitonbranch: GitHub signs it, and files have no mode.

interface AgentChoice {
  branch: { repositoryNameWithOwner?: string; branchName?: string };
  message: { headline: string; body?: string | null };
  fileChanges?: {
    additions?: { path: string; contents: string }[];
    deletions?: { path: string }[];
  };
  expectedHeadOid: string;
}

export function commitOnBranch(world: World, repository: Repository, by: User, wish: AgentChoice): Resolved {
  const { path } = repository;
  const branch = (wish.branch.branchName ?? '').replace(/^refs\/heads\//, '');
  const head = repository.heads.get(branch);
  if (head === undefined)
    throw new GraphqlError(`A ref with the name "${branch}" does not exist`, 'NOT_FOUND');
  if (head !== wish.expectedHeadOid)
    throw new GraphqlError(
      `Expected branch to point to "${wish.expectedHeadOid}" but it did not. Pull and try again.`,
      'STALE_DATA',
    );
  const { additions = [], deletions = [] } = wish.fileChanges ?? {};
  const index = { GIT_INDEX_FILE: join(mkdtempSync(join(path, 'index-')), 'index') };
  try {
    gitAt(path, ['read-tree', head], index);
    const modes = new Map(
      gitAt(path, ['ls-files', '-z', '--stage'], index)
        .split('\0')
        .filter((line) => line !== '')
        .map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, 6)]),
    );
    const removed = deletions.map(({ path: name }) => {
      if (!modes.has(name))
        throw new GraphqlError(
          `A path was requested for deletion which does not exist as of commit oid \`${head}\``,
          'UNPROCESSABLE',
        );
      return `0 ${'0'.repeat(40)}\t${name}\0`;
    });
    const added = additions.map(({ path: name, contents }) => {
      const bytes = Buffer.from(contents, 'base64');
      const blob = gitWith(path, ['hash-object', '-w', '--stdin'], bytes).trim();
      return `${modes.get(name) ?? '100644'} ${blob}\t${name}\0`;
    });
    gitWith(path, ['update-index', '-z', '--index-info'], [...removed, ...added].join(''), index);
    const tree = gitAt(path, ['write-tree'], index);
    const { headline, body } = wish.message;
    const message = body ? `${headline}\n\n${body}` : headline;
    const as = identityOf(personOf(by), world.now());
    const sha = gitAt(path, ['commit-tree', tree, '-p', head, '-m', message], as);
    noteSigned(repository, sha);
    gitAt(path, ['update-ref', `refs/heads/${branch}`, sha, head]);
    noticeHeads(world, repository, by);
    const signature = { isValid: true, wasSignedByGitHub: true };
    return { ref: { name: branch }, commit: { oid: sha, tree: { oid: tree }, signature } };
  } finally {
    rmSync(join(index.GIT_INDEX_FILE, '..'), { recursive: true, force: true });
  }
}
