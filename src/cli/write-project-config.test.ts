import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { configBytesMax, configPath } from '../config-file/invalid-config.ts';
import { scratchDirectory } from '../git/scratch-repository.fixture.ts';
import { existingConfig, writeConfig } from './write-project-config.ts';

function checkout(): { root: string; path: string } {
  const root = scratchDirectory();
  const path = join(root, configPath);
  mkdirSync(dirname(path));
  return { root, path };
}

const notAFile = { code: 'PROJECT_CONFIG_NOT_A_FILE' };

test('fear: a link, a folder or a huge file instead of the file is read', async () => {
  const linked = checkout();
  symlinkSync('/etc/passwd', linked.path);
  await expect(existingConfig(linked.root)).rejects.toMatchObject(notAFile);
  const folder = checkout();
  mkdirSync(folder.path);
  await expect(existingConfig(folder.root)).rejects.toMatchObject(notAFile);
  const huge = checkout();
  writeFileSync(huge.path, '#'.repeat(configBytesMax + 1));
  await expect(existingConfig(huge.root)).rejects.toMatchObject(notAFile);
});

test('fear: an existing file is overwritten without a question, or a failed write is not reported', async () => {
  const { root, path } = checkout();
  writeFileSync(path, 'agent: codex\n');
  const notWritten = { code: 'PROJECT_CONFIG_NOT_WRITTEN' };
  await expect(writeConfig(root, '', { mayReplace: false })).rejects.toMatchObject(notWritten);
  expect(readFileSync(path, 'utf8')).toBe('agent: codex\n');
  await writeConfig(root, 'agent: pi\n', { mayReplace: true });
  expect(await existingConfig(root)).toBe('agent: pi\n');
  const folder = checkout();
  mkdirSync(folder.path);
  await expect(writeConfig(folder.root, '', { mayReplace: true })).rejects.toMatchObject(notWritten);
});
