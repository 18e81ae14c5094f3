// Promise 1: a Moose that is killed at any moment continues from there, and commits nothing twice.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../stdx/seeded-random.fixture.ts';
import { gitIn, scratchDirectory, scratchRepository } from './scratch-repository.fixture.ts';

const killCount = 8;
const commitCount = 6;
const maxLifeMs = 900;

const script = `
  import { execFileSync } from 'node:child_process';
  import { writeFileSync } from 'node:fs';
  import { commitAll } from ${JSON.stringify(join(import.meta.dirname, 'commit/commit.ts'))};
  import { pushBranch, remoteBranchSha, ensureBareRemote } from ${JSON.stringify(join(import.meta.dirname, 'remote/remote.ts'))};
  import { readySessionRepository } from ${JSON.stringify(join(import.meta.dirname, 'sessions/session-repository.ts'))};
  import { ensureWorktree } from ${JSON.stringify(join(import.meta.dirname, 'worktree/worktree.ts'))};
  const [repositoryPath, directory, baseSha] = process.argv.slice(1);
  const [worktreePath, remoteUrl, branch] = [directory + '/tree', directory + '/remote.git', 'moose/ab12'];
  await ensureBareRemote(remoteUrl, { defaultBranchFrom: repositoryPath, branch: 'main', sha: baseSha });
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha });
  let parent = baseSha;
  for (let cycle = 0; cycle < ${commitCount}; cycle += 1) {
    const trailers = { 'Moose-Cycle': String(cycle) };
    const format = '--format=%H %(trailers:key=Moose-Cycle,valueonly,separator=)';
    const log = execFileSync('git', ['-C', repositoryPath, 'log', format, parent + '..' + branch], { encoding: 'utf8' });
    const found = log.split('\\n').find((line) => line.split(' ')[1] === String(cycle));
    if (found) { parent = found.split(' ')[0]; continue; }
    for (let file = 0; file < 5; file += 1) writeFileSync(worktreePath + '/f' + cycle + '-' + file, 'x');
    parent = (await commitAll({ repositoryPath, worktreePath, branch, expectedParent: parent, message: 'Cycle ' + cycle, trailers })).sha;
    const expectedRemoteSha = await remoteBranchSha({ repositoryPath, remoteUrl, branch });
    await pushBranch({ repositoryPath, remoteUrl, branch, sha: parent, expectedRemoteSha });
  }
  const expectedRemoteSha = await remoteBranchSha({ repositoryPath, remoteUrl, branch });
  await pushBranch({ repositoryPath, remoteUrl, branch, sha: parent, expectedRemoteSha });
  // As before each session: a kill after the last commit may have left the session's repository behind it.
  await readySessionRepository({ repositoryPath, worktreePath });
`;

test('R-PIPE-5: killed again and again between and within its steps, it makes each commit exactly once', async () => {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const repository = scratchRepository(
    Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`base-${index}`, 'x'])),
  );
  const directory = scratchDirectory();
  const start = () => {
    const argv = ['--input-type=module', '-e', script, repository.path, directory, repository.headSha];
    return spawn(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] });
  };
  for (let kill = 0; kill < killCount; kill += 1) {
    const child = start();
    const timer = setTimeout(() => child.kill('SIGKILL'), random() * maxLifeMs);
    const [exitCode, signal] = await once(child, 'exit');
    clearTimeout(timer);
    expect(signal === 'SIGKILL' || exitCode === 0, `seed ${seed}: a run ended with ${exitCode}`).toBe(true);
  }
  expect(await once(start(), 'exit'), `seed ${seed}`).toEqual([0, null]);
  const tree = join(directory, 'tree');
  const made = gitIn(
    repository.path,
    'log',
    '--reverse',
    '--format=%s',
    `${repository.headSha}..moose/ab12`,
  ).split('\n');
  expect(made, `seed ${seed}`).toEqual(Array.from({ length: commitCount }, (_, cycle) => `Cycle ${cycle}`));
  expect(gitIn(tree, 'status', '--porcelain')).toBe('');
  expect(gitIn(join(directory, 'remote.git'), 'rev-parse', 'moose/ab12')).toBe(
    gitIn(tree, 'rev-parse', 'HEAD'),
  );
  expect(gitIn(repository.path, 'fsck', '--no-dangling', '--no-reflogs')).toBe('');
});
