import { expect, test } from 'vitest';
import type { CheckRun } from './check-run.ts';
import { type Required, type Status, verdictOf } from './verdict.ts';

const sha = 'a'.repeat(40);
let id = 0;

function run(name: string, conclusion: string | null, more: Partial<CheckRun> = {}): CheckRun {
  id += 1;
  const status = conclusion === null ? 'in_progress' : 'completed';
  return { id, name, status, conclusion, app: { id: 1, slug: 'github-actions' }, ...more };
}

function status(context: string, state: string): Status {
  id += 1;
  return { id, context, state };
}

const any = (...names: string[]): Required[] => names.map((name) => ({ name, appId: null }));
const judge = (runs: CheckRun[], statuses: Status[] = [], required: Required[] = []) =>
  verdictOf(sha, { runs, statuses, required });

test.each<[string, ReturnType<typeof judge>['verdict'], CheckRun[], Status[], Required[]]>([
  ['no check is not green', 'none', [], [], []],
  ['no check of which one is required is not running', 'none', [], [], any('build')],
  ['all passed', 'green', [run('a', 'success'), run('b', 'skipped'), run('c', 'neutral')], [], []],
  ['one failed', 'red', [run('a', 'success'), run('b', 'timed_out')], [], []],
  ['a status failed beside check runs', 'red', [run('a', 'success')], [status('ci', 'error')], []],
  ['a status is under way', 'running', [run('a', 'success')], [status('ci', 'pending')], []],
  ['one is under way', 'running', [run('a', 'success'), run('b', null)], [], []],
  ['only the required ones decide', 'green', [run('a', 'success'), run('b', 'failure')], [], any('a')],
  ['a required one is missing', 'running', [run('a', 'success')], [], any('a', 'b')],
  ['a required one failed, another is missing', 'red', [run('a', 'failure')], [], any('a', 'b')],
  ['a cancelled one has judged nothing', 'none', [run('a', 'success'), run('b', 'cancelled')], [], []],
  ['a stale one has judged nothing', 'none', [run('b', 'stale')], [], any('b')],
])('R-SEN-6: %s: %s', (_, verdict, runs, statuses, required) => {
  expect(judge(runs, statuses, required).verdict).toBe(verdict);
});

test('R-SEN-6: a required check counts of its App only, and a status does not stand for it', () => {
  const ofAnother = [run('build', 'success', { app: { id: 2, slug: 'other' } })];
  const required = [{ name: 'build', appId: 1 }];
  expect(judge(ofAnother, [status('build', 'success')], required)).toMatchObject({
    verdict: 'running',
    missing: ['build'],
  });
  expect(judge([run('build', 'success')], [], required)).toMatchObject({ verdict: 'green', missing: [] });
});

test('R-SEN-6: the newest run of a check counts, and one that a newer push cancelled does not', () => {
  const red = run('build', 'failure', { check_suite: { id: 1 } });
  const green = run('build', 'success', { check_suite: { id: 1 } });
  expect(judge([green, red])).toMatchObject({ verdict: 'green', checks: [{ id: `run:${green.id}` }] });
  const cancelled = run('build', 'cancelled', { check_suite: { id: 2 } });
  expect(judge([green, cancelled]).verdict).toBe('green');
});

test.each([
  ['DCO', 'DCO', 'The sign-off is missing on one commit.'],
  ['commitlint', 'Commit message', 'subject may not be empty [subject-empty]'],
  ['label', 'Labels', 'Please add one of the required labels: bug, feature'],
])(
  'R-SEN-6: fear: %s asks for other words, and is waited for as if somebody had to approve it',
  (name, title, summary) => {
    const asking = run(name, 'action_required', { output: { title, summary } });
    const judged = judge([run('build', 'success'), asking]);
    expect(judged).toMatchObject({
      verdict: 'red',
      checks: expect.arrayContaining([expect.objectContaining({ name, state: 'failed' })]),
    });
  },
);

test('R-SEN-6: a check that asks a person to act is waited for', () => {
  const asking = run('deploy', 'action_required', {
    output: { title: 'Review', summary: 'Approve the deployment' },
  });
  const [check] = judge([asking]).checks;
  expect(check).toMatchObject({ obstacle: { kind: 'approval', said: 'Review: Approve the deployment' } });
});
