// Loops that were reported for other orchestrators, replayed in a whole Moose: each is stopped within its limits, and
// one question says what stopped it. The tests count started agents (dispatches), model calls and dollars.
import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { nanoUsdPerUsd } from '../../src/domain/money.ts';
import { answerAtOnce } from '../../src/engine/commands/answers/answer.ts';
import { defaultsJob } from '../../src/engine/commands/answers/jobs.ts';
import { retryIn } from '../../src/engine/commands/start-run.ts';
import { policyActor } from '../../src/engine/questions/automatic.ts';
import { circuitPolicyOf, pauseMsOf } from '../../src/engine/recovery/circuit-policies.ts';
import { webhooksJob } from '../../src/engine/sentinel/webhooks-job.ts';
import { stopStandingRun } from '../../src/engine/watch/stop-standing-run.ts';
import { watchStuckWork } from '../../src/engine/watch/stuck-work-job.ts';
import { githubDeliveries } from '../../src/forges/github/read-delivery.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { newPolicy } from '../../src/store/failures/answer-policies.ts';
import { openLocalPullRequest } from '../../src/store/work/pull-requests/pull-requests.ts';
import { addDelivery } from '../../src/store/work/pull-requests/webhook-deliveries.ts';
import { changeWorkOrder } from '../../src/store/work/work-orders/work-orders.ts';
import { eventually } from './eventually.fixture.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import {
  figuresOf,
  hurry,
  installPoorClaude,
  keepAnswering,
  openings,
  orderOf,
  sessionsOf,
  stopped,
  whyAsked,
} from './loops.fixture.ts';
import { startMoose } from './moose-process.ts';
import { giveOrigin, makeRepository, refusePushes } from './repository.fixture.ts';

const minuteMs = 60_000;
const dispatchesPublished = 81;
/** An agent that claims success but changes nothing, for a tenth of a cent each time. */
const idle = { agent: 'claude-code', description: 'Behave: nothing' };
/** A check that always fails, each time with other output. */
const alwaysRed = [
  { kind: 'test', command: 'head -c 12 /dev/urandom | base64; exit 1', source: 'given' },
] as const;

/** A model that proposes something different each time. */
function inventive() {
  let proposals = 0;
  return () => {
    proposals += 1;
    return writes('change.txt', `Draft ${proposals}\n`, `Plan ${proposals}`);
  };
}

