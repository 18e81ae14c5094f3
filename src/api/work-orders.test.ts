import { expect, test } from 'vitest';
import type { Board, WorkOrder, WorkOrderPage } from '../contract/contract.ts';
import { newId, type ProjectId, type WorkOrderId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { openEscalation } from '../store/failures/escalations.ts';
import { projectOf } from '../store/work/projects/projects.ts';
import { recordPullRequest } from '../store/work/pull-requests/pull-requests.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../store/work/work-orders/work-orders.ts';
import { apiGround } from './api-ground.fixture.ts';

const hostile = `"Robert'); drop table <script>alert(1)</script> \u202eevil\u202c \\ % _`;

async function pending(
  database: Database,
  given: { title: string; project?: string; needsApproval?: boolean; costNanoUsd?: bigint },
): Promise<WorkOrderId> {
  const now = new Date();
  const id = newId<WorkOrderId>(now);
  const { id: projectId } = await projectOf(database.query, given.project ?? '/srv/api', now);
  await database.query
    .insertInto('workOrders')
    .values({
      id,
      projectId: projectId as ProjectId,
      title: given.title,
      timeLimitMs: 1_000,
      changedBy: 'human:a',
      needsApproval: given.needsApproval ?? false,
      costNanoUsd: given.costNanoUsd ?? 0n,
    })
    .execute();
  return id;
}

const ask = { options: [], recommendedOption: 'x', context: {}, title: 'What now?' };

test('pages follow each other without gaps or repetitions, however they are sorted (R-UI-6)', async () => {
  const { database, call } = await apiGround();
  // All rows of one transaction have the same time, so the time alone does not say where a page ended.
  await database.transaction(async (query) => {
    for (let n = 0; n < 7; n++)
      await pending({ ...database, query } as Database, { title: `number ${n}`, costNanoUsd: BigInt(n % 3) });
  });
  for (const sort of ['created', 'updated', 'cost']) {
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { status, body } = await call(`/api/work-orders?limit=2&sort=${sort}${cursor}`);
      expect(status).toBe(200);
      const page = body as WorkOrderPage;
      seen.push(...page.items.map(({ title }) => title));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  }
});

test('a cursor of another list, or an invalid one, is a bad request', async () => {
  const { database, call } = await apiGround();
  await pending(database, { title: 'one' });
  await pending(database, { title: 'two' });
  const { body } = await call('/api/work-orders?limit=1&sort=cost');
  const cursor = (body as WorkOrderPage).next_cursor;
  expect((await call(`/api/work-orders?limit=1&sort=cost&cursor=${cursor}`)).status).toBe(200);
  const wrong = ['nonsense', cursor, Buffer.from('["work_orders:created","x","y"]').toString('base64url')];
  for (const one of wrong)
    expect(await call(`/api/work-orders?limit=1&cursor=${one}`)).toMatchObject({
      status: 400,
      body: { code: 'CURSOR_INVALID' },
    });
  const id = (body as WorkOrderPage).items[0]?.id;
  for (const path of ['/api/sessions?cursor=x', `/api/work-orders/${id}/events?cursor=x`])
    expect(await call(path)).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
});

test('each filter finds what it says, and several filters find what matches all of them', async () => {
  const { database, call } = await apiGround();
  const atWork = await aWorkOrderAtWork(database, { title: 'At work', step: 'verifying' });
  const other = await pending(database, { title: 'Elsewhere', project: '/srv/web' });
  await database.query
    .updateTable('workOrders')
    .set({ failureClass: 'timeout', changedBy: 'human:a' })
    .where('id', '=', other)
    .execute();
  const titles = async (query: string) => {
    const { body } = await call(`/api/work-orders?${query}`);
    return (body as WorkOrderPage).items.map(({ title }) => title);
  };
  expect(await titles('')).toEqual(['Elsewhere', 'At work']);
  expect(await titles('status=in_progress')).toEqual(['At work']);
  expect(await titles('status=in_progress,pending')).toEqual(['Elsewhere', 'At work']);
  expect(await titles('step=verifying')).toEqual(['At work']);
  expect(await titles('failure_class=timeout&status=pending')).toEqual(['Elsewhere']);
  expect(await titles('project=web')).toEqual(['Elsewhere']);
  expect(await titles('project=none')).toEqual([]);
  expect(await titles('q=ELSE')).toEqual(['Elsewhere']);
  expect(await titles('q=100%25')).toEqual([]);
  expect(await titles(`q=${atWork.workOrderId.slice(-8)}`)).toEqual(['At work']);
  expect(await titles(`q=${atWork.workOrderId}`)).toEqual(['At work']);
  expect(await titles(`q=${other.slice(0, 13)}`)).toContain('Elsewhere');
  expect(await titles('needs_you=true')).toEqual([]);
});

test('a word that is not a status is named in the error, and finds nothing', async () => {
  const { call } = await apiGround();
  const { status, body } = await call('/api/work-orders?status=pending,lost');
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'REQUEST_INVALID', detail: expect.stringContaining('"lost"') });
  expect((body as { issues: unknown }).issues).toEqual([{ path: 'status', message: expect.any(String) }]);
});

