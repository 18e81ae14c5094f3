import { expect, test } from 'vitest';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { diagnoseProjects } from './projects.ts';

test('R-PROJ-3: a person learns which ignored files agents can read, and which may hold secrets', async () => {
  const repository = scratchRepository({ '.gitignore': '.env*\n', '.worktreeinclude': '.env*\n' });
  const project = {
    ...{ name: 'api', repositoryPath: repository.path, remoteAddress: null, remoteUrl: null },
    ...{ defaultBranch: null, settings: {} },
  };
  const found = async (settings = {}) => {
    const rows = await diagnoseProjects([{ ...project, settings }]);
    return rows.find(({ name }) => name === 'files of api');
  };
  expect(await found()).toBeUndefined();
  repository.write({ '.env.test': 'A=1' });
  expect(await found()).toMatchObject({ state: 'ok', found: expect.stringContaining('.env.test') });
  repository.write({ '.env': 'A=1' });
  expect(await found()).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('moose project set api --file none'),
  });
  expect(await found({ files: [] })).toBeUndefined();
});
