// Signs off commits (Developer Certificate of Origin): the same commits, with a line that names their author.

import type { GitPerson } from '../../domain/forge/git-person.ts';
import { type CommitObject, writeCommit } from '../commit/commit-object.ts';
import { commitIdentity, moose } from '../commit/identity.ts';
import { hasTrailers, type Trailers } from '../commit/trailers.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';

const trailer = 'Signed-off-by';
/** A change of Moose has a commit for each cycle, and a merge for each time that its base was brought in. */
const commitsMax = 200;

/** The line for a commit that Moose makes in this repository now. */
export async function signOffTrailer(
  repositoryPath: string,
  committer: GitPerson = moose,
  call: GitCall = {},
): Promise<Trailers> {
  const { GIT_AUTHOR_NAME: name = '', GIT_AUTHOR_EMAIL: email = '' } = await commitIdentity(
    repositoryPath,
    committer,
    call,
  );
  return { [trailer]: `${name} <${email}>` };
}

/** The new head; the old one if every commit is signed off, or there are too many. The result must be pushed with a lease. */
export async function signOff(
  repositoryPath: string,
  {
    baseSha,
    headSha,
    committer = moose,
  }: { baseSha: string; headSha: string; committer?: GitPerson | undefined },
  call: GitCall,
): Promise<string> {
  const commits = await listCommits(repositoryPath, `${baseSha}..${headSha}`, call);
  if (commits.length > commitsMax) return headSha;
  const made = new Map<string, string>();
  for (const { sha, tree, parents, author, message } of commits) {
    const signed = { [trailer]: `${author.name} <${author.email}>` };
    const now = parents.map((parent) => made.get(parent) ?? parent);
    const isMoved = now.some((parent, index) => parent !== parents[index]);
    if (hasTrailers(message, signed) && !isMoved) continue;
    const identity: CommitObject['identity'] = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: author.date,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
    };
    const line = `${trailer}: ${signed[trailer]}`;
    const text = hasTrailers(message, signed) ? message : withLine(message, line);
    made.set(sha, await writeCommit(repositoryPath, { tree, parents: now, message: text, identity }, call));
  }
  return made.get(headSha) ?? headSha;
}

/** In the last paragraph, if that has lines of this form. */
function withLine(message: string, line: string): string {
  const text = message.trimEnd();
  const last = text.split(/\n\n+/).at(-1) ?? '';
  const isTrailers =
    text.includes('\n\n') && last.split('\n').every((each) => /^[A-Za-z][\w-]*: \S/.test(each));
  return `${text}${isTrailers ? '\n' : '\n\n'}${line}`;
}

interface Listed {
  sha: string;
  tree: string;
  parents: string[];
  author: { name: string; email: string; date: string };
  message: string;
}

/** Oldest first. */
async function listCommits(path: string, range: string, call: GitCall): Promise<Listed[]> {
  const format = '%H%x00%T%x00%P%x00%an%x00%ae%x00%ad%x00%B%x00';
  const args = ['log', '--reverse', '--topo-order', `--max-count=${commitsMax + 1}`, '--date=raw'];
  const { stdout } = await runGit(path, [...args, `--format=${format}`, range, '--'], call);
  const fields = stdout.split('\0');
  const commits: Listed[] = [];
  for (let at = 0; at + 6 < fields.length; at += 7) {
    const [sha = '', tree = '', parents = '', name = '', email = '', date = '', message = ''] = fields.slice(
      at,
      at + 7,
    );
    commits.push({
      sha: sha.trim(),
      tree,
      parents: parents.split(' ').filter((parent) => parent !== ''),
      author: { name, email, date },
      message,
    });
  }
  return commits;
}
