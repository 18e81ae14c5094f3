// fear: the clock of the database was ahead and is set back, and forges are not called until it has caught up.
import { type RawBuilder, sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { toJson } from '../storable.ts';
import { duePullRequests, postponeLook, saveLook } from './pull-requests/followed-pull-requests.ts';
import { keepForgeHost } from './pull-requests/forge-hosts.ts';
import { dueIntakes, intakeLooked } from './pull-requests/forge-intakes.ts';
import { dueIssues, issueLooked, takeIssue } from './pull-requests/forge-issues.ts';
import { endPauses, hostState, pauseHost, takeWriteTurn } from './pull-requests/forge-limits.ts';
import { recordPullRequest } from './pull-requests/pull-requests.ts';
import { aWorkOrderAtWork } from './scratch-rows.fixture.ts';

const shared = sharedDatabase();
const turn = { apartMs: 1_000, waitMsMax: 20_000 };
const pause = { forMs: 60_000, because: 'it asked for it', firstMs: 60_000 };
const soon = { delayMs: 60_000, waitingFor: 'the forge' };

/** Moves the times in these columns into the future, as they are after the clock was set back by five hours. */
async function setBack(table: string, ...columns: string[]): Promise<void> {
  const moved: RawBuilder<unknown>[] = columns.map(
    (column) => sql`${sql.ref(column)} = ${sql.ref(column)} + interval '5 hours'`,
  );
  await sql`update ${sql.table(table)} set ${sql.join(moved)}`.execute(shared().query);
}

test('R-SEN-7: a host is written to and asked again, however long it seemed to be paused', async () => {
  const { query } = shared();
  const host = 'clock.example.org';
  await keepForgeHost(query, {
    host,
    kind: 'github',
    apiUrl: 'https://clock.example.org/api',
    createdBy: 'human:ada',
    webhookSecret: null,
    credential: toJson({ source: 'env', name: 'TOKEN' }),
  });
  expect(await takeWriteTurn(query, host, turn)).toBe(0);
  expect(await pauseHost(query, host, pause)).toBeGreaterThan(50_000);
  await sql`update forge_hosts set limit_reset_at = clock_timestamp() + interval '1 minute'`.execute(query);
  await setBack('forge_hosts', 'next_write_at', 'paused_until', 'limit_reset_at');
  expect(await hostState(query, host)).toMatchObject({ pausedMs: 0, resetMs: 0 });
  expect(await takeWriteTurn(query, host, turn)).toBe(0);
  expect(await takeWriteTurn(query, host, turn)).toBeGreaterThan(0);
  // Its next pause is as long as it asks for.
  expect(await pauseHost(query, host, pause)).toBeLessThanOrEqual(60_000);
  await setBack('forge_hosts', 'paused_until');
  await endPauses(query, host);
  expect(await hostState(query, host)).toMatchObject({ pausedUntil: null });
});

test('R-SEN-6: the pull request of a work order that waits for CI is looked at again, once', async () => {
  const { query } = shared();
  const { workOrderId, projectId } = await aWorkOrderAtWork(shared());
  const key = { projectId, host: 'github.com', repository: 'ada/api', number: 7 };
  await recordPullRequest(query, {
    ...key,
    workOrderId,
    title: 't',
    body: 'b',
    headBranch: 'moose/1',
    headSha: 'a',
    baseBranch: 'main',
    baseSha: 'b',
    state: 'open',
    url: 'https://github.com/ada/api/pull/7',
  } as Parameters<typeof recordPullRequest>[1]);
  const due = async () => (await duePullRequests(query, { max: 5, perHostMax: 5 })).length;
  await saveLook(query, key, { nextLookMs: 60_000, looksUnchanged: 0 });
  expect(await due()).toBe(0);
  await setBack('pull_requests', 'next_look_at', 'looked_at');
  expect(await due()).toBe(1);
  await postponeLook(query, key, soon);
  expect(await due()).toBe(0);
});

test('R-SEN-5: issues are asked for again, all of them, and their reports are written', async () => {
  const { query } = shared();
  const { workOrderId, projectId } = await aWorkOrderAtWork(shared(), { repositoryPath: '/srv/issues' });
  await query
    .updateTable('projects')
    .set({ settings: toJson({ intake_label: 'moose' }) })
    .where('id', '=', projectId)
    .execute();
  const place = { host: 'github.com', repository: 'ada/api', problem: null, nextInMs: 60_000 };
  const due = async () => (await dueIntakes(query, 5)).filter((each) => each.projectId === projectId);
  await intakeLooked(query, projectId, { ...place, complete: { label: 'moose', at: new Date() } });
  expect(await due()).toEqual([]);
  await setBack('forge_intakes', 'next_look_at', 'looked_at');
  expect(await due()).toMatchObject([{ lookedAt: null }]);
  await intakeLooked(query, projectId, { ...place, complete: null });
  expect(await due()).toEqual([]);

  const key = { projectId, host: 'github.com', repository: 'ada/api', number: 3 };
  const issue = {
    ...key,
    url: 'https://github.com/ada/api/issues/3',
    title: 't',
    author: 'ada',
    labelledBy: 'ada',
  };
  await takeIssue(query, issue, workOrderId);
  await issueLooked(query, key, { nextInMs: 10_000 });
  expect(await dueIssues(query, 5)).toEqual([]);
  await setBack('forge_issues', 'next_look_at');
  expect(await dueIssues(query, 5)).toHaveLength(1);
});
