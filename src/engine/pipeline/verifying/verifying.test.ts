import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { Check, CheckKind } from '../../../domain/work-order/check.ts';
import type { VerifyingResult } from '../../../domain/work-order/step-result.ts';
import { gitIn, scratchDirectory, writeFiles } from '../../../git/scratch-repository.fixture.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import { newestStepResult } from '../../../store/work/runs/runs.ts';
import { CancelRequested } from '../../run/cancel.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { onRecord } from '../on-record.fixture.ts';
import {
  atStep,
  claimedAgain,
  endAllOf,
  type Given,
  type Ground,
  loseFence,
  retriedBefore,
} from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { fixed, shop, skipped, withNewTest, withTest } from './judge/shop.fixture.ts';
import { verifying } from './verifying.ts';

const shared = sharedDatabase();

type Commands = ReadonlyArray<readonly [CheckKind, string]>;

/** The project's own checks: a check that also fails on the base is not the change's fault. */
async function ground(commands: Commands | null, given: Given = {}): Promise<Ground> {
  const at = await atStep(shared(), 'verifying', given);
  if (commands) at.work.project.settings.checks = commands.map(checkOf);
  return at;
}

const checkOf = ([kind, command]: readonly [CheckKind, string]): Check => ({
  kind,
  command,
  source: 'given',
});

function resultOf(end: StepEnd<'verifying'>): VerifyingResult {
  if (end.end === 'over' || end.end === 'again') throw new Error('It has no result');
  return end.result;
}

/** Whether the worktree contains exactly the committed change. */
function isAsCommitted({ worktreePath, repository, routed }: Ground): boolean {
  const head = gitIn(worktreePath, 'rev-parse', 'HEAD');
  return (
    gitIn(worktreePath, 'status', '--porcelain') === '' && head === repository.git('rev-parse', routed.branch)
  );
}

const fails = async (work: Work): Promise<unknown> => verifying(work).catch((cause: unknown) => cause);

test('R-PIPE-6, R-PIPE-12: passed checks are progress, each for this tree; setup checks are not', async () => {
  const at = await ground([
    ['setup', 'true'],
    ['test', 'test -f made.txt'],
  ]);
  const end = await verifying(at.work);
  const tree = at.repository.git('rev-parse', `${at.routed.branch}^{tree}`);
  expect(end).toMatchObject({ end: 'done', facts: [`check:test:test -f made.txt:${tree}`] });
  expect(resultOf(end)).toMatchObject({
    isVerified: true,
    treeSha: tree,
    checks: [{ passed: true }, { passed: true }],
  });
  expect((await onRecord(at.work)).kinds.filter((kind) => kind === 'check.finished')).toHaveLength(2);
});

test('R-PIPE-6, R-REC-5: a failed check goes back with its class and place, and checks that would only repeat it do not run', async () => {
  const at = await ground([
    [
      'typecheck',
      `test ! -f made.txt || { echo "src/a.ts(3,7): error TS2322: Type 'x' is not assignable."; exit 2; }`,
    ],
    ['test', 'false'],
  ]);
  const end = await verifying(at.work);
  expect(end).toMatchObject({
    end: 'refine',
    failure: { code: 'CHECK_FAILED', failureClass: 'compile_error' },
  });
  expect(resultOf(end).checks).toHaveLength(1);
  expect(resultOf(end).feedback).toMatchObject({
    failureClass: 'compile_error',
    tried: 'Write new',
    context: { line: 3 },
    output: expect.stringContaining('TS2322'),
  });
});

test('R-PROJ-6: a check that also fails without the change is reported, and neither blamed on it nor counted as verified', async () => {
  const at = await ground([['test', 'test -f nowhere.txt']]);
  const end = await verifying(at.work);
  expect(end).toMatchObject({ end: 'done', facts: [] });
  expect(resultOf(end)).toMatchObject({
    isVerified: false,
    notVerifiedBecause: expect.stringContaining('failed before the change'),
    checks: [{ passed: false, redBefore: [] }],
  });
});

