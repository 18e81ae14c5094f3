import { expect, test, vi } from 'vitest';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { diagnoseProjects } from './projects.ts';

const projectIn = (repositoryPath: string) => ({
  name: 'api',
  repositoryPath,
  remoteAddress: null,
  remoteUrl: null,
  defaultBranch: null,
  settings: {},
});

test('R-SEC-5: the doctor says what agents of a trusted project get', async () => {
  const repository = scratchRepository({ 'web/CLAUDE.md': 'Use hooks.\n' });
  const project = projectIn(repository.path);
  const found = async (change: object) => {
    const rows = await diagnoseProjects([{ ...project, ...change }]);
    return rows.find(({ name }) => name === 'agents of api');
  };
  const settings = { trusted: true };
  expect(await found({})).toBeUndefined();
  expect(await found({ settings })).toMatchObject({
    state: 'ok',
    found: expect.stringContaining('1 instruction file, 0 skills, 0 servers'),
  });
  const remote = { settings, repositoryPath: null, remoteAddress: repository.path };
  expect(await found(remote)).toMatchObject({ state: 'ok' });
  expect(await found({ settings, repositoryPath: '/nowhere' })).toBeUndefined();
  repository.commit({ '.mcp.json': '{' });
  expect(await found({ settings })).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('not given: .mcp.json: it is not valid JSON'),
  });
});

test('R-AGENT-4: the doctor says that agents may ask for sub-tasks, and that work orders without a limit have none', async () => {
  const project = projectIn(scratchRepository().path);
  const found = async (settings: object) => {
    const rows = await diagnoseProjects([{ ...project, settings }]);
    return rows.find(({ name }) => name === 'sub-tasks of api');
  };
  expect(await found({})).toBeUndefined();
  expect(await found({ subtasks: 'off' })).toBeUndefined();
  expect(await found({ subtasks: 'ask' })).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('moose project set api --work-order-limit USD'),
  });
  expect(await found({ subtasks: 'allow', work_order_limit_usd: 5 })).toMatchObject({
    state: 'ok',
    found: 'agents may ask for them, without the approval of a person',
  });
});

test('R-SES-4: the doctor says that a repository has no instructions for agents, and is silent if it has', async () => {
  const repository = scratchRepository({ 'readme.md': 'Hello\n' });
  const project = projectIn(repository.path);
  const found = async () =>
    (await diagnoseProjects([project])).find(({ name }) => name === 'instructions of api');
  expect(await found()).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('no instructions for agents'),
    advice: expect.stringContaining('AGENTS.md'),
  });
  repository.commit({ 'web/CLAUDE.md': 'Use hooks.\n' });
  expect(await found()).toBeUndefined();
});

test('R-PROJ-3: a person learns which ignored files agents can read, and which may hold secrets', async () => {
  const repository = scratchRepository({ '.gitignore': '.env*\n', '.worktreeinclude': '.env*\n' });
  const project = projectIn(repository.path);
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

test('R-REPO-2: the doctor says which filters of a repository Moose does not run', async () => {
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  const repository = scratchRepository();
  const project = projectIn(repository.path);
  const found = async (settings = {}) => {
    const rows = await diagnoseProjects([{ ...project, settings }]);
    return rows.find(({ name }) => name === 'filters of api');
  };
  expect(await found()).toBeUndefined();
  repository.commit({ 'secrets/.gitattributes': '* filter=git-crypt diff=git-crypt\n' });
  expect(await found()).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('moose project set api --filter git-crypt'),
  });
  repository.git('config', 'filter.git-crypt.clean', 'git-crypt clean');
  expect(await found({ filters: ['git-crypt'] })).toMatchObject({ state: 'ok' });
  repository.commit({ '.gitattributes': '*.bin filter=lfs\n' });
  expect(await found({ filters: ['git-crypt'] })).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('git lfs install'),
  });
});

test('R-GREEN-7: the doctor names the level of a project that is not judged as by default', async () => {
  const repository = scratchRepository({ 'AGENTS.md': 'Be brief.\n' });
  const project = projectIn(repository.path);
  const found = async (settings: object = {}) =>
    (await diagnoseProjects([{ ...project, settings }])).find(({ name }) => name === 'verification of api');
  expect(await found()).toBeUndefined();
  repository.commit({ '.moose/config.yml': 'verify: checks-only\n' });
  expect(await found()).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('checks-only, by .moose/config.yml'),
    advice: expect.stringContaining('moose project set api --verify standard'),
  });
  expect(await found({ verify: 'standard' })).toBeUndefined();
  expect(await found({ verify: 'strict' })).toMatchObject({
    state: 'ok',
    found: 'strict, by the settings of the project',
  });
});