describe('one Moose', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await openGround();
  });
  afterAll(() => ground.close());
  const moose = () => ground.opened.moose;
  const figures = (id: string) => figuresOf(ground, id);

  test.concurrent('R-PIPE-12: 81 dispatches, 71 of them "success" without a deliverable: a program that retries gets 4', async ({
    expect,
  }) => {
    const { id } = await ground.submit(idle);
    const refusals = await keepAnswering(ground, id, dispatchesPublished);
    expect(new Set(refusals)).toEqual(new Set(['ANSWER_NEEDS_HUMAN']));
    expect(await figures(id)).toEqual({
      status: 'needs_review',
      agentRuns: 4,
      modelCalls: 4,
      milliUsd: expect.any(Number),
      refinementCycles: 0,
      runs: 4,
      open: ['AGENT_ANSWERED'],
    });
    expect(await orderOf(ground, id)).toMatchObject({ progressedAt: null, agentRunsAtProgress: 0 });
  });

  test.concurrent('R-PIPE-12: a person may retry until the money is used up, and the spent amount only grows', async ({
    expect,
  }) => {
    // Enough for one call at its maximum cost, and for some calls at their real cost.
    const limitNanoUsd = nanoUsdPerUsd / 120n;
    const { id } = await ground.submit({ ...idle, limitNanoUsd });
    const spent: number[] = [];
    for (let time = 0; time < 12; time++) {
      await stopped(ground, id);
      const { agentRuns, modelCalls, milliUsd } = await figures(id);
      expect(agentRuns).toBeGreaterThanOrEqual(modelCalls);
      spent.push(milliUsd);
      await moose().retry(id, {});
    }
    await stopped(ground, id);
    expect(spent).toEqual([...spent].sort((a, b) => a - b));
    const { milliUsd, open } = await figures(id);
    expect(milliUsd * 1e6).toBeLessThanOrEqual(Number(limitNanoUsd));
    expect(milliUsd).toBe(spent.at(-1));
    expect(['AGENT_BUDGET', 'BUDGET_EXCEEDED']).toContain(open[0]);
  });

  test.concurrent('R-PIPE-12: the same tree again is not progress, nor is the same check on it', async ({
    expect,
  }) => {
    let proposals = 0;
    const { id } = await ground.submit({
      checks: alwaysRed,
      answer: () => {
        proposals += 1;
        return writes('change.txt', proposals % 2 === 1 ? 'A\n' : 'B\n', `Plan ${proposals}`);
      },
    });
    await stopped(ground, id);
    const figuresThen = await figures(id);
    expect(figuresThen).toMatchObject({
      agentRuns: 4,
      modelCalls: 4,
      refinementCycles: 3,
      open: ['CHECK_FAILED'],
    });
    // A and B were new the first time, but not the second time.
    expect(await orderOf(ground, id)).toMatchObject({ agentRunsAtProgress: 2, modelCallsAtProgress: 2 });
    expect(await whyAsked(ground, id)).toBe('3 refinement cycles did not help');
  });

  test.concurrent('R-REC-9: equal failures of different changes stop early: one question is asked, with the cost of each option', async ({
    expect,
  }) => {
    const checks = [{ kind: 'test', command: 'echo "1 !== 2"; exit 1', source: 'given' }] as const;
    const { id } = await ground.submit({ checks, answer: inventive() });
    await stopped(ground, id);
    expect(await figures(id)).toMatchObject({
      status: 'needs_review',
      agentRuns: 3,
      modelCalls: 3,
      refinementCycles: 2,
      open: ['CHECK_FAILED'],
    });
    expect(await whyAsked(ground, id)).toContain('3 different changes in a row failed with the same message');
    const { options } = await moose().escalations.one(id);
    expect(options.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['refine', 'accept', 'undo']));
    expect(options.find(({ kind }) => kind === 'refine')?.cost_usd).toBeGreaterThan(0);
  });

  test.concurrent('R-PIPE-12: a passed check that is run again on the same tree is not progress', async ({
    expect,
  }) => {
    const repositoryPath = await makeRepository(join(ground.directory, 'refuses'));
    const origin = await giveOrigin(repositoryPath);
    await refusePushes(origin, 'not now');
    const { id } = await ground.submit({ repositoryPath, answer: inventive() });
    await stopped(ground, id);
    const { progressedAt } = await orderOf(ground, id);
    expect(progressedAt).not.toBeNull();
    const checks = await sessionsOf(ground, id, 'check');
    await moose().retry(id, { from: 'verifying' });
    await stopped(ground, id);
    // The check, and the runs that judge it.
    expect(await sessionsOf(ground, id, 'check')).toBe(2 * checks);
    expect((await orderOf(ground, id)).progressedAt).toEqual(progressedAt);
  });

  test.concurrent('fear: an agent reverts all of its changes, its checks pass, and that counts as success', async ({
    expect,
  }) => {
    let proposals = 0;
    const { id } = await ground.submit({
      checks: [{ kind: 'test', command: 'test ! -e wrong.txt', source: 'given' }],
      answer: () => {
        proposals += 1;
        if (proposals % 2 === 1) return writes('wrong.txt', `${proposals}\n`, `Plan ${proposals}`);
        return { plan: `Plan ${proposals}`, edits: [{ kind: 'delete', path: 'wrong.txt' }], risks: [] };
      },
    });
    await stopped(ground, id);
    expect(await figures(id)).toMatchObject({
      status: 'needs_review',
      agentRuns: 4,
      modelCalls: 4,
      refinementCycles: 3,
      runs: 1,
      open: ['AGENT_CHANGED_NOTHING'],
    });
    expect((await orderOf(ground, id)).pullRequestUrl).toBeNull();
  });

  test.concurrent('R-PIPE-6: sixty requested attempts on one failing check: 4 for each action of a person, and 3 without one', async ({
    expect,
  }) => {
    const { id } = await ground.submit({ checks: alwaysRed, answer: inventive() });
    await stopped(ground, id);
    expect(await figures(id)).toMatchObject({ agentRuns: 4, modelCalls: 4, refinementCycles: 3, runs: 1 });
    // The person's second answer becomes a standing one.
    await moose().escalations.answer(id, 'refine', { note: 'Try harder.', always: true });
    await stopped(ground, id);
    // No program may answer any more, under whatever name.
    expect(new Set(await keepAnswering(ground, id, 60))).toEqual(new Set(['ANSWER_NEEDS_HUMAN']));
    expect(await figures(id)).toMatchObject({
      status: 'needs_review',
      agentRuns: 4 + 4 + 3,
      modelCalls: 4 + 4 + 3,
      refinementCycles: 3 + 3,
      runs: 5,
      open: ['CHECK_FAILED'],
    });
    expect(await whyAsked(ground, id)).toBe('6 refinement cycles did not help');
  });

  test.concurrent('R-REC-3: work that alternates between temporary failure and success is stopped by the breaker', async ({
    expect,
  }) => {
    const count = join(ground.shared, 'flaps');
    await writeFile(count, '');
    const flaps = `printf x >>${count}; [ $(($(wc -c <${count}) % 2)) = 1 ] && kill -KILL $$; head -c 12 /dev/urandom | base64; exit 1`;
    let calls = 0;
    const { id } = await ground.submit({
      checks: [{ kind: 'test', command: flaps, source: 'given' }],
      answer: () => {
        calls += 1;
        if (calls % 2 === 1) return { status: 503, body: { error: { message: 'No.' } } };
        return writes('change.txt', `Draft ${calls}\n`, `Plan ${calls}`);
      },
    });
    await stopped(ground, id);
    expect(await figures(id)).toMatchObject({
      status: 'needs_review',
      agentRuns: 4,
      modelCalls: 4,
      refinementCycles: 3,
      runs: 1,
      open: ['CHECK_INTERRUPTED'],
    });
    // The last check runs on the base, to see whether it is killed there too.
    expect([calls, await sessionsOf(ground, id, 'check')]).toEqual([8, 8]);
    expect(await whyAsked(ground, id)).toBe('it recovered 3 times within an hour and failed again');
    const used = await orderOf(ground, id);
    expect(used).toMatchObject({ recoveryAttempts: 3, retryBudget: { retries: 3 } });
    expect(used.recoveries).toHaveLength(3);
    // Even a person's retry does not reset the count: the next interruption ends it.
    await writeFile(count, '');
    await moose().retry(id, { from: 'verifying' });
    await stopped(ground, id);
    const { recoveries, recoveryAttempts, retryBudget } = await orderOf(ground, id);
    expect({ recoveries, recoveryAttempts }).toEqual({ recoveries: used.recoveries, recoveryAttempts: 3 });
    expect(retryBudget?.retries).toBe(3);
    expect(await sessionsOf(ground, id, 'check')).toBe(10);
  });
});

