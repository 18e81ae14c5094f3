import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diff, Output, WorkOrderDetail } from '../contract/contract.ts';
import { newId, type RunId } from '../domain/ids.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { saveArtifact } from '../store/work/sessions/artifacts.ts';
import { recordEvent } from '../store/work/work-orders/work-orders.ts';
import { apiGround } from './api-ground.fixture.ts';
import { aProcess, aStory, hostile } from './work-order-story.fixture.ts';

test('the timeline tells each step with what came of it, what it cost and what failed in it (R-UI-2)', async () => {
  const { database, call } = await apiGround();
  const of = await aWorkOrderAtWork(database, { step: 'verifying', title: hostile });
  const { sessionId, errorId } = await aStory(database, of);

  const { status, body } = await call(`/api/work-orders/${of.workOrderId.slice(-8)}`);
  expect(status).toBe(200);
  const detail = body as WorkOrderDetail;
  expect(detail).toMatchObject({
    title: hostile,
    agent: 'patch',
    model: 'a/b',
    cost_usd: 0,
    events: expect.any(Number),
  });
  expect(detail.timeline.map(({ step, state, cycle, run }) => [run, cycle, step, state])).toEqual([
    [1, 0, 'routing', 'done'],
    [1, 0, 'generating', 'done'],
    [1, 0, 'applying', 'done'],
    [1, 0, 'verifying', 'sent_back'],
  ]);
  const [routing, generating, applying, verifying] = detail.timeline;
  expect(routing?.summary).toBe('Complexity 0.4: standard models (a/b first), agent patch.');
  expect(generating).toMatchObject({
    summary: expect.stringContaining(`2 edits by a/b: Do it. ${hostile}`),
    cost_usd: 1,
    model_calls: 1,
  });
  expect(generating?.attempts).toMatchObject([
    { number: 1, what: 'proposer: a/b', outcome: 'done', cost_usd: 1 },
  ]);
  expect(applying?.summary).toBe('patch changed 1 file. It is done.');
  expect(applying?.attempts).toMatchObject([
    { what: 'patch', outcome: 'failed', session_id: sessionId, error_id: errorId, error: 'It crashed.' },
  ]);
  expect(verifying?.summary).toBe('The check test is red.');
  expect(detail.checks).toMatchObject([{ kind: 'test', is_green: false, output_tail: hostile, run: 1 }]);
  expect(detail.errors).toMatchObject([
    { code: 'AGENT_CRASHED', rule: 'agent/crash', confidence: 0.8, advice: 'Try again.' },
  ]);
  expect(detail.sessions).toMatchObject([{ id: sessionId, is_here: true, title: hostile }]);
  expect(detail.costs).toMatchObject([{ service: 'proposer', actual_usd: 1 }]);
  expect(detail.acts.map(({ act }) => act)).toContain('cancel');
  expect(detail.totals).toMatchObject({ errors: 1, sessions: 1, costs: 1 });
});

test('of a work order with much of everything the newest are told, and how many there are', async () => {
  const { database, call } = await apiGround();
  const of = await aWorkOrderAtWork(database, { step: 'generating' });
  const rows = Array.from({ length: 150 }, (_, n) => ({
    id: newId(new Date()),
    timestamp: new Date(Date.now() + n).toISOString(),
    errorType: `E${n}`,
    severity: 'low' as const,
    component: 'c',
    operation: 'o',
    errorMessage: 'x',
    failureClass: 'unknown' as const,
    category: 'transient' as const,
    fingerprint: 'f',
    workOrderId: of.workOrderId,
    runId: of.runId as RunId,
    step: 'generating' as const,
  }));
  await database.query.insertInto('errorEvents').values(rows).execute();
  const detail = (await call(`/api/work-orders/${of.workOrderId}`)).body as WorkOrderDetail;
  expect(detail.errors).toHaveLength(100);
  expect(detail.errors[0]?.code).toBe('E149');
  expect(detail.totals.errors).toBe(150);
  expect(detail.timeline.at(-1)).toMatchObject({ step: 'generating', finished_at: null, duration_ms: null });
  expect(detail.timeline.at(-1)?.attempts.length).toBeLessThanOrEqual(30);
});

test('a work order that is not there is not found, wherever it is asked for', async () => {
  const { call } = await apiGround();
  for (const path of ['', '/events', '/diff', '/sessions', '/record'])
    expect(await call(`/api/work-orders/01a2b3c4-0000-7000-8000-000000000000${path}`)).toMatchObject({
      status: 404,
      body: { code: 'WORK_ORDER_NOT_FOUND' },
    });
  expect((await call('/api/work-orders/no-such')).status).toBe(400);
});

test('the sessions of a work order come oldest first, with what is needed to watch them', async () => {
  const { database, call } = await apiGround();
  const of = await aWorkOrderAtWork(database);
  const first = await aProcess(database, of, { directory: '/first', cycle: 0 });
  const second = await aProcess(database, of, { directory: '/second', cycle: 1, state: 'running' });
  const other = await aWorkOrderAtWork(database);
  await aProcess(database, other);
  expect((await call(`/api/work-orders/${of.workOrderId}/sessions`)).body).toMatchObject({
    items: [
      { id: first, directory: '/first', unreachable_since: null },
      { id: second, directory: '/second', ended_at: null, viewer: null },
    ],
  });
});

