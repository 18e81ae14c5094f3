// The machine has no process left for git for longer than one call retries: the step is started again, and continues
// where it was.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultyGit, starved } from '../../src/git/faulty-git.fixture.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

async function endedSessions(id: string): Promise<string[]> {
  const { rows } = await sql<{ session: string }>`
    select purpose || ' ' || name as session from sessions where work_order_id = ${id} order by created_at`.execute(
    ground.opened.database.query,
  );
  return rows.map(({ session }) => session);
}

test.each([
  ['the agent', 'its commit', '* commit-tree *'],
  // This git call looks for files that the check left in the worktree.
  ['the check', 'the look at what it left', '* status *'],
])('fear: %s has done its work, and is run again because of %s', async (_, __, of) => {
  const { id } = await ground.submit();
  const git = faultyGit({ of, times: 6, fault: starved });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'completed', failure: null });
  expect(git.starts()).toBeGreaterThan(6);
  expect(await endedSessions(id)).toEqual(['agent patch', 'check 1-test']);
  // R-FAIL-6: each of the six failures has a row: those that were retried immediately, and the one that ended the step.
  await expect
    .poll(async () => (await ground.opened.moose.show(id)).errors.map(({ code }) => code))
    .toEqual(Array.from({ length: 6 }, () => 'OUT_OF_PROCESSES'));
});

test('fear: a failed check is run again because the look at its leftovers failed', async () => {
  const { id } = await ground.submit({
    checks: [{ kind: 'test', command: 'test -e good.txt', source: 'given' }],
    answer: ({ prompt }) =>
      prompt.includes('ended with exit code 1')
        ? writes('good.txt', 'Good\n')
        : writes('first.txt', 'First\n'),
  });
  const git = faultyGit({ of: '* status *', times: 6, fault: starved });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1 } });
  expect(git.starts()).toBeGreaterThan(6);
  // The last one judges the change.
  const ended = ['agent patch', 'check 1-test', 'agent patch', 'check 1-test', 'check product-1-test'];
  expect(await endedSessions(id)).toEqual(ended);
});
