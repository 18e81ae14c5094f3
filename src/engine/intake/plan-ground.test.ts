import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import type { ProjectHere } from '../run/project-here.ts';
import { readGround } from './plan-ground.ts';

test('R-SPEC-4: a remote that is empty has nothing to plan for, and the failure says what to do', async () => {
  const folder = scratchDirectory();
  const remote = join(folder, 'remote.git');
  execFileSync('git', ['init', '--quiet', '--bare', remote]);
  const project = {
    ...{ name: 'shop', settings: {}, remoteUrl: remote, remoteAddress: remote },
    repositoryPath: join(folder, 'mirror.git'),
  } as unknown as ProjectHere;
  const spec = { name: 'Shop', content: 'Build it.' };
  const begun = { baseBranch: null, baseSha: null };
  await expect(readGround(project, spec, begun, new AbortController().signal)).rejects.toMatchObject({
    code: 'REMOTE_WITHOUT_DEFAULT_BRANCH',
    advice: expect.stringContaining('moose project set shop --base BRANCH'),
  });
});
