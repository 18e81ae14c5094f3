import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { githubReader } from '../../../test/forges/github-webhooks.fixture.ts';
import type { ProjectId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { keepForgeHost } from '../../store/work/pull-requests/forge-hosts.ts';
import {
  changePullRequest,
  openLocalPullRequest,
  recordPullRequest,
} from '../../store/work/pull-requests/pull-requests.ts';
import { addDelivery, hostsOfOneBodyMax } from '../../store/work/pull-requests/webhook-deliveries.ts';
import { aWorkOrderAtWork, type Scratch, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { intendEffect, markEffect } from '../../store/work/sessions/effects.ts';
import { eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { isRemoteOf } from './deliveries-find.ts';
import { lookedAtAgainMax, webhooksJob } from './webhooks-job.ts';

const sha = 'a'.repeat(40);
const branch = 'moose/1a2b3c4d-mend-it';
const never = new AbortController().signal;
const later = new Date(Date.now() + 60 * 60_000);
const sources = { find: async () => ({ reader: githubReader, secret: null }) };

/** The parts of GitHub's webhooks that Moose reads. */
const checkRun = (given: object = {}, headBranch: string | null = branch) => ({
  action: 'completed',
  repository: { full_name: 'Acme/Api' },
  check_run: {
    name: 'build',
    head_sha: sha,
    conclusion: 'success',
    pull_requests: [{ number: 7 }],
    check_suite: { head_branch: headBranch },
    ...given,
  },
});
const comment = (number: number) => ({
  action: 'created',
  repository: { full_name: 'acme/api' },
  issue: { number, pull_request: {} },
});

async function deliver(
  database: Database,
  event: string,
  payload: object,
  { id = event, source = 'github.com' } = {},
): Promise<boolean> {
  const bodySha256 = createHash('sha256')
    .update(`${id} ${JSON.stringify(payload)}`)
    .digest();
  return addDelivery(database.query, { id, source, event, payload, bodySha256, isIgnored: false });
}

const look = async (database: Database, mayDiffer: (where: string) => void = () => undefined) => {
  const recorded: string[] = [];
  const errors = {
    record: ({ code }: { code: string }) => {
      recorded.push(code);
      return { id: '', resolved: () => undefined };
    },
  };
  const logger = pino({ level: 'silent' });
  await ifDue(database, webhooksJob({ database, random: () => 0.5, logger, errors, sources, mayDiffer })).run(
    never,
  );
  return recorded;
};

const deliveries = (database: Database) =>
  database.query
    .selectFrom('webhookDeliveries')
    .select(['id', 'state', 'retryCount', 'workOrderId', 'failure'])
    .orderBy('id')
    .execute();

test('R-SEN-1: fear: one signed body is sent to all hosts of one secret, and each copy is stored', async () => {
  const database = await testDatabase();
  const hosts = Array.from({ length: hostsOfOneBodyMax + 3 }, (_, at) => `git${at}.example.org`);
  const bodySha256 = createHash('sha256').update('the same').digest();
  const taken: boolean[] = [];
  for (const host of hosts) {
    await keepForgeHost(database.query, {
      host,
      kind: 'gitea',
      apiUrl: `https://${host}/api/v1`,
      createdBy: 'human:ada',
      credential: JSON.stringify({ source: 'env', name: 'MOOSE_FORGE_TOKEN' }),
      webhookSecret: null,
    });
    const delivery = { id: `${host}:1`, source: host, event: 'push', payload: {}, bodySha256 };
    taken.push(await addDelivery(database.query, { ...delivery, isIgnored: false }));
  }
  expect(taken).toEqual(hosts.map((_, at) => at < hostsOfOneBodyMax));
  expect(await deliveries(database)).toHaveLength(hostsOfOneBodyMax);
});

/** Makes every delivery that waits for a retry due now. */
const hurry = (database: Database) =>
  database.query
    .updateTable('webhookDeliveries')
    .set({ nextAttemptAt: new Date(0) })
    .execute();

const pull = {
  headBranch: branch,
  headSha: sha,
  title: 'Fix it',
  body: '',
  baseBranch: 'main',
  baseSha: sha,
};

/** A pull request on a forge, which is asked about it again in an hour. */
async function openOn(
  database: Database,
  { workOrderId, projectId }: Scratch,
  { host = 'github.com', repository = 'acme/api', number = 7 } = {},
): Promise<void> {
  const at = { projectId: projectId as ProjectId, host, repository };
  await recordPullRequest(database.query, {
    ...at,
    ...pull,
    number,
    workOrderId,
    state: 'open',
    mergedSha: null,
    url: null,
    isDraft: false,
    mergeable: null,
  });
  await changePullRequest(database.query, at, number, { nextLookAt: later, looksUnchanged: 4 });
}

async function openLocally(database: Database, { workOrderId, projectId, runId }: Scratch, remote: string) {
  await openLocalPullRequest(database.query, { ...pull, workOrderId, projectId });
  const key = `push:${workOrderId}`;
  const detail = { remote, branch };
  await intendEffect(database.query, { workOrderId, runId, kind: 'push', key, detail });
  await markEffect(database.query, key, 'done');
}

const isDue = async (database: Database, { workOrderId }: Scratch) => {
  const { nextLookAt } = await database.query
    .selectFrom('pullRequests')
    .select('nextLookAt')
    .where('workOrderId', '=', workOrderId)
    .executeTakeFirstOrThrow();
  return nextLookAt !== null && nextLookAt < later;
};

test('R-CHA-2: a webhook that arrives before the pull request has its number waits, and then finds it', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database, { step: 'creating_pr' });
  await deliver(database, 'check_run', checkRun());
  expect(await look(database)).toEqual([]);
  expect(await deliveries(database)).toMatchObject([{ state: 'waiting', retryCount: 1, workOrderId: null }]);
  // The delivery is not handled before its time.
  await look(database);
  expect(await deliveries(database)).toMatchObject([{ retryCount: 1 }]);
  await openOn(database, scratch);
  await hurry(database);
  await look(database);
  expect(await deliveries(database)).toMatchObject([{ state: 'done', workOrderId: scratch.workOrderId }]);
  expect(await isDue(database, scratch)).toBe(true);
});

test('R-SEN-6: a webhook makes Moose ask the forge, and nothing that it says is recorded', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openOn(database, scratch);
  const before = await theWorkOrder(database, scratch.workOrderId);
  const events = await eventsOf(database.query, scratch.workOrderId);
  await deliver(database, 'check_run', checkRun({ conclusion: 'success' }));
  const head = { ref: branch, sha };
  const pull_request = { number: 7, merged: true, head };
  const repository = { full_name: 'acme/api' };
  await deliver(database, 'pull_request', { repository, action: 'closed', pull_request });
  await look(database);
  expect((await deliveries(database)).map(({ state }) => state)).toEqual(['done', 'done']);
  expect(await theWorkOrder(database, scratch.workOrderId)).toEqual(before);
  expect(await eventsOf(database.query, scratch.workOrderId)).toEqual(events);
  const [row] = await database.query.selectFrom('pullRequests').selectAll().execute();
  expect(row).toMatchObject({ state: 'open', verdict: null, looksUnchanged: 0 });
  expect(await isDue(database, scratch)).toBe(true);
});

