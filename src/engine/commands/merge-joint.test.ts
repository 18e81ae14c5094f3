// A change of a joint change is merged only after the earlier ones, by people and by policy.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { toJson } from '../../store/storable.ts';
import { earlierUnmerged } from '../../store/work/groups/joint-changes.ts';
import { recordPullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { groupRows } from '../pipeline/groups.fixture.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { viewWorkOrders } from '../views/work-order/work-order-view.ts';
import { actsOf } from './acts.ts';
import { merge } from './merge/merge.ts';

const shared = sharedDatabase();
const sha = 'a'.repeat(40);
const because = { changedBy: 'test', changedBecause: 'test' };
type Scratch = Awaited<ReturnType<typeof scratchWork>>;

/** A completed work order with an open pull request. */
async function proposed(): Promise<Scratch> {
  const database = shared();
  const work = await scratchWork(database, { step: 'tracking' });
  const { id, projectId } = work.order;
  const { forge } = work;
  Object.assign(forge, { repository: `acme/${id}` });
  const branch = `moose/${id}`;
  const draft = { title: 't', body: 'b', headBranch: branch, headSha: sha, baseBranch: 'main', baseSha: sha };
  const { how: _, ...pull } = await forge.openPullRequest({ ...draft, workOrderId: id });
  const at = { host: forge.host, repository: forge.repository, projectId };
  await recordPullRequest(database.query, { ...pull, ...at, baseSha: sha, workOrderId: id });
  const learned = { branch, baseBranch: 'main', finishedAt: new Date() };
  const ended = { status: 'completed' as const, stepState: 'done' as const };
  await changeWorkOrder(database.query, id, {}, { ...learned, ...ended, ...because });
  return work;
}

async function pair() {
  const database = shared();
  const [first, second] = [await proposed(), await proposed()];
  await groupRows(database, 'joint', [first, second]);
  const mergeOf = async (work: Scratch) =>
    merge(
      { ...work, forges: { of: async () => work.forge } },
      await theWorkOrder(database, work.order.id),
      'human:ada',
    );
  return { database, first, second, mergeOf };
}

test('the second one is refused before the first one is merged, and says what to do', async () => {
  const { database, first, second, mergeOf } = await pair();
  await expect(mergeOf(second)).rejects.toMatchObject({
    code: 'MERGE_OUT_OF_ORDER',
    message: expect.stringMatching(
      /^It follows pull request 1 of work order \w+ in .*, which has to be merged first\.$/,
    ),
    advice: `Merge that one first: \`moose merge ${first.order.id.slice(-8)}\`.`,
  });
  const acts = await actsOf(database.query, await theWorkOrder(database, second.order.id), 'human:ada');
  expect(acts.find(({ act }) => act === 'merge')?.why_not).toContain('which has to be merged first');
  const explained = async () => {
    const order = await theWorkOrder(database, second.order.id);
    return (await viewWorkOrders(database, [{ ...order, project: 'client' }], new Date()))[0]?.explain;
  };
  expect(await explained()).toContain('which has to be merged first');
  expect(await mergeOf(first)).toMatchObject({ state: 'merged' });
  expect(await explained()).toContain('merge it with `moose merge');
  expect(await mergeOf(second)).toMatchObject({ state: 'merged' });
  // Idempotent, as every merge.
  expect(await mergeOf(second)).toMatchObject({ state: 'merged' });
});

test('fear: the first one is closed, and the second one is merged without it', async () => {
  const { database, first, second, mergeOf } = await pair();
  const closed = database.query.updateTable('pullRequests').set({ state: 'closed' });
  await closed.where('workOrderId', '=', first.order.id).execute();
  await expect(mergeOf(second)).rejects.toMatchObject({
    code: 'MERGE_OUT_OF_ORDER',
    message: expect.stringContaining('closed without a merge'),
    advice: expect.stringContaining('on the forge yourself'),
  });
});

test('a replacement of the first one, which conflicted, stands for it', async () => {
  const { database, first, second } = await pair();
  const again = await proposed();
  const settings = toJson({ replaces: first.order.id });
  await database.query.updateTable('workOrders').set({ settings }).where('id', '=', again.order.id).execute();
  const unmerged = () => earlierUnmerged(database.query, second.order.id);
  expect(await unmerged()).toMatchObject({ workOrderId: again.order.id, state: 'open' });
  const merged = database.query.updateTable('pullRequests').set({ state: 'merged' });
  await merged.where('workOrderId', '=', again.order.id).execute();
  expect(await unmerged()).toBeUndefined();
});
