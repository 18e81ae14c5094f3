// A repository with a remote, a provider and the agent, for one contender and one scenario.
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratchRepository } from '../../src/demo/scratch-repository.ts';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { moose } from '../../src/git/commit/identity.ts';
import { git } from '../../test/e2e/repository.fixture.ts';
import { type OwnProcesses, ownProcesses } from './own-processes.ts';
import { type Bill, installAgent, providerScript, type Task } from './tasks.ts';

export interface Ground {
  directory: string;
  repository: string;
  /** Of Moose; absent before its start. */
  data: string;
  /** Where agents note their starts. */
  shared: string;
  /** The folder of the program `claude`. */
  programs: string;
  /** Including the version. */
  providerUrl: string;
  processes: OwnProcesses;
  bill: Bill;
  /** How many of the tasks have their change and its test on the remote, and how many of them more than one commit. */
  onRemote(tasks: readonly Task[]): Promise<{ landed: number; doubled: number }>;
  /** The worktrees beside the repository itself. */
  worktrees(): Promise<number>;
  close(): Promise<void>;
}

export async function openGround(signal: AbortSignal): Promise<Ground> {
  // The real path is needed, because sessions report their directory as one.
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-unattended-')));
  const shared = join(directory, 'shared');
  const programs = join(directory, 'programs');
  await Promise.all([mkdir(shared), mkdir(programs)]);
  const repository = join(directory, 'till');
  const remote = join(directory, 'till.git');
  await createScratchRepository(repository, signal);
  await git(directory, 'clone', '--quiet', '--bare', repository, remote);
  await git(repository, 'remote', 'add', 'origin', remote);
  await git(repository, 'config', 'user.name', moose.name);
  await git(repository, 'config', 'user.email', moose.email);
  await installAgent(programs, shared);
  const bill: Bill = { nanoUsd: 0n, calls: 0 };
  const provider = await startScriptedProvider({ script: providerScript(bill) });
  const processes = await ownProcesses();
  const lines = async (where: string, ...args: string[]) =>
    (await git(where, ...args)).split('\n').filter((line) => line !== '');
  return {
    directory,
    repository,
    data: join(directory, 'data'),
    shared,
    programs,
    providerUrl: provider.baseUrl,
    processes,
    bill,
    async onRemote(tasks) {
      const commits = new Map<string, number>();
      for (const branch of await lines(remote, 'for-each-ref', '--format=%(refname)', 'refs/heads')) {
        if (branch === 'refs/heads/main') continue;
        const files = await lines(remote, 'ls-tree', '--name-only', branch, 'tasks/');
        const task = tasks.find(({ id }) => files.includes(`tasks/${id}.js`));
        if (!task || !files.includes(`tasks/${task.id}.test.js`)) continue;
        const own = await lines(remote, 'rev-list', branch, '--not', 'main');
        commits.set(task.id, (commits.get(task.id) ?? 0) + own.length);
      }
      return { landed: commits.size, doubled: [...commits.values()].filter((count) => count > 1).length };
    },
    worktrees: async () =>
      (await lines(repository, 'worktree', 'list', '--porcelain')).filter((line) =>
        line.startsWith('worktree '),
      ).length - 1,
    async close() {
      await processes.end();
      await provider.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