test('R-PIPE-12: nothing automatic restarts parked work, and a person can', async () => {
  const ground = await openGround();
  onTestFinished(() => ground.close());
  const { moose, database, logger, errorLog: errors } = ground.opened;
  const { engine } = ground.config;
  const deps = { database, clock: systemClock };
  const noSignal = new AbortController().signal;
  for (const settings of [ground.opened.settings.base, ground.opened.settings.current])
    settings.withoutProgress = { ...engine.withoutProgress, agentRunsMax: 0 };
  const { id } = await ground.submit({ answer: () => ({ plan: 'Look first.', edits: [], risks: [] }) });
  await stopped(ground, id);
  const parked = {
    status: 'needs_review',
    agentRuns: 1,
    modelCalls: 1,
    milliUsd: expect.any(Number),
    refinementCycles: 1,
    runs: 1,
    open: ['NO_PROGRESS'],
  };
  expect(await figuresOf(ground, id)).toEqual(parked);
  const before = await orderOf(ground, id);
  expect(before.parkedAt).not.toBeNull();

  const [question] = await database.query.selectFrom('escalations').selectAll().execute();
  const option = question?.options.find(({ kind }) => kind === 'retry');
  if (!question || !option || !before.branch) throw new Error('There is no question to answer with a retry');
  const { projectId, branch } = before;
  // A standing answer, a default whose time is up, and a program that answers.
  const { failureClass, id: escalationId } = question;
  const policy = {
    projectId,
    failureClass,
    code: 'NO_PROGRESS',
    option,
    note: null,
    escalationId,
    createdBy: 'human:ada',
  };
  const policyId = await newPolicy(database.query, policy);
  expect(await database.transaction((query) => answerAtOnce(query, deps, escalationId))).toBe(false);
  await sql`update escalations set default_option = ${option.id}, default_at = now()`.execute(database.query);
  await defaultsJob(deps).run(noSignal);
  for (const by of ['api:robot', policyActor(policyId), 'moose:default'])
    await expect(moose.escalations.answer(id, option.id, { by })).rejects.toMatchObject({
      code: 'WORK_ORDER_PARKED',
    });
  // The jobs that find stuck work, wake waiting work, and stop work without progress.
  await watchStuckWork({
    ...deps,
    clock: { now: () => new Date(Date.now() + 48 * 60 * minuteMs) },
    limits: { ...engine, ...engine.stuck },
  });
  await hurry(ground);
  expect(await stopStandingRun({ ...deps, host: engine.host }, before, 'moose:watch')).toBe(false);
  // The forge reports that the checks have passed.
  const sha = 'a'.repeat(40);
  const pull = { workOrderId: before.id, projectId, headBranch: branch, headSha: sha, title: 'It', body: '' };
  await openLocalPullRequest(database.query, { ...pull, baseBranch: 'main', baseSha: sha });
  const check_run = {
    name: 'build',
    head_sha: sha,
    conclusion: 'success',
    html_url: 'https://example.org/1',
  };
  const payload = {
    action: 'completed',
    repository: { full_name: 'acme/api' },
    check_run: { ...check_run, pull_requests: [], check_suite: { head_branch: branch } },
  };
  await addDelivery(database.query, {
    id: '1',
    source: 'github',
    event: 'check_run',
    payload,
    bodySha256: createHash('sha256').update(JSON.stringify(payload)).digest(),
    isIgnored: false,
  });
  const sources = { find: async () => ({ reader: githubDeliveries, secret: null }) };
  const mayDiffer = () => undefined;
  await webhooksJob({ database, logger, errors, sources, mayDiffer, random: Math.random }).run(noSignal);
  const [delivery] = await database.query.selectFrom('webhookDeliveries').selectAll().execute();
  expect(delivery).toMatchObject({ state: 'done', workOrderId: before.id });
  // The database itself refuses these changes too.
  const acts = [{ status: 'in_progress' }, { status: 'cancelled' }, { parkedAt: null }, { run: 2 }] as const;
  for (const act of acts) {
    const change = { ...act, changedBy: 'moose:jobs', changedBecause: 'unblocked' };
    await expect(changeWorkOrder(database.query, before.id, {}, change)).rejects.toMatchObject({
      code: 'MS003',
    });
  }
  const start = (by: string) =>
    database.transaction((query) => retryIn(query, deps, before, { from: 'routing' }, by));
  await expect(start('moose:jobs')).rejects.toMatchObject({ code: 'WORK_ORDER_PARKED' });

  expect(await figuresOf(ground, id)).toEqual(parked);
  const after = await orderOf(ground, id);
  expect([after.parkedAt, after.parkedBecause]).toEqual([before.parkedAt, before.parkedBecause]);

  // A person's retry allows as many dispatches as the limit once more, and no further ones.
  await moose.retry(id, {});
  await stopped(ground, id);
  expect(await figuresOf(ground, id)).toMatchObject({
    agentRuns: 2,
    milliUsd: expect.any(Number),
    runs: 2,
    open: ['NO_PROGRESS'],
  });
  // A person can undo everything, although the work order is parked.
  await moose.undo(id);
  await eventually(async () => expect((await orderOf(ground, id)).status).toBe('cancelled'));
  expect((await figuresOf(ground, id)).open).toEqual([]);
});

