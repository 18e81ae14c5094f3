// Open pull requests on a double of GitHub, each with a work order that waits for a check that never ends.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { PeriodicJob } from '../../src/engine/background/jobs/periodic-jobs.ts';
import { defaultSettings } from '../../src/engine/policy/engine-settings.ts';
import type { Forge } from '../../src/engine/ports/forge.ts';
import { ErrorRecoveryManager } from '../../src/engine/recovery/error-recovery-manager.ts';
import { pullRequestsJob } from '../../src/engine/sentinel/pull-requests-job.ts';
import { createGitHubForges } from '../../src/forges/github/forge.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { followFrom } from '../../src/store/work/pull-requests/followed-pull-requests.ts';
import { keepForgeHost } from '../../src/store/work/pull-requests/forge-hosts.ts';
import { recordPullRequest } from '../../src/store/work/pull-requests/pull-requests.ts';
import { updateRun } from '../../src/store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../../src/store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../src/store/work/work-orders/work-orders.ts';
import { startGitHub } from '../../test/github-double/github.ts';
import { limitPerHour } from '../../test/github-double/rate-limit.ts';
import type { TestRepository } from '../../test/github-double/test-repository.ts';
import type { BenchOptions } from '../measuring/bench.ts';

export interface PollingGround {
  /** Polls every pull request once. Returns how many resets of the host's hourly limit Moose had to wait for. */
  lookAtAll(signal: AbortSignal): Promise<number>;
  /**
   * Makes all pull requests overdue by a minute, and `count` of them recently changed. Returns the number of polls
   * until Moose has seen these.
   */
  lookAtYoung(count: number, signal: AbortSignal): Promise<number>;
  /** The requests since the last call. GitHub's limit does not count unchanged answers. */
  asked(): { all: number; charged: number; byKey: Map<string, number> };
  /** Simulates that an hour has passed, so that the limit is reset. */
  passHour(): Promise<void>;
  close(): Promise<void>;
}

const fullName = 'acme/api';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The maximum of simulated hours: one round of polls needs fewer, however small the limit. */
const hoursMax = 5;

export async function openGround(
  database: Database,
  count: number,
  { note, signal }: Pick<BenchOptions, 'note' | 'signal'>,
): Promise<PollingGround> {
  const github = await startGitHub();
  const repository = github.addRepository(fullName);
  repository.grant('moose', 'write');
  const token = github.tokenOf('moose');
  const host = await database.run((query) =>
    keepForgeHost(query, {
      host: github.host,
      kind: 'github',
      apiUrl: github.world.api,
      createdBy: 'bench',
      credential: JSON.stringify({ source: 'env', name: 'TOKEN' }),
      webhookSecret: null,
    }),
  );
  const build = createGitHubForges({
    database,
    clock: systemClock,
    programEnvironment: {},
    writesApartMs: 0,
    read: () => token,
  });
  const forge = build({ projectId: 'project', host, path: fullName });
  const places = Array.from({ length: count }, (_, at) => at + 1);
  const heads = places.map((place) => pushOne(repository, place));
  repository.notice();
  for (const [index, headSha] of heads.entries()) {
    signal.throwIfAborted();
    const at = index + 1;
    await openOne({ database, repository, forge, host: host.host }, { place: at, headSha });
    if (at % 100 === 0) note(`${at} pull requests are open`);
  }
  const passHour = async () => {
    github.passTime(hourMs);
    for (const each of github.world.tokens.values()) each.left = limitPerHour;
    const whole = { limitRemaining: null, limitResetAt: null, pausedUntil: null, pausedBecause: null };
    await database.query.updateTable('forgeHosts').set(whole).execute();
  };
  const looking: Looking = { database, job: jobOf(database, forge), count, note, passHour };
  let seen = github.requests.length;
  return {
    passHour,
    lookAtAll: (stop) => lookAtAll(looking, stop),
    lookAtYoung: (young, stop) => lookAtYoung(looking, young, stop),
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
    close: () => github.stop(),
  };
}

function jobOf(database: Database, forge: Forge): PeriodicJob {
  const errorLog = { record: () => ({ id: '', resolved: () => undefined }) };
  const circuits = { through: <T>(_: unknown, __: unknown, call: () => Promise<T>) => call() };
  return pullRequestsJob({
    database,
    forges: { of: async () => forge },
    clock: systemClock,
    settings: defaultSettings,
    logger: pino({ level: 'silent' }),
    errors: errorLog,
    reached: () => undefined,
    recovery: new ErrorRecoveryManager({
      policies: defaultSettings.recovery,
      circuits,
      errorLog,
      now: Date.now,
      random: Math.random,
    }),
  });
}