test('work that waits for a person appears only in its lane: a question, a shared question, an approval, a review', async () => {
  const { database, call } = await apiGround();
  const asked = await aWorkOrderAtWork(database, { title: 'asked' });
  const shared = await aWorkOrderAtWork(database, { title: 'shared' });
  await aWorkOrderAtWork(database, { title: 'on its way' });
  await pending(database, { title: 'unapproved', needsApproval: true });
  await pending(database, { title: 'queued' });
  const own = await openEscalation(database.query, {
    ...ask,
    workOrderId: asked.workOrderId,
    failureClass: 'unknown',
  });
  const group = await openEscalation(database.query, {
    ...ask,
    workOrderId: null,
    failureClass: 'unknown',
    groupKey: 'g',
  });
  await database.query
    .insertInto('escalationMembers')
    .values({ escalationId: group.id, workOrderId: shared.workOrderId })
    .execute();

  const { body } = await call('/api/board');
  const lanes = Object.fromEntries((body as Board).lanes.map((lane) => [lane.lane, lane]));
  const titlesIn = (lane: string) => lanes[lane]?.items.map(({ title }) => title);
  expect(titlesIn('needs_you')).toEqual(['unapproved', 'shared', 'asked']);
  expect(titlesIn('pending')).toEqual(['queued']);
  expect(titlesIn('in_progress')).toEqual(['on its way']);
  expect(Object.values(lanes).map(({ lane, total }) => [lane, total])).toEqual([
    ['needs_you', 3],
    ['pending', 1],
    ['in_progress', 1],
    ['completed', 0],
    ['failed', 0],
  ]);
  const needing = (await call('/api/work-orders?needs_you=true')).body as WorkOrderPage;
  expect(needing.items.map(({ title, escalation_id }) => [title, escalation_id])).toEqual([
    ['unapproved', null],
    ['shared', group.id],
    ['asked', own.id],
  ]);
  const others = (await call('/api/work-orders?needs_you=false')).body as WorkOrderPage;
  expect(others.items.map(({ title, needs_you }) => [title, needs_you])).toEqual([
    ['queued', false],
    ['on its way', false],
  ]);
});

test('R-UI-6: fear: a change waits for a person to merge it, and is listed as completed', async () => {
  const { database, call } = await apiGround();
  const { query } = database;
  const publish = async (title: string, state: 'open' | 'merged', also: { stackedOn?: WorkOrderId } = {}) => {
    const { workOrderId, projectId } = await aWorkOrderAtWork(database, { title, step: 'tracking' });
    const by = { changedBy: 'moose', changedBecause: 'test' };
    const ended = { status: 'completed', stepState: 'done', finishedAt: new Date() } as const;
    await changeWorkOrder(query, workOrderId, {}, { ...ended, ...also, ...by });
    const [headSha, baseSha] = ['a'.repeat(40), 'b'.repeat(40)];
    await recordPullRequest(query, {
      projectId,
      workOrderId,
      host: 'local',
      repository: '',
      number: ++number,
      url: null,
      title,
      body: '',
      headBranch: title,
      headSha,
      baseBranch: 'main',
      baseSha,
      state,
      mergedSha: state === 'merged' ? headSha : null,
      isDraft: false,
      mergeable: null,
    });
    return workOrderId;
  };
  let number = 0;
  await pending(database, { title: 'unapproved', needsApproval: true });
  const lower = await publish('lower', 'open');
  await publish('upper', 'open', { stackedOn: lower });
  await publish('merged', 'merged');
  const { lanes } = (await call('/api/board')).body as Board;
  const inLane = (name: string) =>
    lanes
      .filter(({ lane }) => lane === name)
      .flatMap(({ total, items }) => [total, ...items.map(({ title, stage }) => [title, stage])]);
  // What only a person can answer comes first.
  expect(inLane('needs_you')).toEqual([2, ['unapproved', 'needs_you'], ['lower', 'ready_to_merge']]);
  expect(inLane('completed')).toEqual([2, ['merged', 'merged'], ['upper', 'waiting']]);
  const { items } = (await call('/api/work-orders?needs_you=true')).body as WorkOrderPage;
  expect(items).toMatchObject([
    { title: 'lower', status: 'completed', needs_you: true, mergeability: { is_possible: true } },
    { title: 'unapproved' },
  ]);
  expect((await call('/api/summary')).body).toMatchObject({ ready_to_merge: 1 });
});

