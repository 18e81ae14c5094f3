import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { followedGround, questions } from '../followed-ground.fixture.ts';
import { base, checkOf, look, pushed } from './followed.fixture.ts';

const shared = sharedDatabase();
const fast = checkOf('license/cla', 'passed');
const merges = { merge: 'green' } as const;

async function greenAtOnce() {
  const at = await followedGround(shared());
  at.forge.verdicts[base] = {
    verdict: 'green',
    checks: [checkOf('CI / build (push)', 'passed'), checkOf('deploy', 'skipped')],
  };
  at.forge.verdicts[pushed] = { verdict: 'green', checks: [fast] };
  return at;
}

test('R-SEN-6: fear: a program reports within a second, and the change is merged before CI begins', async () => {
  const { database, forge, order, row } = await greenAtOnce();
  await look(database, forge, merges);
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  expect(await row()).toMatchObject({
    state: 'open',
    waitingFor: 'CI is green so far; CI / build ran on the base branch and has not begun yet.',
  });
  // Nothing is built on it yet either.
  expect((await row()).followed).not.toHaveProperty('readySha', pushed);
  const build = checkOf('CI / build (pull_request)', 'passed');
  forge.verdicts[pushed] = { verdict: 'green', checks: [fast, build] };
  await look(database, forge, merges);
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(forge.pullRequest.state).toBe('merged');
});

test('R-SEN-6: a check that the base had and the change never gets is not green: it is not merged, and a person is asked', async () => {
  const { database, forge, order, scratch } = await greenAtOnce();
  await look(database, forge, { ...merges, noChecksMs: 0 });
  expect(await order()).toMatchObject({ status: 'needs_review' });
  expect(await questions(database, scratch)).toMatchObject([
    {
      code: 'CHECKS_PROVE_NOTHING',
      title: expect.stringContaining('CI / build ran on the base branch and never began on this commit'),
    },
  ]);
  // Nobody has answered, and nothing has changed.
  await look(database, forge, { ...merges, noChecksMs: 0 });
  expect(await order()).toMatchObject({ status: 'needs_review' });
  expect(forge.pullRequest.state).toBe('open');
});

test('R-SEN-6: where Moose does not merge, or a setting says so, the missing check is told', async () => {
  for (const settings of [{ merge: 'never' }, { merge: 'green', whenNoChecks: 'complete' }] as const) {
    const { database, forge, order } = await greenAtOnce();
    await look(database, forge, { ...settings, noChecksMs: 0 });
    expect(await order()).toMatchObject({
      status: 'completed',
      isVerified: false,
      notVerifiedBecause: expect.stringContaining('CI / build ran on the base branch and never began'),
    });
    expect(forge.pullRequest.state).toBe('open');
  }
});

test('R-SEN-6: deployments and bots of the base branch are not waited for after the deadline for first checks', async () => {
  const { database, forge, order } = await greenAtOnce();
  const names = ['deploy', 'Release / publish', 'stale', 'nightly'];
  forge.verdicts[base] = { verdict: 'green', checks: names.map((name) => checkOf(name, 'passed')) };
  await look(database, forge, merges);
  expect(await order()).toMatchObject({ status: 'in_progress' });
  await look(database, forge, { ...merges, noChecksMs: 0 });
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(forge.pullRequest.state).toBe('merged');
});

test('R-SEN-6: where the forge has a list of required checks, that list decides', async () => {
  const { database, forge, order } = await greenAtOnce();
  forge.verdicts[pushed] = {
    verdict: 'green',
    checks: [checkOf('license/cla', 'passed', { isRequired: true })],
  };
  await look(database, forge, merges);
  expect(await order()).toMatchObject({ status: 'completed' });
});
