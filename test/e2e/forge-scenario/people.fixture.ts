// What people and CI do on a forge, and what they see there: the scenario 'from an issue to its merge' knows no more of
// a forge than this. And the repository that it begins with, whose CI is red or green by its content.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface PeopleOfForge {
  /** Somebody opens an issue, and a person with write access labels it. Returns its number. */
  openIssue(issue: { title: string; body: string; label: string }): Promise<number>;
  /** CI of the next pushed commit ends, by what the commit contains. */
  finishCi(after: string | null): Promise<EndedCi>;
  /** Of the writer. */
  comment(pull: number, text: string): Promise<void>;
  /** Of a person who may not write; false where no such person can comment. */
  commentAsStranger(pull: number, text: string): Promise<boolean>;
  /** The writer wants a change, on the whole and on the first line of a file. */
  requestChanges(
    pull: number,
    wish: { sha: string; body: string; path: string; line: string },
  ): Promise<void>;
  approve(pull: number, sha: string): Promise<void>;
  pulls(): Promise<ShownPull[]>;
  /** What the account of Moose wrote on an issue or a pull request, in threads too. */
  toldBy(number: number): Promise<string[]>;
  /** Whether the thread of each comment on a line is resolved. */
  threads(pull: number): Promise<boolean[]>;
  isOpen(issue: number): Promise<boolean>;
}

export interface EndedCi {
  sha: string;
  result: 'red' | 'green';
}

export interface ShownPull {
  number: number;
  isMerged: boolean;
  headSha: string;
}

/** A forge counts requests. */
export const lookEveryMs = 1_000;
export const greetingPath = 'greeting.txt';
const checkPath = 'ci/check.sh';
export const redLine = 'not ok 1 - greets politely';

/** It does not contain its own complaint: a prompt may quote this file. */
const check = `test=1
grep -q '^Good day' ${greetingPath} && echo "ok $test - greets politely" && exit 0
echo "not ok $test - greets politely"
exit 1
`;

/** The files of the repository; the workflow differs in where it is and what it runs on. */
export function filesOf(workflow: {
  path: string;
  runsOn: string;
  checkout: boolean;
}): Record<string, string> {
  const { path, runsOn, checkout } = workflow;
  const steps = [
    ...(checkout ? ['      - uses: actions/checkout@v5'] : []),
    '      - name: Test',
    `        run: sh ${checkPath}`,
  ];
  return {
    [greetingPath]: 'Hello\n',
    [checkPath]: check,
    [path]: `name: CI\non: [pull_request]\njobs:\n  build:\n    runs-on: ${runsOn}\n    steps:\n${steps.join('\n')}\n`,
  };
}

/** What the workflow says of a commit: for forges that run nothing themselves. */
export async function runCheck(
  read: (path: string) => Promise<string> | string,
): Promise<{ result: EndedCi['result']; log: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'moose-ci-'));
  try {
    await mkdir(join(folder, 'ci'));
    for (const path of [greetingPath, checkPath]) await writeFile(join(folder, path), await read(path));
    const { stdout } = await promisify(execFile)('sh', [checkPath], { cwd: folder });
    return { result: 'green', log: stdout };
  } catch (cause) {
    const { stdout, code } = cause as { stdout?: string; code?: unknown };
    if (code !== 1) throw cause;
    return { result: 'red', log: stdout ?? '' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