test('the board, filtered by project and text, counts and shows only the matches', async () => {
  const { database, call } = await apiGround();
  await pending(database, { title: 'Mend the parser' });
  await pending(database, { title: 'Mend the page', project: '/srv/web' });
  const totals = async (query: string) =>
    ((await call(`/api/board?${query}`)).body as Board).lanes.map(({ total, items }) => [
      total,
      items.length,
    ]);
  expect(await totals('project=web')).toContainEqual([1, 1]);
  expect(await totals('q=PARSER')).toContainEqual([1, 1]);
  expect(await totals('')).toContainEqual([2, 2]);
});

test('a title is plain text, whatever it contains', async () => {
  const { database, call } = await apiGround();
  await pending(database, { title: hostile });
  const { body } = await call(`/api/work-orders?q=${encodeURIComponent(hostile.toUpperCase().slice(0, 40))}`);
  expect((body as WorkOrderPage).items.map(({ title }: WorkOrder) => title)).toEqual([hostile]);
  const withNul = await call(`/api/work-orders?q=${encodeURIComponent('a\0b')}`);
  expect(withNul).toMatchObject({ status: 200, body: { items: [] } });
});

test('projects say how much work was done in them, and one search box finds everything', async () => {
  const { database, call } = await apiGround();
  const id = await pending(database, { title: 'Mend the parser' });
  await openEscalation(database.query, {
    ...ask,
    title: 'Mend it how?',
    workOrderId: id,
    failureClass: 'unknown',
  });
  const errorId = newId(new Date());
  await database.query
    .insertInto('errorEvents')
    .values({
      id: errorId,
      errorType: 'MENDING_FAILED',
      severity: 'low',
      component: 'git',
      operation: 'x',
      errorMessage: 'No.',
      failureClass: 'unknown',
      category: 'permanent',
      fingerprint: 'f',
    })
    .execute();
  const { body: projects } = await call('/api/projects');
  expect(projects).toMatchObject({ items: [{ name: 'api', repository_path: '/srv/api', work_orders: 1 }] });
  const found = async (q: string) =>
    (
      (await call(`/api/search?q=${encodeURIComponent(q)}`)).body as {
        items: Array<{ kind: string; id: string }>;
      }
    ).items;
  expect((await found('mend')).map(({ kind }) => kind)).toEqual(['work_order', 'escalation', 'error']);
  expect((await found(errorId.slice(-8))).map((one) => one.id)).toContain(errorId);
  expect((await found('ap')).map(({ kind }) => kind)).toContain('project');
  expect(await found(' ')).toEqual([]);
});

test("R-UI-7: a project's settings are changed over HTTP by an admin, audited, and raised only by a person", async () => {
  const { call, database, tokens } = await apiGround();
  const { id } = await projectOf(database.query, '/srv/api', new Date());
  const patch = (body: unknown, token = tokens.admin) =>
    call(`/api/projects/${id}`, {
      method: 'PATCH',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    });
  const checks = [{ kind: 'test', command: 'make test' }];
  expect(await patch({ limit_usd: 2.5, checks })).toMatchObject({
    status: 200,
    body: { limit_usd: 2.5, checks },
  });
  expect(await patch({ limit_usd: 3 })).toMatchObject({ status: 403, body: { code: 'LIMIT_NOT_YOURS' } });
  expect(await patch({ limit_usd: 1 }, tokens.operator)).toMatchObject({ status: 403 });
  expect(await patch({})).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  expect((await call(`/api/projects/${id.replace(/.$/, '0')}`, { method: 'PATCH' })).status).toBeGreaterThan(
    399,
  );
  const acts = await database.query.selectFrom('auditLog').select(['act', 'subject']).orderBy('id').execute();
  expect(acts.slice(0, 3).map((row) => ({ ...row }))).toEqual([
    { act: 'project.change', subject: 'api' },
    { act: 'project.change', subject: 'api' },
    { act: 'project.change.refused', subject: 'api' },
  ]);
});
