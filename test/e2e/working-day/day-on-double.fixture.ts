// A working day on the double of GitHub.
import { startGitHub } from '../../github-double/github.ts';
import type { TestRepository } from '../../github-double/test-repository.ts';
import { git } from '../repository.fixture.ts';
import type { DayForge, DayRepository } from './day-forge.fixture.ts';

export async function dayOnDouble(): Promise<DayForge> {
  const github = await startGitHub();
  return {
    host: github.host,
    kind: 'github',
    apiUrl: github.world.api,
    token: github.tokenOf('moose'),
    addRepository: async (name, path) => {
      const repository = github.addRepository(`acme/${name}`, { files: { 'README.md': '# x\n' } });
      for (const login of ['moose', 'ann']) repository.grant(login, 'write');
      const pushUrl = repository.cloneUrl.replace(
        'http://',
        `http://x-access-token:${github.tokenOf('ann')}@`,
      );
      await git(path, 'push', '--quiet', '--force', pushUrl, 'main:refs/heads/main');
      repository.notice();
      return dayRepository(repository, {
        pushUrl,
        asAnn: async (call, body) => void (await github.as('ann', call, body)),
      });
    },
    stop: () => github.stop(),
  };
}

function dayRepository(
  repository: TestRepository,
  { pushUrl, asAnn }: { pushUrl: string; asAnn(call: string, body: object): Promise<void> },
): DayRepository {
  const { state } = repository;
  const newest = () => [...state.pulls.values()].at(-1);
  const setDefault = (into: string) => {
    const from = state.settings.defaultBranch;
    repository.git('symbolic-ref', 'HEAD', `refs/heads/${into}`);
    state.settings.defaultBranch = into;
    repository.git('update-ref', '-d', `refs/heads/${from}`);
    return from;
  };
  const pullPath = (number: number) => `/repos/${state.fullName}/pulls/${number}`;
  return {
    url: repository.cloneUrl,
    pushUrl,
    read: (...args) => repository.git(...args),
    defaultBranch: async () => state.settings.defaultBranch,
    pull: async () => {
      const pull = newest();
      return (
        pull && {
          number: pull.number,
          headBranch: pull.headBranch,
          baseBranch: pull.baseBranch,
          isOpen: state.issues.get(pull.number)?.state === 'open',
          isMerged: pull.mergedAt !== null,
        }
      );
    },
    setState: (number, how) => asAnn(`PATCH ${pullPath(number)}`, { state: how }),
    updateBranch: (number) => asAnn(`PUT ${pullPath(number)}/update-branch`, {}),
    renameDefault: async (into) => {
      repository.git('update-ref', `refs/heads/${into}`, repository.sha(state.settings.defaultBranch));
      const pull = newest();
      if (pull) pull.baseBranch = into;
      state.heads.delete(setDefault(into));
      repository.notice();
    },
    replaceDefault: async (by) => {
      setDefault(by);
      repository.notice();
    },
    reportCi: async (sha, isRed) => {
      if (!isRed) return void repository.reportCheck(sha, 'test', { conclusion: 'success' });
      const run = repository.startRun(sha, ['test']);
      const log = 'FAIL a.test: expected 2, got 3\n##[error]Process completed with exit code 1.\n';
      repository.reportJob(run, 'test', { conclusion: 'failure', log, failedStep: 'npm test' });
    },
  };
}
