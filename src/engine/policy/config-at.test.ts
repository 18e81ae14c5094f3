import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchRepository, writeFiles } from '../../git/scratch-repository.fixture.ts';
import { configAt } from './config-at.ts';

const at = (files: Record<string, string>) => {
  const { path, headSha } = scratchRepository(files);
  return configAt(path, headSha);
};

const invalid = (said: string) => ({
  code: 'PROJECT_CONFIG_INVALID',
  message: expect.stringContaining(said),
  metadata: { file: '.moose/config.yml', line: expect.any(Number), column: expect.any(Number) },
});

test('R-PROJ-2: the settings are those of the commit, whatever lies in the working tree', async () => {
  const repository = scratchRepository({ '.moose/config.yml': 'agent: codex\n' });
  writeFiles(repository.path, { '.moose/config.yml': 'agent: patch\n' });
  expect(await configAt(repository.path, repository.headSha)).toEqual({ agent: 'codex' });
  expect(await at({ 'README.md': 'x' })).toBeNull();
});

test('fear: a file under a similar name is ignored in silence', async () => {
  await expect(at({ '.moose/config.yaml': 'agent: codex\n' })).rejects.toMatchObject(
    invalid('.moose/config.yaml instead'),
  );
});

test('fear: a link leads to a file outside of the repository', async () => {
  const repository = scratchRepository();
  writeFiles(repository.path, { '.moose/x': '' });
  symlinkSync('/etc/passwd', join(repository.path, '.moose', 'config.yml'));
  repository.git('add', '-A');
  repository.git('commit', '--quiet', '-m', 'link');
  await expect(configAt(repository.path, repository.git('rev-parse', 'HEAD'))).rejects.toMatchObject(
    invalid('symbolic link'),
  );
});

test('fear: a file of 10 MB is read into memory', async () => {
  await expect(at({ '.moose/config.yml': `# ${'x'.repeat(10 * 1024 ** 2)}` })).rejects.toMatchObject(
    invalid('the limit is 65536'),
  );
});

test('a file that is not text is refused', async () => {
  await expect(at({ '.moose/config.yml': 'agent: \0' })).rejects.toMatchObject(invalid('not UTF-8'));
});