test('R-PIPE-6: defaults of unanswered questions take three dispatches in total', async () => {
  const time = { MOOSE_ESCALATION_DEFAULT_AFTER_MS: '1', MOOSE_ESCALATION_DEFAULT_USD: '1000' };
  const ground = await openGround(time);
  onTestFinished(() => ground.close());
  const deps = { database: ground.opened.database, clock: systemClock };
  const { id } = await ground.submit({ checks: alwaysRed, answer: inventive() });
  for (let turn = 0; turn < 8; turn++) {
    await stopped(ground, id);
    await defaultsJob(deps).run(new AbortController().signal);
  }
  await stopped(ground, id);
  expect(await figuresOf(ground, id)).toMatchObject({
    status: 'needs_review',
    // One of the runs used another agent, which calls its models itself.
    agentRuns: 7,
    modelCalls: 7,
    refinementCycles: 3,
    runs: 4,
    open: ['CHECK_FAILED'],
  });
});

test('R-PIPE-12: a work order with a failing check gets no extra cycle, even if it is killed again and again', async () => {
  const ground = await openGround({}, { works: false });
  onTestFinished(() => ground.close());
  const { id } = await ground.submit({ checks: alwaysRed, answer: inventive() });
  const points = ['verifying:refined', 'generating:answered', 'applying:committed', null];
  for (const point of points) {
    const moose = await startMoose({
      databaseUrl: ground.config.databaseUrl ?? '',
      dataDirectory: ground.config.dataDirectory,
      scriptedBaseUrl: ground.provider.baseUrl,
      env: { ...(point === null ? {} : { MOOSE_DIE_AT: point }) },
    });
    onTestFinished(() => moose.kill());
    await Promise.race([moose.gone, stopped(ground, id)]);
    await moose.kill();
  }
  await stopped(ground, id);
  // One answer was paid for and then lost with its process: the call was repeated, and counts twice.
  expect(await figuresOf(ground, id)).toMatchObject({
    status: 'needs_review',
    agentRuns: 4,
    modelCalls: 5,
    refinementCycles: 3,
    runs: 1,
    open: ['CHECK_FAILED'],
  });
});

