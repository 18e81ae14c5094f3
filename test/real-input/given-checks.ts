import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Check, CheckKind } from '../../src/domain/check.ts';
import type { AddedFile, ChangedFile } from './real-package.ts';

// The words that the entries of packages.ts are made of.

const compilerPath = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);
/** What checks that run the compiler of this checkout must see beyond their worktree. */
export const compilerModules = join(compilerPath, '..', '..', '..');
/** A shell's words for the compiler of this checkout, run by the node that runs the tests. */
export const compiler = `'${process.execPath}' '${compilerPath}'`;

export const quietInstall = '--ignore-scripts --no-package-lock --no-audit --no-fund --prefer-offline';
export const ignoredModules: AddedFile = { path: '.gitignore', from: { text: 'node_modules/\n' } };

export function given(kind: CheckKind, command: string): Check {
  return { kind, command, source: 'given' };
}

/** A check file written for the change, run by node's own test runner. */
export function writtenTest(packageName: string, file: string): { check: Check; file: AddedFile } {
  const path = `test/${file}`;
  return {
    check: given('test', `node --test ${path}`),
    file: { path, from: { checkFile: `${packageName}/${file}` } },
  };
}

export function modified(...paths: string[]): ChangedFile[] {
  return paths.map((path) => ({ path, change: 'modified' }));
}
