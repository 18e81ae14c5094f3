import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { base, checkOf, look, pushed } from './followed.fixture.ts';
import { followedGround } from './followed-ground.fixture.ts';

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

test('R-SEN-6: a workflow that runs for some changes only is not waited for after the deadline for first checks', async () => {
  const { database, forge, order } = await greenAtOnce();
  await look(database, forge, { ...merges, noChecksMs: 0 });
  expect(await order()).toMatchObject({ status: 'completed' });
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