test('R-SES-7: what a forge says about a pull request of Moose is followed by a comparison with the forge', async () => {
  const database = await testDatabase();
  await openOn(database, await aWorkOrderAtWork(database));
  const rung: string[] = [];
  await deliver(database, 'issue_comment', comment(8), { id: 'others' });
  await look(database, (where) => void rung.push(where));
  expect(rung).toEqual([]);
  await deliver(database, 'issue_comment', comment(7), { id: 'ours' });
  await look(database, (where) => void rung.push(where));
  expect(rung).toEqual(['far']);
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
  // GitHub sends it again under the same ID.
  expect(await deliver(database, 'check_run', checkRun())).toBe(true);
  expect(await deliveries(database)).toMatchObject([{ state: 'waiting', retryCount: 0, failure: null }]);
  expect(await deliver(database, 'check_run', checkRun())).toBe(false);
});

test('a webhook about other people’s branches, or of a removed forge, makes Moose ask nothing', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openOn(database, scratch);
  await deliver(database, 'check_run', checkRun({ pull_requests: [] }, 'feature/of-somebody'), { id: '1' });
  await deliver(database, 'issue_comment', comment(8), { id: '2' });
  await deliver(database, 'check_run', checkRun({ pull_requests: [], head_sha: 'c'.repeat(40) }, null), {
    id: '3',
  });
  await look(database);
  expect((await deliveries(database)).map(({ state }) => state)).toEqual(Array(3).fill('ignored'));
  expect(await isDue(database, scratch)).toBe(false);
  expect(await openAlerts(database.query)).toEqual([]);
});

