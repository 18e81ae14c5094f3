import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Check, CheckKind } from '../../src/domain/work-order/check.ts';
import type { AddedFile, ChangedFile } from './real-package.ts';

// The building blocks of the entries in packages.ts.

const compilerPath = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);
/** The folder that checks must see in addition to their worktree if they run this checkout's compiler. */
export const compilerModules = join(compilerPath, '..', '..', '..');
/** The shell command for this checkout's compiler, run by the Node that runs the tests. */
export const compiler = `'${process.execPath}' '${compilerPath}'`;

export const quietInstall = '--ignore-scripts --no-package-lock --no-audit --no-fund --prefer-offline';
export const ignoredModules: AddedFile = { path: '.gitignore', from: { text: 'node_modules/\n' } };

export function given(kind: CheckKind, command: string): Check {
  return { kind, command, source: 'given' };
}

/** A test file that was written for the change, run by Node's own test runner. */
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
