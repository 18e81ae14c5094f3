import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { groupById, idsOfGroup } from '../../../store/work/groups/groups.ts';
import { actsOf } from '../acts.ts';
import { approve } from '../approve.ts';
import { choicesPerCandidate } from './candidate-submissions.ts';
import type { Submission } from './submission.ts';
import { submit } from './submit.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock });
const submission = (given: Partial<Submission> = {}): Submission => ({
  title: 'Fix the parser',
  repositoryPath: scratchRepository().path,
  bestOf: 3,
  ...given,
});

async function ordersOf(id: WorkOrderId) {
  const { query } = shared();
  const ids = await idsOfGroup(query, id);
  const { rows } = await sql<{ id: string; settings: Submission; limitNanoUsd: bigint | null; runs: number }>`
    select w.id, w.settings, w.limit_nano_usd,
      (select count(*)::int from runs r where r.work_order_id = w.id) as runs
    from work_orders w where w.id = any (${ids}::uuid[]) order by array_position(${ids}::uuid[], w.id)`.execute(
    query,
  );
  return rows;
}

test('candidates are work orders with a run each; they share the limit, and take models and agents in turn', async () => {
  const models = ['p/a', 'p/b'];
  const { order } = await submit(
    deps(),
    submission({ models, agents: ['patch'], limitNanoUsd: 10n }),
    'human:ada',
  );
  const orders = await ordersOf(order.id);
  expect(orders.map(({ settings }) => settings.model)).toEqual(['p/a', 'p/b', 'p/a']);
  expect(orders.map(({ settings }) => settings.agent)).toEqual(['patch', 'patch', 'patch']);
  // Never more than the limit, whatever each candidate does.
  expect(orders.map(({ limitNanoUsd }) => limitNanoUsd)).toEqual([3n, 3n, 3n]);
  expect(orders.map(({ runs }) => runs)).toEqual([1, 1, 1]);
  expect(await groupById(shared().query, order.id)).toMatchObject({
    size: 3,
    limitNanoUsd: 10n,
    decidedAt: null,
  });
});

test('fear: the same submission twice makes six candidates', async () => {
  const id = newId<WorkOrderId>(new Date());
  const one = submission();
  const twice = await Promise.all([1, 2].map(() => submit(deps(), one, 'human:ada', { id })));
  expect(twice.map(({ order }) => order.id)).toEqual([id, id]);
  await submit(deps(), one, 'human:ada', { id });
  expect(await ordersOf(id)).toHaveLength(3);
  const { rows } =
    await sql`select 1 from work_orders where project_id = ${twice[0]?.order.projectId}`.execute(
      shared().query,
    );
  expect(rows).toHaveLength(3);
});

test('one approval begins all candidates', async () => {
  const { order } = await submit(deps(), submission({ needsApproval: true }), 'human:ada');
  expect((await ordersOf(order.id)).map(({ runs }) => runs)).toEqual([0, 0, 0]);
  await approve(deps(), order, 'human:ada');
  await approve(deps(), order, 'human:ada');
  expect((await ordersOf(order.id)).map(({ runs }) => runs)).toEqual([1, 1, 1]);
});

test('fear: a person approves one candidate, and pays for three', async () => {
  const given = submission({ needsApproval: true, limitNanoUsd: 3_000_000_000n });
  const { order } = await submit(deps(), given, 'human:ada');
  const acts = await actsOf(shared().query, order, 'human:ada');
  expect(acts.find(({ act }) => act === 'approve')?.consequence.slice(1)).toEqual([
    'So do the other candidates: 3 work orders begin.',
    'It may spend $1.00 in total, and so may each of the others.',
  ]);
});

test.each([
  [{ bestOf: 1 }, /2 to 5 candidates, not 1/],
  [{ bestOf: 6 }, /2 to 5 candidates, not 6/],
  [{ bestOf: 2.5 }, /2 to 5 candidates/],
  [{ bestOf: 2, models: ['p/a', 'p/b', 'p/c'] }, /3 models or agents for 2/],
  [{ bestOf: undefined, models: ['p/a'] }, /need several candidates/],
  [{ bestOf: 5, limitNanoUsd: 4n }, /too small/],
])('a wrong number of candidates (%#) is refused, and nothing is stored', async (given, message) => {
  const refused = submission(given);
  await expect(submit(deps(), refused, 'human:ada')).rejects.toMatchObject({
    code: 'CANDIDATES_INVALID',
    message: expect.stringMatching(message),
  });
  const { rows } =
    await sql`select 1 from projects where repository_path = ${refused.repositoryPath}`.execute(
      shared().query,
    );
  expect(rows).toEqual([]);
});

test('each pair of agent and model that is asked for is checked before anything is stored', () => {
  expect(choicesPerCandidate(submission({ models: ['p/a', 'p/b'], agents: ['patch'] }))).toEqual([
    { agent: 'patch', model: 'p/a' },
    { agent: 'patch', model: 'p/b' },
  ]);
  expect(choicesPerCandidate({ title: 'x', model: 'p/a' })).toEqual([{ agent: undefined, model: 'p/a' }]);
  // They are taken in turn, so lists of different lengths make pairs that neither list shows.
  const pairs = choicesPerCandidate(
    submission({ bestOf: 4, agents: ['a', 'b'], models: ['p/a', 'p/b', 'p/c'] }),
  );
  expect(pairs.map(({ agent, model }) => `${agent} ${model}`)).toEqual(['a p/a', 'b p/b', 'a p/c', 'b p/a']);
});