test('R-SEN-5: a comment is found by its number, in the repository and on the host that sent it', async () => {
  const database = await testDatabase();
  const ours = await aWorkOrderAtWork(database);
  const otherRepository = await aWorkOrderAtWork(database, { repositoryPath: '/srv/web' });
  const otherHost = await aWorkOrderAtWork(database, { repositoryPath: '/srv/api2' });
  await openOn(database, ours);
  await openOn(database, otherRepository, { repository: 'acme/web' });
  await openOn(database, otherHost, { host: 'git.example.org' });
  await deliver(database, 'issue_comment', comment(7));
  await look(database);
  expect(await isDue(database, ours)).toBe(true);
  expect(await isDue(database, otherRepository)).toBe(false);
  expect(await isDue(database, otherHost)).toBe(false);
});

test('R-SEN-7: rights that changed concern every pull request of the repository, and no others', async () => {
  const database = await testDatabase();
  const ours = await aWorkOrderAtWork(database);
  const others = await aWorkOrderAtWork(database, { repositoryPath: '/srv/web' });
  await openOn(database, ours, { repository: 'Acme/Api' });
  await openOn(database, others, { repository: 'acme/web' });
  await deliver(database, 'member', { action: 'added', repository: { full_name: 'Acme/Api' } });
  await look(database);
  expect([await isDue(database, ours), await isDue(database, others)]).toEqual([true, false]);
});

test('what nobody looks at any more stays so', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openOn(database, scratch);
  const at = { projectId: scratch.projectId, host: 'github.com', repository: 'acme/api' };
  await changePullRequest(database.query, at, 7, { nextLookAt: null });
  await deliver(database, 'issue_comment', comment(7));
  await look(database);
  expect(await isDue(database, scratch)).toBe(false);
});

test('a pull request of the local forge belongs to the repository that its branch was pushed to', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openLocally(database, scratch, 'git@github.com:acme/web.git');
  await deliver(database, 'check_run', checkRun(), { id: '1' });
  await look(database);
  expect(await deliveries(database)).toMatchObject([{ state: 'waiting' }]);
  const api = { host: 'github.com', repository: 'acme/api' };
  expect(isRemoteOf('https://token@github.com/Acme/Api', api)).toBe(true);
  expect(isRemoteOf('ssh://git@github.com/acme/api.git/', api)).toBe(true);
  expect(isRemoteOf('git@github.com:acme/api.git', api)).toBe(true);
  expect(isRemoteOf('https://github.com/evil/acme/api', api)).toBe(false);
  expect(isRemoteOf('https://git.example.org/acme/api', api)).toBe(false);
  expect(isRemoteOf('git@git.example.org:acme/api.git', api)).toBe(false);
  expect(isRemoteOf('/srv/remotes/api.git', api)).toBe(true);
  expect(isRemoteOf(null, api)).toBe(true);
});

test("a webhook that is not in GitHub's format fails with an alert, and does not block others", async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await openOn(database, scratch);
  await deliver(database, 'check_run', { action: 'completed', check_run: [] }, { id: '1' });
  await deliver(database, 'check_run', checkRun({ head_sha: '--upload-pack=evil' }), { id: '2' });
  // A delivery that an earlier version of Moose received.
  await deliver(database, 'check_run', checkRun(), { id: '3', source: 'github' });
  await look(database);
  expect((await deliveries(database)).map(({ state }) => state)).toEqual(['failed', 'failed', 'done']);
  expect(await openAlerts(database.query)).toMatchObject([{ code: 'WEBHOOK_UNPLACED', times: 2 }]);
});

test('a forge that was removed after its webhook came is no hint, and is told', async () => {
  const database = await testDatabase();
  await deliver(database, 'check_run', checkRun());
  const errors = { record: () => ({ id: '', resolved: () => undefined }) };
  const logger = pino({ level: 'silent' });
  const sources = { find: async () => null };
  const given = { database, random: () => 0.5, logger, errors, sources, mayDiffer: () => undefined };
  await ifDue(database, webhooksJob(given)).run(never);
  expect(await deliveries(database)).toMatchObject([
    { state: 'failed', failure: 'github.com is no longer registered.' },
  ]);
});