test('R-REC-6: nineteen hours without quota: a few probes, one question for each cause, and no charge', async () => {
  const roundsAtLeast = 8;
  const recoveryMs = 20;
  const ground = await openGround({
    MOOSE_CIRCUIT_RECOVERY_MS: String(recoveryMs),
    MOOSE_PAUSE_MS: '10',
  });
  onTestFinished(() => ground.close());
  const { database } = ground.opened;
  const { engine } = ground.config;
  const poor = await installPoorClaude(ground.shared);
  // This many rounds would exceed these limits if waiting counted.
  engine.startsMax = roundsAtLeast / 2;
  engine.withoutProgress = { ...engine.withoutProgress, agentRunsMax: 2 };
  await rename(poor.path, ground.config.agentPaths['claude-code'] ?? '');
  let isBack = false;
  const refusals = [
    { status: 402, body: { error: { message: 'no credit' } } },
    { status: 429, body: { error: { message: 'You exceeded your quota.', code: 'insufficient_quota' } } },
  ];
  let calls = 0;
  const answer = () =>
    isBack ? writes('good.txt', 'Good\n') : (refusals[calls++ % 2] ?? { reset: true as const });
  const orders = await Promise.all([1, 2, 3].map(() => ground.submit({ answer })));
  const agents = await ground.submit({ agent: 'claude-code', description: 'Write done.txt' });
  const all = [...orders, agents];
  const startedMs = Date.now();
  await eventually(async () => {
    await hurry(ground);
    const runs = await database.query.selectFrom('runs').select('pauses').execute();
    expect(Math.min(...runs.map(({ pauses }) => pauses))).toBeGreaterThanOrEqual(roundsAtLeast);
  }, minuteMs);
  const elapsedMs = Date.now() - startedMs;

  // Before the first refusal is known, all work orders may call; then only the probes of each opening, whose intervals
  // grow.
  const { halfOpenMaxCalls } = circuitPolicyOf('provider');
  const openingsMax = Math.floor(Math.log2(elapsedMs / recoveryMs + 1)) + 1;
  const opened = await openings(ground, 'provider:scripted');
  expect(opened).toBeLessThanOrEqual(openingsMax);
  expect(calls).toBeLessThanOrEqual(orders.length + halfOpenMaxCalls * opened);
  const { agentRuns } = await orderOf(ground, agents.id);
  expect(agentRuns).toBeGreaterThan(engine.withoutProgress.agentRunsMax);
  expect(agentRuns).toBeLessThanOrEqual(openingsMax + 1);
  for (const { id } of all) {
    expect(await orderOf(ground, id)).toMatchObject({
      status: 'in_progress',
      modelCalls: 0,
      costNanoUsd: 0n,
      refinementCycles: 0,
      recoveryAttempts: 0,
      recoveries: [],
      retryBudget: null,
      parkedAt: null,
      failure: null,
    });
  }
  const open = await database.query
    .selectFrom('escalations')
    .select('groupKey')
    .where('status', '=', 'open')
    .orderBy('groupKey')
    .execute();
  expect(open.map(({ groupKey }) => groupKey)).toEqual([
    // The agent fails in one project only.
    expect.stringMatching(/^outage:agent:claude-code@[^/]+\/\d+$/),
    'outage:provider:scripted',
  ]);

  isBack = true;
  await writeFile(poor.paid, '');
  for (const { id } of all) expect(await stopped(ground, id)).toMatchObject({ status: 'completed', run: 1 });
  for (const { id } of orders)
    expect(await figuresOf(ground, id)).toMatchObject({ agentRuns: 1, modelCalls: 1 });
});

