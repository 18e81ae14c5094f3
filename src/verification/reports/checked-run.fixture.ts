// For tests: runs a command as a check, with and without the request for reports, and compares what it prints.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestReport } from '../test-report.ts';
import { readReport } from './read-report.ts';
import { reportRequest } from './report-request.ts';

export interface CheckedRun {
  report: TestReport | null;
  plain: { status: number | null; output: string };
  reported: { status: number | null; output: string };
}

const installed = join(import.meta.dirname, '../../../node_modules');

/** Runs the command in a project of these files and with the packages of this one, twice. The caller removes nothing. */
export async function runTwice(
  files: Readonly<Record<string, string>>,
  command: readonly [string, ...string[]],
  variables: Readonly<Record<string, string>> = {},
): Promise<CheckedRun> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'moose-checked run-')));
  try {
    const worktree = join(root, 'work tree');
    const folder = join(root, 'reports');
    writeFiles(worktree, files);
    symlinkSync(installed, join(worktree, 'node_modules'));
    const [file, ...args] = command;
    // None of the variables by which this test's own runner is known.
    const given = { PATH: process.env.PATH ?? '', HOME: root, NO_COLOR: '1', ...variables };
    const run = (env: Readonly<Record<string, string>>) => {
      const { status, stdout, stderr } = spawnSync(file, args, { cwd: worktree, env, encoding: 'utf8' });
      return { status, output: `${stdout}\n${stderr}` };
    };
    const plain = run(given);
    const startedAt = new Date();
    const request = reportRequest(folder, given);
    writeFiles(folder, request.files);
    const reported = run({ ...given, ...request.environment });
    const report = await readReport({ folder, worktree, output: reported.output, startedAt });
    return { report, plain, reported };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Without what differs from run to run. */
export function steady(output: string): string {
  return output
    .replace(/\d+(?:\.\d+)? ?m?s\b/g, 'TIME')
    .replace(/duration_ms:? \d+(?:\.\d+)?/g, 'TIME')
    .replace(/\d\d:\d\d:\d\d/g, 'TIME')
    .replace(/(Duration {2}TIME) \(.*\)/g, '$1');
}

export function linesOf(report: TestReport | null): string[] {
  return (report?.tests ?? []).map(({ file, name, result, retries }) => {
    const again = retries === undefined ? '' : ` (again: ${retries})`;
    return `${result} ${file}: ${name}${again}`;
  });
}