test('R-PIPE-6: a check that does not end is stopped, and goes back as a timeout', async () => {
  const given = {
    settings: { checkTimeLimitMs: 300 },
    orderSettings: { checks: [checkOf(['test', 'sleep 60'])] },
  };
  const at = await ground(null, given);
  expect(await verifying(at.work)).toMatchObject({
    end: 'refine',
    failure: { failureClass: 'timeout', message: expect.stringContaining('took too long') },
  });
  expect((await onRecord(at.work)).sessions).toEqual(['1-test stopped']);
});

test('R-REC-6: a check that was killed from outside is retried, and blamed on nobody', async () => {
  const at = await ground([['test', 'kill -9 $$']]);
  expect(await verifying(at.work)).toMatchObject({
    end: 'refine',
    failure: {
      code: 'CHECK_INTERRUPTED',
      category: 'transient',
      message: expect.stringMatching(/was killed by SIGKILL, as the kernel does when memory is short/),
    },
  });
});

test.each(['kill -9 $$', 'sh -c "kill -9 \\$\\$"; exit $?'])(
  'R-GO-9, R-PROJ-7: a check that is killed every time, also without the change, lacks memory: a person is told: %s',
  async (command) => {
    const at = await ground([['test', command]]);
    // All retries of the step are used up.
    await retriedBefore(at.work, 'CHECK_INTERRUPTED', 2);
    expect(await fails(at.work)).toMatchObject({
      code: 'CHECK_KILLED',
      category: 'configuration',
      message: expect.stringContaining('memory'),
    });
    expect((await onRecord(at.work)).results).toContain('verifying.0');
  },
);

test('R-SES-3: a check that kills its supervisor is lost: this is not a verdict, and it is retried', async () => {
  const at = await ground([['test', 'kill -9 $PPID $$']]);
  expect(await fails(at.work)).toMatchObject({ code: 'CHECK_LOST', category: 'transient' });
  expect((await onRecord(at.work)).kinds).not.toContain('check.finished');
});

test('R-GO-1, R-GO-7: a check whose machine stopped under it says nothing about the change, and runs again', async () => {
  const at = await ground([['test', 'sleep 600']], { diesAt: 'check:started' });
  await expect(verifying(at.work)).rejects.toThrow('Moose died');
  await endAllOf(at.work);
  const back = await claimedAgain(at.work);
  expect(await fails(back)).toMatchObject({ code: 'SESSION_LEFT_BEHIND', category: 'transient' });
  expect((await onRecord(back)).kinds).not.toContain('check.finished');
});

test('R-GO-1: fear: a machine that loses its power under a check is taken for somebody who deletes its worktree', async () => {
  const at = await ground([['test', 'true']], { diesAt: 'check:ended' });
  await expect(verifying(at.work)).rejects.toThrow('Moose died');
  const { query } = at.work.database;
  const [session] = await query
    .selectFrom('sessions')
    .selectAll()
    .where('workOrderId', '=', at.work.order.id)
    .execute();
  if (!session) throw new Error('There is no session');
  // The machine has started again since, and the worktree was made again.
  const handle = JSON.stringify({ ...session.handle, bootId: 'an earlier one' });
  await query.updateTable('sessions').set({ handle }).where('id', '=', session.id).execute();
  writeFiles(session.directory, { worktree: 'another worktree' });
  const back = await claimedAgain(at.work);
  expect(await fails(back)).toMatchObject({ code: 'SESSION_LEFT_BEHIND', category: 'transient' });
});

test('R-PROJ-6: an install that also fails without the change is for a person, not for the model', async () => {
  const at = await ground([
    ['setup', 'echo broken; exit 1'],
    ['test', 'true'],
  ]);
  expect(await fails(at.work)).toMatchObject({ category: 'configuration' });
  expect((await onRecord(at.work)).sessions).not.toContain('2-test exited');
});

test("R-PROJ-7: a missing program is not the change's fault: a person is told its name, and the worktree is unchanged", async () => {
  const at = await ground([
    ['build', 'echo built > made.txt'],
    ['test', 'no-such-program --all'],
  ]);
  expect(await fails(at.work)).toMatchObject({
    code: 'CHECK_PROGRAM_MISSING',
    category: 'configuration',
    message: expect.stringContaining('no-such-program'),
  });
  const kept = await newestStepResult(at.work.database.query, at.work.order.id, 'verifying');
  expect(kept).toMatchObject({
    isUnfinished: true,
    isVerified: false,
    checks: [{ passed: true }, { passed: false }],
  });
  expect(isAsCommitted(at)).toBe(true);
});

