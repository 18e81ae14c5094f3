import type { GitPerson } from '../../domain/forge/git-person.ts';
import { splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';

/** One identity as author and committer, whatever the user's git settings are. */
export const identityOf = ({ name, email }: GitPerson): Readonly<Record<string, string>> => ({
  GIT_AUTHOR_NAME: name,
  GIT_AUTHOR_EMAIL: email,
  GIT_COMMITTER_NAME: name,
  GIT_COMMITTER_EMAIL: email,
});

export const moose: GitPerson = { name: 'Moose', email: 'moose@localhost' };
export const mooseIdentity = identityOf(moose);

/**
 * The author of a work order's commit. The committer is always Moose: its account on the forge, if it has one. The
 * author is the same, unless the repository itself sets both `user.name` and `user.email`: then the project wants that
 * author. The user's own settings do not count, so that nobody appears as the author of work that is not theirs.
 */
export async function commitIdentity(
  repositoryPath: string,
  committer: GitPerson,
  call: GitCall,
): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await runGit(
    repositoryPath,
    ['config', '--local', '-z', '--get-regexp', '^user\\.(name|email)$'],
    {
      ...call,
      okExitCodes: [1],
    },
  );
  const settings = new Map(
    splitNul(stdout).map(
      (entry) => [entry.split('\n', 1)[0], entry.slice(entry.indexOf('\n') + 1).trim()] as const,
    ),
  );
  const [name, email] = [settings.get('user.name'), settings.get('user.email')];
  const identity = identityOf(committer);
  return name && email ? { ...identity, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email } : identity;
}
