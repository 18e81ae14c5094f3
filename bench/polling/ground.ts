// Open pull requests on a double of GitHub, each with a work order that waits for a check that never ends.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { defaultSettings } from '../../src/engine/policy/engine-settings.ts';
import { ErrorRecoveryManager } from '../../src/engine/recovery/error-recovery-manager.ts';
import { pullRequestsJob } from '../../src/engine/sentinel/pull-requests-job.ts';
import { createGitHubForges } from '../../src/forges/github/forge.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { followFrom } from '../../src/store/work/followed-pull-requests.ts';
import { keepForgeHost } from '../../src/store/work/forge-hosts.ts';
import { recordPullRequest } from '../../src/store/work/pull-requests.ts';
import { updateRun } from '../../src/store/work/runs.ts';
import { aWorkOrderAtWork } from '../../src/store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../src/store/work/work-orders.ts';
import { startGitHub } from '../../test/github-double/github.ts';
import { limitPerHour } from '../../test/github-double/rate-limit.ts';

export interface PollingGround {
  /** Looks at every pull request once. */
  lookAtAll(signal: AbortSignal): Promise<void>;
  /** The requests since the last time; an unchanged answer is not counted by GitHub's limit. */
  asked(): { all: number; charged: number; byKey: Map<string, number> };
  /** As if an hour had gone: the limit is whole again. */
  passHour(): Promise<void>;
  isPaused(): Promise<boolean>;
  close(): Promise<void>;
}

const fullName = 'acme/api';
const hourMs = 60 * 60_000;

export async function openGround(
  database: Database,
  count: number,
  note: (line: string) => void,
): Promise<PollingGround> {
  const github = await startGitHub();
  const repository = github.addRepository(fullName);
  repository.grant('moose', 'write');
  const token = github.tokenOf('moose');
  const host = await database.run((query) =>
    keepForgeHost(query, {
      ...{ host: github.host, kind: 'github', apiUrl: github.world.api, createdBy: 'bench' },
      ...{ credential: JSON.stringify({ source: 'env', name: 'TOKEN' }), webhookSecret: null },
    }),
  );
  const build = createGitHubForges({
    ...{ database, clock: systemClock, programEnvironment: {}, writesApartMs: 0, read: () => token },
  });
  const forge = build({ projectId: 'project', host, path: fullName });
  const main = repository.sha('main');
  for (let at = 1; at <= count; at += 1) {
    const headBranch = `moose/${at}`;
    const headSha = repository.commit(headBranch, { [`${at}.txt`]: `${at}` }, { from: 'main' });
    repository.reportStatus(headSha, 'build', 'pending', 'It runs.');
    const scratch = await aWorkOrderAtWork(database, {
      ...{ step: 'tracking', repositoryPath: `/srv/${randomUUID()}` },
    });
    const { workOrderId, projectId, runId } = scratch;
    const draft = { headBranch, headSha, baseBranch: 'main', baseSha: main, title: 't', body: 'b' };
    const opened = await forge.openPullRequest({ ...draft, workOrderId });
    const { number, url, state, mergedSha, isDraft, mergeable } = opened;
    const told = { number, url, state, mergedSha, isDraft, mergeable };
    const row = await recordPullRequest(database.query, {
      ...{ ...draft, ...told, projectId, workOrderId, host: host.host, repository: fullName },
    });
    await updateRun(database.query, runId, { state: 'ended', outcome: 'completed', endedAt: new Date() });
    await followFrom(database.query, row, { delayMs: 0, waitingFor: 'CI', followed: { pushedSha: headSha } });
    const waits = { changedBy: 'bench', changedBecause: 'it waits for CI' };
    await changeWorkOrder(
      database.query,
      workOrderId,
      {},
      { step: 'awaiting_ci', stepState: 'running', ...waits },
    );
    if (at % 100 === 0) note(`${at} pull requests are open`);
  }
  const errorLog = { record: () => ({ id: '', resolved: () => undefined }) };
  const circuits = { through: <T>(_: unknown, __: unknown, call: () => Promise<T>) => call() };
  const job = pullRequestsJob({
    ...{ database, forges: { of: async () => forge }, clock: systemClock, settings: defaultSettings },
    ...{ logger: pino({ level: 'silent' }), errors: errorLog, reached: () => undefined },
    recovery: new ErrorRecoveryManager({
      ...{ policies: defaultSettings.recovery, circuits, errorLog, now: Date.now, random: Math.random },
    }),
  });
  const lookAtAll = async (signal: AbortSignal) => {
    const startedAt = new Date();
    const isNew = (query: Database['query']) =>
      query.selectFrom('pullRequests').select('number').where('lookedAt', '>=', startedAt).execute();
    await database.query
      .updateTable('pullRequests')
      .set({ nextLookAt: new Date(0) })
      .execute();
    while ((await isNew(database.query)).length < count) {
      await job.run(signal);
      // Those that are due again soon come in the next round of this benchmark.
      await database.query
        .updateTable('pullRequests')
        .set({ nextLookAt: new Date(startedAt.getTime() + hourMs) })
        .where('lookedAt', '>=', startedAt)
        .execute();
    }
  };
  let seen = github.requests.length;
  return {
    lookAtAll,
    asked: () => {
      const since = github.requests.slice(seen);
      seen = github.requests.length;
      const byKey = new Map<string, number>();
      for (const { key, status } of since) {
        const name = `${key ?? 'git'}: ${status}`;
        byKey.set(name, (byKey.get(name) ?? 0) + 1);
      }
      return { byKey, all: since.length, charged: since.filter(({ status }) => status !== 304).length };
    },
    passHour: async () => {
      github.passTime(hourMs);
      for (const each of github.world.tokens.values()) each.left = limitPerHour;
      const whole = { limitRemaining: null, limitResetAt: null, pausedUntil: null, pausedBecause: null };
      await database.query.updateTable('forgeHosts').set(whole).execute();
    },
    isPaused: async () => {
      const { pausedUntil } = await database.query
        .selectFrom('forgeHosts')
        .select('pausedUntil')
        .executeTakeFirstOrThrow();
      return pausedUntil !== null;
    },
    close: () => github.stop(),
  };
}