test('events come oldest first, and whoever has read to the end asks for what is new', async () => {
  const { database, call } = await apiGround();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const read = async (query: string) =>
    (await call(`/api/work-orders/${workOrderId}/events?${query}`)).body as {
      items: Array<{ id: string; what: string; is_progress: boolean }>;
      next_cursor: string | null;
      is_settled: boolean;
      newest_id: string;
    };
  const first = await read('limit=1');
  expect(first.items).toMatchObject([
    { what: 'pending: submitted', reason: 'submitted', from: null, to: { status: 'pending' } },
  ]);
  const rest = await read(`cursor=${first.next_cursor}`);
  expect(rest.next_cursor).toBeNull();
  await recordEvent(database.query, {
    workOrderId,
    kind: 'progress',
    actor: 'm',
    factKey: 'f',
    detail: { fact: hostile },
  });
  const news = await read(`cursor=${rest.items.at(-1)?.id}`);
  expect(news.items).toMatchObject([{ what: `progress: ${hostile}`, is_progress: true }]);
  expect(news).toMatchObject({ is_settled: false, newest_id: news.items[0]?.id });
  await database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', runId).execute();
  expect(await read('limit=1')).toMatchObject({ is_settled: true, newest_id: news.items[0]?.id });
});

test("R-PIPE-12: a model's review of a change is no progress", async () => {
  const { database, call } = await apiGround();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const detail = { verdict: 'revise', findings: ['It misses a case.'], reviewer: 'openai/gpt' };
  await recordEvent(database.query, {
    workOrderId,
    kind: 'change.reviewed',
    actor: 'm',
    factKey: 'review:1',
    detail,
  });
  const { items } = (await call(`/api/work-orders/${workOrderId}/events`)).body as {
    items: Array<{ kind: string; is_progress: boolean }>;
  };
  expect(items.find(({ kind }) => kind === 'change.reviewed')).toMatchObject({ is_progress: false });
});

test('a change is a patch with what each file gains and loses; a long one is cut, and counted whole', async () => {
  const { database, call } = await apiGround();
  const of = await aWorkOrderAtWork(database);
  const read = async (query = '') =>
    (await call(`/api/work-orders/${of.workOrderId}/diff${query}`)).body as Diff;
  expect(await read()).toEqual({ patch: null, is_whole: true, files: [] });
  const patch = (lines: number) =>
    `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,${lines} @@\n${'++ b/y\n'.repeat(lines)}--- a/y\n`;
  const save = (text: string) =>
    saveArtifact(database.query, {
      workOrderId: of.workOrderId,
      runId: of.runId,
      cycle: 0,
      kind: 'patch',
      content: Buffer.from(text),
    });
  await save(patch(3));
  expect(await read()).toEqual({
    patch: patch(3),
    is_whole: true,
    files: [{ path: 'x', added: 3, removed: 1, is_automatic: false }],
  });
  await save(patch(200_000));
  const long = await read();
  expect(long).toMatchObject({ is_whole: false, files: [{ path: 'x', added: 200_000, removed: 1 }] });
  expect(long.patch?.length).toBeLessThanOrEqual(1024 * 1024);
  expect(long.patch?.endsWith('\n')).toBe(true);
  expect(await read('?whole=true')).toMatchObject({ patch: patch(200_000), is_whole: true });
});

test('output is read on from where it ended, here alone, and nobody is told of a process that there never was', async () => {
  const { database, call } = await apiGround();
  const of = await aWorkOrderAtWork(database);
  const directory = await mkdtemp(join(tmpdir(), 'moose-output-'));
  await writeFile(join(directory, 'stdout.log'), 'ünï\nhalf a li');
  const id = await aProcess(database, of, { directory, state: 'running' });
  const read = async (one: string, query = '') =>
    (await call(`/api/sessions/${one}/output?${query}`)).body as Output;
  const begun = await read(id);
  expect(begun).toMatchObject({ text: 'ünï\n', next_offset: 6, size: 15, is_over: false, is_here: true });
  await database.query.updateTable('sessions').set({ state: 'exited' }).where('id', '=', id).execute();
  expect(await read(id, 'offset=6')).toMatchObject({ text: 'half a li', next_offset: 15, is_over: true });
  expect(await read(id, 'stream=stderr')).toMatchObject({ text: '', is_over: true });
  const [other] = await database.query
    .updateTable('sessions')
    .set({ host: 'elsewhere' })
    .where('id', '=', id)
    .returning('id')
    .execute();
  expect(await read(other?.id ?? '')).toMatchObject({ text: '', is_here: false, is_over: true });
  const missing = await call('/api/sessions/01a2b3c4-0000-7000-8000-000000000000/output');
  expect(missing).toMatchObject({ status: 404, body: { code: 'SESSION_NOT_FOUND' } });
  expect((await call('/api/sessions?state=all')).body).toMatchObject({
    items: [{ id, run: 1 }],
    next_cursor: null,
  });
  expect((await call('/api/sessions')).body).toMatchObject({ items: [] });
});
