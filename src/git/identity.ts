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
 * Who a work order's commit is by. The committer is always Moose. The author is Moose too, unless the repository
 * itself (not the user's own settings: nobody's name gets onto work that is not theirs by accident) has both
 * `user.name` and `user.email`: then that is whom the project wants named.
 */
export async function commitIdentity(
  repositoryPath: string,
  call: GitCall,
): Promise<Readonly<Record<string, string>>> {
  const name = await localSetting(repositoryPath, 'user.name', call);
  const email = await localSetting(repositoryPath, 'user.email', call);
  if (name === '' || email === '') return mooseIdentity;
  return { ...mooseIdentity, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email };
}

async function localSetting(repositoryPath: string, key: string, call: GitCall): Promise<string> {
  const { stdout } = await runGit(repositoryPath, ['config', '--local', '--get', key], {
    ...call,
    okExitCodes: [1],
  });
  return stdout.trim();
}