interface Looking extends Pick<PollingGround, 'passHour'> {
  database: Database;
  job: PeriodicJob;
  count: number;
  note(line: string): void;
}

const lookedAt = ({ database }: Looking, since: Date) =>
  database.query
    .selectFrom('pullRequests')
    .select(['number', 'lookedAt'])
    .where('lookedAt', '>=', since)
    .orderBy('lookedAt')
    .execute();

async function lookAtAll(looking: Looking, signal: AbortSignal): Promise<number> {
  const { database, job, count, note, passHour } = looking;
  const startedAt = new Date();
  const all = () => database.query.updateTable('pullRequests');
  let [seen, hours] = [0, 0];
  await all()
    .set({ nextLookAt: new Date(0) })
    .execute();
  while (seen < count) {
    await job.run(signal);
    const now = (await lookedAt(looking, startedAt)).length;
    if (now === seen) {
      // Always ends: after a pause, the host is asked again in its next hour.
      if (hours >= hoursMax) throw new Error(`After ${hours} hours, ${count - seen} were never looked at`);
      hours += 1;
      await passHour();
      await all()
        .set({ nextLookAt: new Date(0) })
        .where((where) => where.or([where('lookedAt', 'is', null), where('lookedAt', '<', startedAt)]))
        .execute();
    }
    if (Math.floor(now / 100) > Math.floor(seen / 100)) note(`${now} looks`);
    seen = now;
    // Pull requests that are due again soon belong to the next round of this benchmark.
    const later = { nextLookAt: new Date(startedAt.getTime() + hourMs) };
    await all().set(later).where('lookedAt', '>=', startedAt).execute();
  }
  return hours;
}

async function lookAtYoung(looking: Looking, young: number, signal: AbortSignal): Promise<number> {
  const { database, job, count } = looking;
  const startedAt = new Date();
  const all = () => database.query.updateTable('pullRequests');
  const late = new Date(startedAt.getTime() - minuteMs);
  await all().set({ nextLookAt: late, looksUnchanged: 30 }).execute();
  // The highest numbers: if polled by number, they would have to wait for all others.
  const isYoung = (number: number) => number > count - young;
  await all()
    .set({ looksUnchanged: 0 })
    .where('number', '>', count - young)
    .execute();
  for (;;) {
    await job.run(signal);
    const seen = await lookedAt(looking, startedAt);
    const last = seen.findLastIndex(({ number }) => isYoung(number));
    if (seen.filter(({ number }) => isYoung(number)).length >= young) return last + 1;
    if (seen.length >= count) throw new Error('Some were never looked at');
  }
}

const branchOf = (place: number) => `moose/${place}`;

/** Makes a branch with one commit, with as few git calls as possible. */
function pushOne(repository: TestRepository, place: number): string {
  const person = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org'];
  const change = ['commit-tree', 'main^{tree}', '-p', 'main', '-m', `Change ${place}`];
  const sha = repository.git(...person, ...change);
  repository.git('update-ref', `refs/heads/${branchOf(place)}`, sha);
  return sha;
}

/** A pull request with a running check, and the work order that waits for it. */
async function openOne(
  at: { database: Database; repository: TestRepository; forge: Forge; host: string },
  { place, headSha }: { place: number; headSha: string },
): Promise<void> {
  const { database, repository, forge, host } = at;
  const headBranch = branchOf(place);
  repository.reportStatus(headSha, 'build', 'pending', 'It runs.');
  const scratch = await aWorkOrderAtWork(database, {
    step: 'tracking',
    repositoryPath: `/srv/${randomUUID()}`,
  });
  const { workOrderId, projectId, runId } = scratch;
  const baseSha = repository.sha('main');
  const draft = { headBranch, headSha, baseBranch: 'main', baseSha, title: 't', body: 'b' };
  const opened = await forge.openPullRequest({ ...draft, workOrderId });
  const { number, url, state, mergedSha, isDraft, mergeable } = opened;
  const told = { number, url, state, mergedSha, isDraft, mergeable };
  const row = await recordPullRequest(database.query, {
    ...draft,
    ...told,
    projectId,
    workOrderId,
    host,
    repository: fullName,
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
}
