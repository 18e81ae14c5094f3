import { splitNul } from './revision.ts';
import { type GitCall, runGit } from './run-git.ts';

const mooseName = 'Moose';
const mooseEmail = 'moose@localhost';

/** Moose as author and committer, whatever the user's settings are. */
export const mooseIdentity: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: mooseName,
  GIT_AUTHOR_EMAIL: mooseEmail,
  GIT_COMMITTER_NAME: mooseName,
  GIT_COMMITTER_EMAIL: mooseEmail,
};

/**
 * The author of a work order's commit. The committer is always Moose. The author is Moose too, unless the repository
 * itself has both `user.name` and `user.email`: then the project wants that author. The user's own settings do not
 * count, so that nobody appears as the author of work that is not theirs.
 */
export async function commitIdentity(
  repositoryPath: string,
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
  return name && email ? { ...mooseIdentity, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email } : mooseIdentity;
}
