import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findChecks } from '../find-checks.ts';
import { worktreeFiles } from './project-files.ts';

const rootPath = mkdtempSync(join(tmpdir(), 'moose-checks-'));
afterAll(() => rmSync(rootPath, { recursive: true, force: true }));

test('checks are found on a real disk, past what cannot be read', () => {
  writeFileSync(join(rootPath, 'package.json'), '\uFEFF{"scripts": {"test": "node --test"}}');
  writeFileSync(join(rootPath, 'Cargo.toml'), 'x'.repeat(1_000_001));
  mkdirSync(join(rootPath, 'Makefile'));
  symlinkSync('pytest.ini', join(rootPath, 'pytest.ini'));
  symlinkSync('/dev/zero', join(rootPath, 'setup.cfg'));
  execFileSync('mkfifo', [join(rootPath, 'tsconfig.json')]);
  mkdirSync(join(rootPath, 'tests'));
  symlinkSync('..', join(rootPath, 'tests', 'loop'));
  const commands = findChecks(worktreeFiles(rootPath)).map((each) => each.command);
  expect(commands).toEqual(['cargo check', 'npm test', 'cargo test']);
});

test('a folder that is missing is empty, and a file that is missing is null', () => {
  const files = worktreeFiles(join(rootPath, 'nowhere'));
  expect(files.list('')).toEqual([]);
  expect(files.read('package.json')).toBeNull();
});
