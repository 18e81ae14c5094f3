import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { intendEffect, markEffect } from '../../store/work/effects.ts';
import { openLocalPullRequest } from '../../store/work/pull-requests.ts';
import { aWorkOrderAtWork, type Scratch, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { addDelivery } from '../../store/work/webhook-deliveries.ts';
import { eventsOf } from '../../store/work/work-orders.ts';
import { isRemoteOf } from './find-work-order.ts';
import { lookedAtAgainMax, webhooksJob } from './webhooks-job.ts';

const sha = 'a'.repeat(40);
const branch = 'moose/1a2b3c4d-mend-it';
const never = new AbortController().signal;

/** The parts of GitHub's webhooks that Moose reads. */
const checkRun = (given: object = {}, headBranch: string | null = branch) => ({
  action: 'completed',
  repository: { full_name: 'Acme/Api' },
  check_run: {
    name: 'build',
    head_sha: sha,
    conclusion: 'success',
    html_url: 'https://github.com/acme/api/runs/1',
    pull_requests: [{ number: 1 }],
    check_suite: { head_branch: headBranch },
    ...given,
  },
});

async function deliver(database: Database, event: string, payload: object, id = event): Promise<void> {
  const bodySha256 = createHash('sha256')
    .update(`${id} ${JSON.stringify(payload)}`)
    .digest();
  await addDelivery(database.query, { id, source: 'github', event, payload, bodySha256, isIgnored: false });
}

const look = async (database: Database) => {
  const recorded: string[] = [];
  const errors = {
    record: ({ code }: { code: string }) => {
      recorded.push(code);
      return { id: '', resolved: () => undefined };
    },
  };
  await webhooksJob({ database, random: () => 0.5, logger: pino({ level: 'silent' }), errors }).run(never);
  return recorded;
};

const deliveries = (database: Database) =>
  database.query
    .selectFrom('webhookDeliveries')
    .select(['id', 'state', 'retryCount', 'workOrderId', 'failure'])
    .orderBy('id')
    .execute();

/** Makes every delivery that waits for a retry due now. */
const hurry = (database: Database) =>
  database.query
    .updateTable('webhookDeliveries')
    .set({ nextAttemptAt: new Date(0) })
    .execute();

async function openPullRequest(
  database: Database,
  { workOrderId, projectId, runId }: Scratch,
  given: { headBranch?: string; remote?: string } = {},
): Promise<void> {
  const { headBranch = branch, remote = 'https://github.com/acme/api.git' } = given;
  await openLocalPullRequest(database.query, {
    workOrderId,
    projectId,
    headBranch,
    headSha: sha,
    title: 'Mend it',
    body: '',
    baseBranch: 'main',
    baseSha: 'b'.repeat(40),
  });
  const key = `push:${workOrderId}`;
  const detail = { remote, branch: headBranch };
  await intendEffect(database.query, { workOrderId, runId, kind: 'push', key, detail });
  await markEffect(database.query, key, 'done');
}

const ciEvents = async (database: Database, id: WorkOrderId) =>
  (await eventsOf(database.query, id)).filter(({ kind }) => /^(ci|pull_request)\./.test(kind));

test('R-CHA-2: a webhook that arrives before the pull request has its number waits, and then finds it', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database, { step: 'creating_pr' });
  await deliver(database, 'check_run', checkRun());
  expect(await look(database)).toEqual([]);
  expect(await deliveries(database)).toMatchObject([{ state: 'waiting', retryCount: 1, workOrderId: null }]);
  // The delivery is not tried before its time.
  await look(database);
  expect(await deliveries(database)).toMatchObject([{ retryCount: 1 }]);
  await openPullRequest(database, scratch);
  await hurry(database);
  await look(database);
  expect(await deliveries(database)).toMatchObject([{ state: 'done', workOrderId: scratch.workOrderId }]);
  expect(await ciEvents(database, scratch.workOrderId)).toMatchObject([
    {
      kind: 'ci.passed',
      actor: 'forge:github',
      factKey: 'ci.passed:check_run build',
      reason: 'check_run build: success',
      detail: { sha, url: 'https://github.com/acme/api/runs/1', isCurrent: true },
    },
  ]);
  expect((await theWorkOrder(database, scratch.workOrderId)).metadata).toMatchObject({
    'ci check_run build': { kind: 'ci.passed', conclusion: 'success', sha },
  });
});

test('R-SEN-2: a webhook whose pull request never appears is given up after its retries, with an alert', async () => {
  const database = await testDatabase();
  await deliver(database, 'check_run', checkRun());
  for (let count = 0; count <= lookedAtAgainMax; count++) {
    await hurry(database);
    await look(database);
  }
  const [delivery] = await deliveries(database);
  expect(delivery).toMatchObject({ state: 'failed', retryCount: lookedAtAgainMax });
  expect(delivery?.failure).toContain(branch);
  expect(await openAlerts(database.query)).toMatchObject([{ code: 'WEBHOOK_UNPLACED' }]);
});

