// The life of one pull request on the double of GitHub, by Moose's own adapter and sentinel: opened, red, repaired, green,
// merged, with a command of a person in between. The test plays the agent and CI, and advances the clock.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { apiGround } from '../../src/api/api-ground.fixture.ts';
import { defaultSettings } from '../../src/engine/policy/engine-settings.ts';
import type { Forge, Forges } from '../../src/engine/ports/forge.ts';
import { askForge } from '../../src/engine/recovery/ask-forge.ts';
import { ErrorRecoveryManager } from '../../src/engine/recovery/error-recovery-manager.ts';
import { kindsOf, pushAgain, testLog } from '../../src/engine/sentinel/followed-ground.fixture.ts';
import { pullRequestsJob } from '../../src/engine/sentinel/pull-requests-job.ts';
import { webhooksJob } from '../../src/engine/sentinel/webhooks-job.ts';
import { askForges } from '../../src/engine/settings/ask-forges.ts';
import { createGitHubForges } from '../../src/forges/github/forge.ts';
import { githubDeliveries } from '../../src/forges/github/read-delivery.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { followFrom } from '../../src/store/work/pull-requests/followed-pull-requests.ts';
import { keepForgeHost } from '../../src/store/work/pull-requests/forge-hosts.ts';
import { hostState } from '../../src/store/work/pull-requests/forge-limits.ts';
import { pullRequestOf, recordPullRequest } from '../../src/store/work/pull-requests/pull-requests.ts';
import { openRunOf, saveStepResult, updateRun } from '../../src/store/work/runs/runs.ts';
import { stepResult } from '../../src/store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, type Scratch, theWorkOrder } from '../../src/store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../src/store/work/work-orders/work-orders.ts';
import { type GitHub, startGitHub } from '../github-double/github.ts';
import type { TestRepository } from '../github-double/test-repository.ts';
import { type SceneRepository, sceneRepository } from './scene-repository.fixture.ts';

const fullName = 'acme/api';
const secret = 'both know it';
const branch = 'moose/greet';
const never = new AbortController().signal;
/** Several lies at once may each refuse the same call a few times. */
const insistMax = 40;

interface LiedTo {
  database: Database;
  github: GitHub;
  repository: TestRepository;
  forge: Forge;
  working: SceneRepository;
  scratch: Scratch;
  /** Calls the forge as a step does: waits while the host is paused, then tries again. */
  insist<T>(operation: string, call: () => Promise<T>): Promise<T>;
  /** Does what the periodic job does: handles webhooks, then polls. */
  work(): Promise<void>;
  passTime(ms: number): Promise<void>;
  /** The rest of the host's pause. */
  pausedMs(): Promise<number>;
  /** Whether the host asked for a pause, and whether all callers obeyed it. */
  pauses: { seen: string[]; callsMeanwhile: number };
}

