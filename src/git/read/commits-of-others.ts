// Whose commits a branch has that a work order did not make.
import { moose } from '../commit/identity.ts';
import { hasTrailers, type Trailers } from '../commit/trailers.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { assertSha, commitsAmong } from './revision.ts';

const commitsMax = 200;
/** More names do not fit into a sentence. */
const authorsMax = 5;

/**
 * The authors of the commits that are in `tip`, not in `known`, and not made by the work order of these trailers: each
 * once, the newest first. A commit that somebody has amended keeps its trailers, and has another committer. Merges do not
 * count. `own`: commits of the work order; those of `known` and `own` that the repository does not have are left out.
 */
export async function authorsOfOthers(
  repositoryPath: string,
  {
    tip,
    known,
    own,
    trailers,
  }: { tip: string; known: readonly string[]; own: readonly string[]; trailers: Trailers },
  call: GitCall = {},
): Promise<string[]> {
  assertSha(tip);
  const here = await commitsAmong(repositoryPath, [...known, ...own], call);
  const without = [...here].map((sha) => `^${sha}`);
  const listed = await listCommits(
    repositoryPath,
    ['--no-merges', `--max-count=${commitsMax}`, tip, ...without],
    call,
  );
  if (listed.length === 0) return [];
  const ownHere = own.filter((sha) => here.has(sha));
  const made = ownHere.length > 0 ? await listCommits(repositoryPath, ['--no-walk', ...ownHere], call) : [];
  const committers = new Set([moose.email, ...made.map(({ committer }) => committer)]);
  const others = listed.filter(
    ({ committer, message }) => !(committers.has(committer) && hasTrailers(message, trailers)),
  );
  return [...new Set(others.map(({ author }) => author))].slice(0, authorsMax);
}

async function listCommits(
  path: string,
  range: readonly string[],
  call: GitCall,
): Promise<{ author: string; committer: string; message: string }[]> {
  const args = ['log', '--format=%an%x00%ce%x00%B%x00', ...range, '--'];
  const { stdout } = await runGit(path, args, call);
  const fields = stdout.split('\0');
  const commits = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [author = '', committer = '', message = ''] = fields.slice(at, at + 3);
    commits.push({ author: author.replace(/^\n/, ''), committer, message });
  }
  return commits;
}