test('R-SEN-1: every kind of event is recorded for the work order that it is about', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openPullRequest(database, scratch);
  const repository = { full_name: 'acme/api' };
  const run = { head_sha: sha, head_branch: branch, pull_requests: [{ number: 1 }] };
  const head = { ref: branch, sha };
  const said: Array<[string, object]> = [
    ['check_run', checkRun({ conclusion: 'failure' })],
    [
      'check_suite',
      { repository, check_suite: { ...run, conclusion: 'timed_out', app: { name: 'Actions' } } },
    ],
    [
      'workflow_run',
      { repository, workflow_run: { ...run, name: 'CI', conclusion: 'cancelled', html_url: 'javascript:1' } },
    ],
    [
      'status',
      { repository, sha, state: 'success', context: 'lint', target_url: null, branches: [{ name: branch }] },
    ],
    [
      'pull_request',
      { repository, action: 'closed', pull_request: { number: 1, html_url: null, merged: true, head } },
    ],
  ];
  for (const [event, payload] of said) {
    await deliver(database, event, payload);
    await look(database);
  }
  const events = await ciEvents(database, scratch.workOrderId);
  expect(events.map(({ kind, reason, factKey }) => [kind, reason, factKey])).toEqual([
    ['ci.failed', 'check_run build: failure', null],
    ['ci.failed', 'check_suite Actions: timed_out', null],
    ['ci.undecided', 'workflow_run CI: cancelled', null],
    ['ci.passed', 'status lint: success', 'ci.passed:status lint'],
    ['pull_request.merged', 'pull_request: merged', null],
  ]);
  expect(events[2]?.detail.url).toBeNull();
  expect(Object.keys((await theWorkOrder(database, scratch.workOrderId)).metadata)).toHaveLength(5);
});

test('a webhook that says nothing yet, or is about other people’s branches, is ignored without an alert', async () => {
  const database = await testDatabase();
  await deliver(database, 'check_run', checkRun({ conclusion: null }), '1');
  await deliver(database, 'check_run', checkRun({}, 'feature/of-somebody'), '2');
  await deliver(database, 'check_run', checkRun({}, null), '3');
  await deliver(
    database,
    'status',
    { repository: { full_name: 'a/b' }, sha, state: 'pending', context: 'c', target_url: null },
    '4',
  );
  await look(database);
  expect((await deliveries(database)).map(({ state }) => state)).toEqual(Array(4).fill('ignored'));
  expect(await openAlerts(database.query)).toEqual([]);
});

test('a branch of the same name in another repository is not ours', async () => {
  const database = await testDatabase();
  const ours = await aWorkOrderAtWork(database);
  const others = await aWorkOrderAtWork(database, { repositoryPath: '/srv/web' });
  await openPullRequest(database, ours);
  await openPullRequest(database, others, { remote: 'git@github.com:acme/web.git' });
  await deliver(database, 'check_run', checkRun());
  await look(database);
  expect(await ciEvents(database, ours.workOrderId)).toHaveLength(1);
  expect(await ciEvents(database, others.workOrderId)).toHaveLength(0);
  expect(isRemoteOf('https://token@github.com/Acme/Api', 'acme/api')).toBe(true);
  expect(isRemoteOf('ssh://git@github.com/acme/api.git/', 'acme/api')).toBe(true);
  expect(isRemoteOf('https://github.com/evil/acme/api', 'acme/api')).toBe(false);
  expect(isRemoteOf('/srv/remotes/api.git', 'acme/api')).toBe(true);
  expect(isRemoteOf(null, 'acme/api')).toBe(true);
});

test('R-PIPE-12: flapping is not progress: a pass counts once per check, and only for the newest commit', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openPullRequest(database, scratch);
  const conclusions = ['success', 'failure', 'success', 'success'];
  for (const [index, conclusion] of conclusions.entries()) {
    await deliver(database, 'check_run', checkRun({ conclusion }), String(index));
    await look(database);
  }
  await deliver(database, 'check_run', checkRun({ name: 'old', head_sha: 'c'.repeat(40) }), 'old');
  await look(database);
  const events = await ciEvents(database, scratch.workOrderId);
  expect(events.filter(({ factKey }) => factKey !== null)).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({
    reason: 'check_run old: success (of an older commit)',
    factKey: null,
  });
  expect(Object.keys((await theWorkOrder(database, scratch.workOrderId)).metadata)).toEqual([
    'ci check_run build',
  ]);
});

test("a webhook that is not in GitHub's format fails with an alert, and does not block others", async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openPullRequest(database, scratch);
  await deliver(database, 'check_run', { check_run: [] }, '1');
  await deliver(database, 'check_run', checkRun({ head_sha: '--upload-pack=evil' }), '2');
  await deliver(database, 'check_run', checkRun(), '3');
  await look(database);
  expect((await deliveries(database)).map(({ state }) => state)).toEqual(['failed', 'failed', 'done']);
  expect(await openAlerts(database.query)).toMatchObject([{ code: 'WEBHOOK_UNPLACED', times: 2 }]);
});

test('two processes that read at the same time record each delivery once', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openPullRequest(database, scratch);
  for (let id = 0; id < 30; id++)
    await deliver(database, 'check_run', checkRun({ conclusion: 'failure' }), String(id));
  await Promise.all([look(database), look(database), look(database)]);
  expect(await ciEvents(database, scratch.workOrderId)).toHaveLength(30);
});
