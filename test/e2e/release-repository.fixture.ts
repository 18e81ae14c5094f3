// The repository of the fixtures of releases: the same commit wherever it is made.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const at = '2026-01-01T00:00:00Z';

export async function releaseRepository(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'README.md'), 'A field.\n');
  const who = { GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@localhost', GIT_AUTHOR_DATE: at };
  const also = { GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@localhost', GIT_COMMITTER_DATE: at };
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', ...who, ...also };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: path, env });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'A field');
}
