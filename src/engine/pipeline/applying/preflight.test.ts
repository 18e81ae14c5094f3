import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertInstructions } from './preflight.ts';

async function worktree(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'moose-preflight-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test.each<[string, (path: string) => Promise<void>, RegExp]>([
  ['a link that leads nowhere', (path) => symlink('docs/gone.md', path), /are a broken link/],
  [
    'a link out of the repository',
    (path) => symlink('/etc/hostname', path),
    /to a path outside the repository/,
  ],
  ['a folder', async (path) => void (await mkdir(path)), /are not a file/],
  [
    'a file that no model could read',
    async (path) => {
      await writeFile(path, '');
      await truncate(path, 2 * 1024 * 1024);
    },
    /have 2097152 bytes/,
  ],
])('R-SES-4: instructions that an agent cannot read stop it before it starts: %s', async (_, make, words) => {
  const path = await worktree();
  await make(join(path, 'AGENTS.md'));
  await expect(assertInstructions(path)).rejects.toMatchObject({
    code: 'AGENT_INSTRUCTIONS_UNUSABLE',
    category: 'configuration',
    message: expect.stringMatching(words),
    advice: expect.stringContaining('AGENTS.md'),
  });
});

test('R-SES-4: a repository needs no instructions, and a link within it is one', async () => {
  const path = await worktree();
  await assertInstructions(path);
  await writeFile(join(path, 'AGENTS.md'), '# Read this\n');
  await symlink('AGENTS.md', join(path, 'CLAUDE.md'));
  await assertInstructions(path);
});
