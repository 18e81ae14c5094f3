import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId, type ProjectId, type WorkOrderId } from '../../../domain/ids.ts';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { groupById, idsOfGroup } from '../../../store/work/groups/groups.ts';
import { approve } from '../approve.ts';
import { jointParts, repositoriesOf, shownPlaces } from './joint-submissions.ts';
import type { Submission } from './submission.ts';
import { submit } from './submit.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock });
const another = () => ({ repositoryPath: scratchRepository().path });
const submission = (given: Partial<Submission> = {}): Submission => ({
  title: 'Add the tax',
  ...another(),
  alsoIn: [another(), another()],
  ...given,
});

async function ordersOf(id: WorkOrderId) {
  const { query } = shared();
  const ids = await idsOfGroup(query, id);
  const { rows } = await sql<{
    settings: { group: object };
    limitNanoUsd: bigint | null;
    runs: number;
    path: string;
  }>`
    select w.settings, w.limit_nano_usd, p.repository_path as path,
      (select count(*)::int from runs r where r.work_order_id = w.id) as runs
    from work_orders w join projects p on p.id = w.project_id
    where w.id = any (${ids}::uuid[]) order by array_position(${ids}::uuid[], w.id)`.execute(query);
  return rows;
}

test('each repository gets a work order with a run, in the order given, and they share the limit', async () => {
  const given = submission({ limitNanoUsd: 10n });
  const { order } = await submit(deps(), given, 'human:ada');
  const orders = await ordersOf(order.id);
  const paths = [given, ...(given.alsoIn ?? [])].map(({ repositoryPath }) => repositoryPath);
  expect(orders.map(({ path }) => path)).toEqual(paths);
  expect(orders.map(({ settings }) => settings.group)).toEqual(
    [1, 2, 3].map((number) => ({ kind: 'joint', group: order.id, number, of: 3 })),
  );
  // Never more than the limit, whatever each one does.
  expect(orders.map(({ limitNanoUsd }) => limitNanoUsd)).toEqual([3n, 3n, 3n]);
  expect(orders.map(({ runs }) => runs)).toEqual([1, 1, 1]);
  const group = await groupById(shared().query, order.id);
  expect(group).toMatchObject({ size: 3, limitNanoUsd: 10n, decidedAt: null });
});

test('fear: the same submission twice makes six work orders', async () => {
  const id = newId<WorkOrderId>(new Date());
  const one = submission();
  const twice = await Promise.all([1, 2].map(() => submit(deps(), one, 'human:ada', { id })));
  expect(twice.map(({ order }) => order.id)).toEqual([id, id]);
  expect(await ordersOf(id)).toHaveLength(3);
  const { rows } = await sql`select 1 from work_orders w join projects p on p.id = w.project_id
    where p.repository_path = ${one.alsoIn?.[0]?.repositoryPath}`.execute(shared().query);
  expect(rows).toHaveLength(1);
});

test('one approval begins all of them', async () => {
  const { order } = await submit(deps(), submission({ needsApproval: true }), 'human:ada');
  expect((await ordersOf(order.id)).map(({ runs }) => runs)).toEqual([0, 0, 0]);
  await approve(deps(), order, 'human:ada');
  expect((await ordersOf(order.id)).map(({ runs }) => runs)).toEqual([1, 1, 1]);
});

test.each<[() => Partial<Submission>, RegExp]>([
  [() => ({ bestOf: 2 }), /cannot have several candidates/],
  [() => ({ limitNanoUsd: 2n }), /too small/],
  [() => ({ alsoIn: Array.from({ length: 5 }, another) }), /5 repositories, not 6/],
])('a joint change that cannot be made (%#) is refused, and nothing is stored', async (given, message) => {
  const refused = submission(given());
  await expect(submit(deps(), refused, 'human:ada')).rejects.toMatchObject({
    code: 'JOINT_CHANGE_INVALID',
    message: expect.stringMatching(message),
  });
  const { rows } =
    await sql`select 1 from projects where repository_path = ${refused.repositoryPath}`.execute(
      shared().query,
    );
  expect(rows).toEqual([]);
});

test('fear: the same repository twice, by its path and by its name', async () => {
  const first = another();
  const { order } = await submit(deps(), { title: 'Before', ...first }, 'human:ada');
  const twice = { title: 'Add the tax', ...another(), alsoIn: [first, { project: order.projectId }] };
  await expect(submit(deps(), twice, 'human:ada')).rejects.toMatchObject({
    code: 'JOINT_CHANGE_INVALID',
    message: expect.stringContaining('is named twice'),
  });
  const { rows } = await sql`select 1 from projects where repository_path = ${twice.repositoryPath}`.execute(
    shared().query,
  );
  expect(rows).toEqual([]);
});

test('fear: the same repository twice, by its address over HTTPS and over SSH', async () => {
  const group = newId<WorkOrderId>(new Date());
  const given = { id: group, now: new Date(), projectId: newId<ProjectId>(new Date()) };
  const by = { actor: 'human:ada', requester: 'human:ada', because: 'submitted' };
  const projects = (...urls: string[]) =>
    urls.map((remoteUrl) => ({ id: newId<ProjectId>(new Date()), name: 'api', remoteUrl }));
  const parts = (...urls: string[]) =>
    jointParts({ title: 'Add the tax' }, { ...given, ...by }, projects(...urls));
  expect(() => parts('https://example.org/ada/api', 'ssh://git@example.org/Ada/api')).toThrow(/named twice/);
  const others = [
    'https://example.org/ada/api',
    'https://example.org/ada/web',
    'https://example.net/ada/api',
  ];
  expect(parts(...others, 'file:///srv/ada/api')).toHaveLength(4);
});

test('fear: who may not add a remote adds it as the second repository', () => {
  const given = repositoriesOf(submission({ mayAddProject: false, base: 'next' }));
  expect(given.map(({ mayAddProject, base }) => [mayAddProject, base])).toEqual(
    Array(3).fill([false, 'next']),
  );
});

test('the audit log does not contain the password of an address', () => {
  const alsoIn = [{ repositoryPath: 'https://ada:secret@example.org/a.git' }, { project: 'docs' }];
  const told = JSON.stringify(shownPlaces(submission({ alsoIn })));
  expect(told).not.toContain('secret');
  expect(told).toContain('docs');
  expect(shownPlaces({ title: 'x' })).toEqual({});
});
