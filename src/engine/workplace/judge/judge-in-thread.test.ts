import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nothingAsked } from '../../../domain/work-order/asked.ts';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { createJudge } from './judge-in-thread.ts';

const { signal } = new AbortController();
const limits = { threadsMax: 1, cpuMs: 60_000, waitMs: 600_000, idleMs: 1_000, heapMbMax: 1_024 };

function ground(given: Partial<typeof limits> = {}) {
  const judge = createJudge({ ...limits, ...given });
  onTestFinished(() => judge.close());
  return judge;
}

/** A session that has ended, with what it printed. */
function session(stdout: string) {
  const sessionDirectory = scratchDirectory();
  const [folder, worktree] = [join(sessionDirectory, 'report'), scratchDirectory()];
  mkdirSync(folder);
  writeFileSync(join(sessionDirectory, 'stdout.log'), stdout);
  return { sessionDirectory, folder, worktree, startedAt: new Date(0) };
}

/** A repository with a change of its product and of one test. */
function changedRepository() {
  const test = (name: string) =>
    `package shop\n\nimport "testing"\n\nfunc ${name}(t *testing.T) {\n\tif Sum(1, 2) != 3 {\n\t\tt.Error("off")\n\t}\n}\n`;
  const source = 'package shop\n\nfunc Sum(a, b int) int { return a + b }\n';
  const { path, headSha, commit } = scratchRepository({
    'sum.go': source,
    'sum_test.go': test('TestThing59999'),
  });
  const changed = commit({ 'sum.go': source.replace('a + b', 'b + a'), 'sum_test.go': 'package shop\n' });
  return { repositoryPath: path, baseSha: headSha, headSha: changed };
}

/** What `go test -v` prints for this many tests. */
function printed(tests: number, name = 'TestThing'): string {
  const lines = Array.from(
    { length: tests },
    (_, n) => `=== RUN   ${name}${n}\n--- PASS: ${name}${n} (0.00s)`,
  );
  return `${lines.join('\n')}\nPASS\nok  \tshop\t0.01s\n`;
}

test('R-GREEN-3, fear: a check that prints megabytes holds up everybody else while it is read and judged', async () => {
  const judge = ground();
  const { repositoryPath, baseSha, headSha } = changedRepository();
  const [before, now] = [session(printed(60_000)), session(printed(59_999))];
  let isDone = false;
  const judged = (async () => {
    const [over, change] = [await judge.read('a', before, signal), await judge.read('a', now, signal)];
    const runs = { passed: true, outputTail: '' };
    const check = {
      kind: 'test' as const,
      command: 'go test ./...',
      change: { ...runs, reportPath: String(change?.path) },
      more: { product: { ...runs, reportPath: String(over?.path) }, new: null },
    };
    const commands = ['go test ./...'];
    const facts = { repositoryPath, baseSha, headSha, commands, task: 'Fix it', asked: nothingAsked };
    return judge.judge('a', { ...facts, checks: [check], level: 'standard' }, signal);
  })().finally(() => {
    isDone = true;
  });
  let turns = 0;
  for (; !isDone; turns += 1) await new Promise(setImmediate);
  expect(turns).toBeGreaterThan(100);
  expect(await judged).toMatchObject({ findings: [{ kind: 'fewer_cases', weight: 'refuses' }] });
});

test('fear: Moose starts again after the checkout of a run is gone, and knows less of its tests', async () => {
  const judge = ground();
  const asked = session('Tests run: 1, Failures: 0\n[INFO] BUILD SUCCESS\n');
  const reports = join(asked.worktree, 'target', 'surefire-reports');
  mkdirSync(reports, { recursive: true });
  writeFileSync(
    join(reports, 'TEST-a.ATest.xml'),
    '<testsuite name="a.ATest" tests="1"><testcase classname="a.ATest" name="passes" time="0.1"/></testsuite>',
  );
  const first = await judge.read('a', asked, signal);
  expect(first).toMatchObject({ source: 'report', counts: { passed: 1 }, failed: [] });
  rmSync(asked.worktree, { recursive: true });
  expect(await judge.read('a', asked, signal)).toEqual(first);
});

test('a session in which nothing was recognised as tests has no report, also the second time', async () => {
  const judge = ground();
  const asked = session('done\n');
  expect([await judge.read('a', asked, signal), await judge.read('a', asked, signal)]).toEqual([null, null]);
});

test('what takes too long is a failure of the work, and what waits too long is tried again', async () => {
  const large = session(printed(60_000));
  await expect(ground({ cpuMs: 1 }).read('a', large, signal)).rejects.toMatchObject({
    code: 'JUDGE_FAILED',
    category: 'permanent',
    failureClass: 'contract_violation',
  });
  await expect(ground({ waitMs: 1 }).read('a', large, signal)).rejects.toMatchObject({
    code: 'JUDGE_BUSY',
    category: 'transient',
  });
  const judge = ground();
  const left = judge.read('a', large, signal);
  judge.close();
  await expect(left).rejects.toMatchObject({ code: 'JUDGE_STOPPED', category: 'transient' });
});

test('R-REC-3: fear: the disk has no room for what was read, and the checks are blamed for printing too much', async () => {
  const judge = ground();
  const given = session(printed(3));
  // As a disk without inodes does, it makes no further file.
  rmSync(given.folder, { recursive: true });
  const failure: unknown = await judge
    .read('a', { ...given, sessionDirectory: join(given.sessionDirectory, 'stdout.log') }, signal)
    .catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ component: 'workplace' });
  expect(failure).not.toMatchObject({ code: 'JUDGE_FAILED' });
});