test('what a check rewrites or commits in the worktree is not part of the change', async () => {
  const at = await ground([
    ['build', 'echo other > made.txt; git -c user.name=a -c user.email=a@b commit -qam x; echo > y'],
  ]);
  expect(await verifying(at.work)).toMatchObject({ end: 'done' });
  expect(gitIn(at.worktreePath, 'rev-parse', 'HEAD')).toBe(at.repository.git('rev-parse', at.routed.branch));
  expect(gitIn(at.worktreePath, 'show', 'HEAD:made.txt')).toBe('new');
});

test.each(['check:started', 'check:ended'])(
  'R-PIPE-1, R-SES-2: if Moose dies at %s, the check is not run a second time, and its end counts',
  async (diesAt) => {
    const mark = join(scratchDirectory(), 'mark');
    const at = await ground([['test', `echo run >> ${mark}`]], { diesAt });
    at.work.project.settings.verify = 'checks-only';
    await expect(verifying(at.work)).rejects.toThrow('Moose died');
    const end = await verifying(await claimedAgain(at.work));
    expect(resultOf(end)).toMatchObject({ isVerified: true });
    expect(readFileSync(mark, 'utf8')).toBe('run\n');
    expect((await onRecord(at.work)).kinds.filter((kind) => kind === 'check.finished')).toHaveLength(1);
  },
);

test('a process that lost its run during a check writes nothing about it', async () => {
  const at = await ground([['test', 'true']]);
  const reached = (point: string) => void (point === 'check:started' && loseFence(at.work));
  expect(await fails({ ...at.work, reached })).toMatchObject({ code: 'FENCE_LOST' });
  const { kinds, results } = await onRecord(at.work);
  expect(kinds).not.toContain('check.finished');
  expect(results).not.toContain('verifying.0');
});

test('R-SES-3: if a person cancels while a check runs, the check is stopped', async () => {
  const at = await ground([['test', 'sleep 60']]);
  const cancelled = new AbortController();
  const ended = fails({ ...at.work, signal: cancelled.signal });
  await until('a running check', async () => (await onRecord(at.work)).sessions.includes('1-test running'));
  cancelled.abort(new CancelRequested());
  expect(await ended).toBeInstanceOf(CancelRequested);
  expect((await onRecord(at.work)).sessions).toEqual(['1-test stopped']);
});

test.each<[string, Commands, string]>([
  ['there is no check', [], 'no checks were found'],
  ['the only check is an install', [['setup', 'true']], 'only check is an install'],
  ['no test ran', [['test', 'echo "running 0 tests"']], 'ran no test'],
])('R-PROJ-6: if %s, nothing is verified, and the reason is kept', async (_, commands, because) => {
  const { work } = await ground(commands);
  const end = await verifying(work);
  expect(end).toMatchObject({ end: 'done', facts: [] });
  expect(resultOf(end)).toMatchObject({
    isVerified: false,
    notVerifiedBecause: expect.stringContaining(because),
  });
});

test('fear, R-GREEN-1: the change makes its own check pass with another target of the same name', async () => {
  const at = await ground(null, {
    files: { Makefile: 'test:\n\tfalse\n' },
    change: { Makefile: 'test:\n\ttrue\n' },
  });
  const end = await verifying(at.work);
  expect(end).toMatchObject({ end: 'refine', failure: { code: 'CHECK_FAILED' } });
  expect(resultOf(end)).toMatchObject({
    isVerified: false,
    findings: [{ weight: 'refuses', kind: 'green_only_by_its_configuration', files: ['Makefile'] }],
  });
});

test.each<[string, Record<string, string>, string, string[]]>([
  ['skips the red test', skipped, 'green_only_by_its_tests', ['half of ten']],
  ['expects what the wrong code gives', withTest('5', '8'), 'green_only_by_its_tests', ['half of ten']],
  ['ends the run', withTest('\n\n', '\n\nprocess.exit(0);\n\n'), 'green_only_by_its_tests', []],
  [
    'is right, and removes another test',
    { ...fixed, ...withTest("test('twice three', () => assert.equal(twice(3), 6));\n", '') },
    'test_lost',
    ['twice three'],
  ],
])(
  'R-GREEN-1, R-GREEN-3, R-GREEN-9: a green change that %s goes back with the names',
  async (_, change, kind, tests) => {
    const at = await ground(null, { files: shop, change });
    const end = await verifying(at.work);
    expect(end).toMatchObject({
      end: 'refine',
      failure: { code: 'CHECK_FAILED', failureClass: 'contract_violation' },
    });
    const { findings = [], feedback, isVerified } = resultOf(end);
    expect(isVerified).toBe(false);
    expect(findings.filter(({ weight }) => weight === 'refuses').map((each) => each.kind)).toContain(kind);
    for (const name of tests) expect(feedback?.output).toContain(name);
  },
);

