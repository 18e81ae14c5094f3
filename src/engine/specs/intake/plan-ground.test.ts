import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import type { ProjectHere } from '../../run/project-here.ts';
import { readGround } from './plan-ground.ts';

test('R-SPEC-4: a remote that is empty has nothing to plan for, and the failure says what to do', async () => {
  const folder = scratchDirectory();
  const remote = join(folder, 'remote.git');
  execFileSync('git', ['init', '--quiet', '--bare', remote]);
  const project = {
    name: 'shop',
    settings: {},
    remoteUrl: remote,
    remoteAddress: remote,
    repositoryPath: join(folder, 'mirror.git'),
  } as unknown as ProjectHere;
  const spec = { name: 'Shop', content: 'Build it.' };
  const begun = { baseBranch: null, baseSha: null };
  await expect(readGround(project, spec, begun, new AbortController().signal)).rejects.toMatchObject({
    code: 'REMOTE_WITHOUT_DEFAULT_BRANCH',
    advice: expect.stringContaining('moose project set shop --base BRANCH'),
  });
});

test('R-PROJ-2: a plan is for the branch that the project file names, as a work order is', async () => {
  const repository = scratchRepository({ '.moose/config.yml': 'base: develop\n' });
  execFileSync('git', ['branch', 'develop'], { cwd: repository.path });
  const project = {
    name: 'shop',
    settings: {},
    remoteUrl: null,
    remoteAddress: null,
    repositoryPath: repository.path,
  } as unknown as ProjectHere;
  const begun = { baseBranch: null, baseSha: null };
  const ground = await readGround(
    project,
    { name: 'Shop', content: 'Build it.' },
    begun,
    new AbortController().signal,
  );
  expect(ground).toMatchObject({ baseBranch: 'develop', baseSha: repository.headSha });
  expect(ground.paths.has('.moose/config.yml')).toBe(true);
});