test('R-REC-2: nineteen hours with the default waits take at most 240 calls', () => {
  const policy = circuitPolicyOf('provider');
  let openingsOf19h = 0;
  for (let ms = 0; ms < 19 * 60 * minuteMs; ms += pauseMsOf(policy, openingsOf19h)) openingsOf19h += 1;
  expect(openingsOf19h).toBe(80);
  expect(openingsOf19h * policy.halfOpenMaxCalls).toBe(240);
});

test(
  'R-REC-6: fear: one request that its provider never answers blocks the provider for all others forever',
  async () => {
    const ground = await openGround({
      MOOSE_CIRCUIT_RECOVERY_MS: '400',
      MOOSE_PAUSE_MS: '10',
      MOOSE_CIRCUIT_FAILURES: '1000',
    });
    onTestFinished(() => ground.close());
    const asked: string[] = [];
    const { id } = await ground.submit({
      answer: async ({ model }) => {
        asked.push(model);
        // Meanwhile, another work order gets an answer.
        if (model === 'light') {
          const other = await ground.submit({ answer: inventive() });
          await eventually(async () => expect((await orderOf(ground, other.id)).modelCalls).toBe(1));
        }
        return { status: 500, body: { error: { message: 'No.' } } };
      },
    });
    await stopped(ground, id);
    // All three models are called, nine times each.
    expect(asked).toHaveLength(27);
    expect(await openings(ground, 'provider:scripted')).toBe(0);
    expect(await figuresOf(ground, id)).toMatchObject({
      status: 'failed',
      agentRuns: 0,
      open: ['MODEL_OVERLOADED'],
    });
    expect(await whyAsked(ground, id)).toBe('8 pauses did not help, but others were answered each time');
  },
  2 * minuteMs,
);
