// What people and CI do and see on a forge: the only access that the scenario 'from an issue to its merge' has to a
// forge. Also its first repository, whose content decides whether CI is red or green.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface PeopleOfForge {
  /** Somebody opens an issue, and a person with write access labels it. Returns its number. */
  openIssue(issue: { title: string; body: string; label: string }): Promise<number>;
  /** Waits until CI of the next pushed commit has ended; the commit's content decides the result. */
  finishCi(after: string | null): Promise<EndedCi>;
  /** A comment by the person with write access. */
  comment(pull: number, text: string): Promise<void>;
  /** A comment by a person without write access; false where no such person can comment. */
  commentAsStranger(pull: number, text: string): Promise<boolean>;
  /** The person with write access requests changes, with a general comment and one on the first line of a file. */
  requestChanges(
    pull: number,
    wish: { sha: string; body: string; path: string; line: string },
  ): Promise<void>;
  approve(pull: number, sha: string): Promise<void>;
  pulls(): Promise<ShownPull[]>;
  /** What Moose's account wrote on an issue or a pull request, including review threads. */
  toldBy(number: number): Promise<string[]>;
  /** For each comment on a line, whether its thread is resolved. */
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

/** The pause between two questions, because a forge limits the number of requests. */
export const lookEveryMs = 1_000;
export const greetingPath = 'greeting.txt';
const checkPath = 'ci/check.sh';
export const redLine = 'not ok 1 - greets politely';

/** The script does not contain its own error message, because a prompt may quote the script. */
const check = `test=1
grep -q '^Good day' ${greetingPath} && echo "ok $test - greets politely" && exit 0
echo "not ok $test - greets politely"
exit 1
`;

/** The files of the repository; the path and the runner of the workflow differ between forges. */
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

/** Runs the workflow's script on a commit, for forges that run nothing themselves. */
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