test('R-GREEN-10: without a check, what the diff says still counts', async () => {
  const hidden = await ground([], { files: shop, change: { ...fixed, '.gitattributes': '*.js -diff\n' } });
  const end = await verifying(hidden.work);
  expect(end).toMatchObject({ end: 'refine', failure: { code: 'CHECK_FAILED' } });
  expect(resultOf(end).findings?.[0]).toMatchObject({ weight: 'refuses', kind: 'hidden_from_diff' });
});

test('R-GREEN-7: a change that touches nothing that judges it is verified by its own run alone', async () => {
  const at = await ground(null, { files: shop, change: fixed });
  expect(resultOf(await verifying(at.work))).toMatchObject({ isVerified: true, checks: [{ passed: true }] });
  expect((await onRecord(at.work)).sessions).toEqual(['1-test exited']);
});

test('R-GREEN-4, R-GREEN-8, R-GREEN-16: a right change with a new test is verified, and the test is run without it', async () => {
  const at = await ground(null, { files: shop, change: withNewTest });
  const end = resultOf(await verifying(at.work));
  expect(end).toMatchObject({ isVerified: true });
  expect(end.findings ?? []).toEqual([]);
  expect((await onRecord(at.work)).sessions).toEqual([
    '1-test exited',
    'product-1-test exited',
    'new-1-test exited',
    'emptied-1-1-test exited',
  ]);
});

test('fear: a file that an agent left and git ignores makes a check pass that fails everywhere else', async () => {
  const at = await ground([['test', 'test ! -e left.txt']], {
    agents: [scriptedAgent('', { writesCode: true })],
    files: { '.gitignore': 'left.txt\n' },
  });
  writeFiles(at.worktreePath, { 'left.txt': 'by the agent' });
  expect(resultOf(await verifying(at.work))).toMatchObject({ isVerified: true });
  expect(existsSync(join(at.worktreePath, 'left.txt'))).toBe(false);
});

test('R-PROJ-2: setup, checks and environment of the file on the base judge the change, not those in the change', async () => {
  const text =
    'setup: echo "$GREETING" > set-up\nchecks:\n  - { kind: test, command: "test \\"$GREETING\\" = hello" }\nenvironment: { GREETING: hello }\n';
  const at = await ground(null, {
    files: { '.moose/config.yml': text, '.gitignore': 'set-up\n' },
    change: { 'made.txt': 'new\n', 'package.json': '{"scripts":{"test":"exit 1"}}' },
  });
  expect(resultOf(await verifying(at.work))).toMatchObject({
    isVerified: true,
    checks: [
      { kind: 'setup', passed: true },
      { kind: 'test', passed: true },
    ],
  });
});

test('fear: a variable of the repository reaches the programs that isolate its checks (R-SEC-5)', async () => {
  const outside = join(scratchDirectory(), 'ran');
  const script = `require('node:fs').writeFileSync(${JSON.stringify(outside)}, '')`;
  const text = [
    'checks: [{ kind: test, command: "test \\"$ENV\\" = ./evil.sh" }]',
    'environment: { NODE_OPTIONS: "--require=./evil.js", ENV: ./evil.sh, BASH_ENV: ./evil.sh, PERL5OPT: -Mevil }',
  ].join('\n');
  const at = await ground(null, {
    files: {
      '.moose/config.yml': `${text}\n`,
      'evil.js': script,
      'evil.sh': `touch ${outside}\n`,
      'evil.pm': `open(F, '>', '${outside}'); 1;\n`,
    },
    settings: { isolation: 'auto' },
  });
  expect(resultOf(await verifying(at.work))).toMatchObject({ isVerified: true });
  expect(existsSync(outside)).toBe(false);
});
