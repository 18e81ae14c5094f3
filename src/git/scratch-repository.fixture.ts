// For tests only: real repositories in temporary directories.

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runQuickly } from './quick-start.fixture.ts';

export interface ScratchRepository {
  path: string;
  headSha: string;
  /** Runs git here, without any of Moose's own code; returns its output, trimmed. */
  git(...args: string[]): string;
  write(files: Readonly<Record<string, string | Buffer>>): void;
  /** Writes the files, commits everything, and returns the commit. */
  commit(files: Readonly<Record<string, string | Buffer>>): string;
}

const identity = [
  ...['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'core.autocrlf=false'],
  // Otherwise each commit starts another git.
  ...['-c', 'maintenance.auto=false'],
];

/** The directory is removed when the test ends. */
export function scratchDirectory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'moose-git-test-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

export function scratchRepository(
  files: Readonly<Record<string, string | Buffer>> = { 'README.md': 'hello\n' },
  objectFormat: 'sha1' | 'sha256' = 'sha1',
): ScratchRepository {
  const path = join(scratchDirectory(), 'repository');
  mkdirSync(path);
  gitIn(path, 'init', '--quiet', '--initial-branch=main', `--object-format=${objectFormat}`);
  const repository: ScratchRepository = {
    path,
    headSha: '',
    git: (...args) => gitIn(path, ...args),
    write: (more) => writeFiles(path, more),
    commit: (more) => {
      writeFiles(path, more);
      return start('sh', ['-ec', commitAll], path);
    },
  };
  repository.headSha = repository.commit(files);
  return repository;
}

/** By one start from here: to start the shell takes as long as to start git. */
const commitAll = `git() { command git ${identity.join(' ')} "$@"; }
git add --all
git commit --quiet --allow-empty -m 'A commit of a person'
git rev-parse HEAD`;

export function gitIn(path: string, ...args: string[]): string {
  return start('git', [...identity, ...args], path);
}

function start(program: string, args: readonly string[], path: string): string {
  return runQuickly(program, args, {
    cwd: path,
    env: {
      PATH: '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin',
      HOME: '/nowhere',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      LC_ALL: 'C',
    },
  }).trim();
}

export function writeFiles(root: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

/** An executable shell script. */
export function writeScript(path: string, body: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