/** `spoil` plants a defect in Moose's adapter. */
export async function openLiedTo(
  database: Database,
  spoil: (forge: Forge, github: GitHub) => Forge = (forge) => forge,
): Promise<LiedTo & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'moose-lied-to-'));
  const github = await startGitHub();
  const repository = github.addRepository(fullName);
  for (const login of ['moose', 'ada']) repository.grant(login, 'write');
  const token = github.tokenOf('moose');
  const working = await sceneRepository(folder, () =>
    repository.cloneUrl.replace('http://', `http://x-access-token:${token}@`),
  );
  repository.git('fetch', '--quiet', working.path, '+main:refs/heads/main');
  repository.notice();
  const host = await database.run((query) =>
    keepForgeHost(query, {
      host: github.host,
      kind: 'github',
      apiUrl: github.world.api,
      createdBy: 'human:ada',
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
  const scratch = await aWorkOrderAtWork(database, { step: 'creating_pr', repositoryPath: working.path });
  const forge = spoil(build({ projectId: scratch.projectId, host, path: fullName }), github);
  const forges = { of: async () => forge };
  const sources = { find: async () => ({ reader: githubDeliveries, secret }) };
  const api = await apiGround({ database, webhooks: { sources, onDelivery: () => undefined } });
  repository.addHook({ url: `${api.server.url}/api/sentinel/${github.host}`, secret });
  const errors = { record: () => ({ id: '', resolved: () => undefined }) };
  const settings = { ...defaultSettings, ci: { ...defaultSettings.ci, merge: 'green' as const } };
  const circuits = { through: <T>(_: unknown, __: unknown, call: () => Promise<T>) => call() };
  const recovery = new ErrorRecoveryManager({
    policies: settings.recovery,
    circuits,
    errorLog: errors,
    now: Date.now,
    random: Math.random,
  });
  const logger = pino({ level: 'silent' });
  const looks = pullRequestsJob({
    database,
    forges,
    clock: systemClock,
    settings,
    recovery,
    logger,
    errors,
    reached: () => undefined,
  });
  const mayDiffer = () => undefined;
  const hooks = webhooksJob({ database, random: () => 0.5, logger, errors, sources, mayDiffer });
  const passTime = (ms: number) => moveTime(database, github, ms);
  const { pauses, pausedMs, seePause } = watchPauses(database, github.host, forges);
  return {
    database,
    github,
    repository,
    forge,
    working,
    scratch,
    pauses,
    passTime,
    pausedMs,
    insist: async (operation, call) => {
      for (let attempt = 0; ; attempt += 1) {
        try {
          const context = { workOrderId: scratch.workOrderId };
          return await askForge({ recovery, forge, signal: never, context }, operation, call);
        } catch (cause) {
          if (attempt >= insistMax) throw cause;
          await passTime((await seePause()) || 10_000);
        }
      }
    },
    work: async () => {
      await github.settled();
      const wasPaused = (await seePause()) > 0;
      const before = github.requests.length;
      await hooks.run(never);
      await looks.run(never);
      if (wasPaused) pauses.callsMeanwhile += github.requests.length - before;
      else await seePause();
    },
    close: async () => {
      await github.settled();
      await rm(folder, { recursive: true, force: true });
      await github.stop();
    },
  };
}

function watchPauses(database: Database, host: string, forges: Forges) {
  const pauses: LiedTo['pauses'] = { seen: [], callsMeanwhile: 0 };
  const pausedMs = async () => (await database.run((query) => hostState(query, host)))?.pausedMs ?? 0;
  const seePause = async () => {
    const ms = await pausedMs();
    if (ms <= 0) return 0;
    // The host's state, as `moose forge ls` and Mission Control show it.
    const [shown] = await askForges({
      database,
      forges,
      actor: 'human:ada',
      signal: new AbortController().signal,
    }).list();
    pauses.seen.push(shown?.paused_because ?? '');
    return ms;
  };
  return { pauses, pausedMs, seePause };
}

/** Moves all waiting times closer by this much. */
async function moveTime({ query }: Database, { host }: GitHub, ms: number): Promise<void> {
  const by = sql`${ms}::float8 * interval '1 ms'`;
  await sql`update forge_hosts set paused_until = paused_until - ${by}, limit_reset_at = limit_reset_at - ${by},
    next_write_at = next_write_at - ${by} where host = ${host}`.execute(query);
  await sql`update pull_requests set next_look_at = next_look_at - ${by}, pushed_at = pushed_at - ${by}
    where host = ${host}`.execute(query);
  await sql`update pull_requests set looked_at = looked_at - ${by},
    followed = case when followed -> 'noChecksSince' ->> 'at' is null then followed else jsonb_set(followed,
      '{noChecksSince,at}', to_jsonb(to_char(((followed -> 'noChecksSince' ->> 'at')::timestamptz - ${by}) at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) end
    where host = ${host}`.execute(query);
  await sql`update webhook_deliveries set next_attempt_at = next_attempt_at - ${by}`.execute(query);
}

/** Plays the run of an agent: commits, pushes, and opens or adopts the pull request. */
async function proposeFirst(at: LiedTo): Promise<string> {
  const { database, repository, forge, working, scratch, github } = at;
  const { workOrderId, runId, projectId } = scratch;
  const headSha = await working.push(branch, { 'lied-to.txt': 'Hello\n' });
  const { labels, ...draft } = draftOf(at, headSha);
  const opened = await at.insist('open', () => forge.openPullRequest({ ...draft, labels }));
  const { number, url, state, mergedSha, isDraft, mergeable } = opened;
  const row = await recordPullRequest(database.query, {
    ...draft,
    number,
    url,
    state,
    mergedSha,
    isDraft,
    mergeable,
    projectId,
    workOrderId,
    host: github.host,
    repository: repository.state.fullName,
  });
  const owner = { workOrderId, runId, cycle: 0, startedAt: new Date() };
  const { query } = database;
  const generated = stepResult('generating', { proposal: { plan: 'Greet', edits: [], risks: [] } });
  const applied = stepResult('applying', { headSha, treeSha: 'tree-1' });
  await saveStepResult(query, { ...owner, step: 'generating', result: generated });
  await saveStepResult(query, { ...owner, step: 'applying', result: applied });
  await updateRun(query, runId, { state: 'ended', outcome: 'completed', endedAt: new Date() });
  await followFrom(query, row, { delayMs: 5_000, waitingFor: 'CI', followed: { pushedSha: headSha } });
  for (const step of ['tracking', 'awaiting_ci'] as const)
    await changeWorkOrder(query, workOrderId, {}, { step, changedBy: 'moose:1', changedBecause: 'on' });
  return headSha;
}

async function proposeAgain(at: LiedTo): Promise<string> {
  const { database, forge, working, scratch } = at;
  const headSha = await working.push(branch, { 'lied-to.txt': 'Good day\n' });
  await at.insist('open', () => forge.openPullRequest(draftOf(at, headSha)));
  await pushAgain(database, scratch, headSha, 'tree-2');
  return headSha;
}

function draftOf({ working, scratch }: LiedTo, headSha: string) {
  return {
    workOrderId: scratch.workOrderId,
    title: 'Greet politely',
    body: 'As asked.',
    labels: ['moose'],
    headBranch: branch,
    headSha,
    baseBranch: 'main',
    baseSha: working.baseSha,
  };
}

interface Life {
  /** The result that must be the same with and without lies. */
  end: object;
  /** Checks what must never happen, whatever the forge says. */
  wrongs: string[];
}

const turnsMax = 60;

/** Plays from the push to the merge, or until nothing changes any more. */
export async function live(at: LiedTo): Promise<Life> {
  const { github, repository, database, scratch } = at;
  const first = await proposeFirst(at);
  const red = repository.startRun(first, ['build']);
  repository.reportJob(red, 'build', { conclusion: 'failure', log: testLog, failedStep: 'npm test' });
  const [pull] = repository.state.pulls.keys();
  // Planned faults affect only Moose's requests.
  const planned = github.planned.splice(0);
  await github.as('ada', `POST /repos/${fullName}/issues/${pull}/comments`, { body: '/moose explain' });
  github.planned.push(...planned);
  let second: { sha: string; greenAt: number | null; run: ReturnType<TestRepository['startRun']> } | null =
    null;
  for (let turn = 0; turn < turnsMax; turn += 1) {
    if (turn % 3 === 2) github.deliverHeld('newest first');
    await at.work();
    const { status } = await theWorkOrder(database, scratch.workOrderId);
    if (status !== 'in_progress') break;
    if (second === null && (await openRunOf(database.query, scratch.workOrderId))) {
      const sha = await proposeAgain(at);
      second = { sha, greenAt: null, run: repository.startRun(sha, ['build']) };
    } else if (second?.greenAt === null && turn > 4) {
      second.greenAt = Date.now();
      repository.reportJob(second.run, 'build', { conclusion: 'success' });
    }
    // Takes one turn within each pause, to see that nobody calls the host.
    await at.passTime(Math.max(20_000, (await at.pausedMs()) - 10_000));
  }
  // Further rounds after the end must change nothing.
  github.deliverHeld();
  for (let turn = 0; turn < 2; turn += 1) {
    await at.work();
    await at.passTime(15 * 60_000);
  }
  return { end: await endOf(at, second?.sha ?? null), wrongs: wrongsOf(at, second) };
}

async function endOf({ database, scratch, repository }: LiedTo, pushedSha: string | null): Promise<object> {
  const order = await theWorkOrder(database, scratch.workOrderId);
  const row = await pullRequestOf(database.query, scratch.workOrderId);
  const questions = await database.query.selectFrom('escalations').select('code').execute();
  const kinds = await kindsOf(database, scratch);
  const counted = ['progress', 'ci.failed', 'ci.passed', 'ci.rerun'];
  return {
    status: order.status,
    isVerified: order.isVerified,
    runs: order.run,
    cycles: order.refinementCycles,
    questions,
    events: Object.fromEntries(counted.map((kind) => [kind, kinds.filter((each) => each === kind).length])),
    state: row?.state,
    isPushedMerged: row?.headSha === pushedSha,
    pulls: [...repository.state.pulls.values()].map(({ mergedAt }) => mergedAt !== null),
    comments: repository.state.comments.map(({ author }) => author.login).toSorted(),
  };
}

/** Actions that no forge may cause Moose to take. */
function wrongsOf(
  { github, repository, pauses }: LiedTo,
  second: { sha: string; greenAt: number | null } | null,
): string[] {
  const wrongs: string[] = [];
  const own = repository.state.comments.filter(({ author }) => author.login === 'moose');
  if (new Set(own.map(({ body }) => body)).size < own.length || own.length > 1)
    wrongs.push(`${own.length} comments of Moose`);
  if (repository.state.pulls.size > 1) wrongs.push(`${repository.state.pulls.size} pull requests`);
  for (const { method, path, body, at } of github.requests) {
    if (method !== 'PUT' || !path.split('?')[0]?.endsWith('/merge')) continue;
    const isGreen = second !== null && second.greenAt !== null && at >= second.greenAt;
    if (body !== undefined && (!isGreen || (body as { sha?: string }).sha !== second?.sha))
      wrongs.push('asked for a merge of what was not green');
  }
  if (pauses.callsMeanwhile > 0) wrongs.push(`${pauses.callsMeanwhile} calls during a pause`);
  return wrongs;
}
