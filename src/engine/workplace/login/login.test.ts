import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { failureOfAgent } from '../../../domain/agents/agent-failure.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { routing } from '../../pipeline/routing/routing.ts';
import { atStep, type Ground } from '../../pipeline/scratch-pipeline.fixture.ts';
import type { AgentTask } from '../../ports/agent.ts';
import { loginPathOf } from '../../run/login-path.ts';
import { believedReport, wayOf } from './session-way.ts';

let canIsolate = false;
beforeAll(async () => {
  canIsolate = (await probeIsolation()).way !== null;
});

import { sessionOfAttempt } from '../sessions/recorded-session.ts';
import {
  failure,
  hourMs,
  login,
  loginAgent,
  ok,
  sessions,
  settings,
  used,
  withLogin,
} from './login.fixture.ts';

test('R-PROJ-9: a session with a login gets no key, reaches only the hosts of the provider, and tells what it used', async ({
  skip,
}) => {
  const database = await testDatabase();
  skip(!canIsolate, 'this machine cannot isolate');
  const tasks: AgentTask[] = [];
  const script = `${ok}; echo refreshed > "$LOGIN/.credentials.json"; curl -sS https://example.com 2>&1 || true`;
  const agent = loginAgent({ script, tasks });
  const ground = await withLogin(database, {
    ...agent,
    prepare: async (task) => {
      const { argv, env, writes = [] } = await agent.prepare(task);
      return { argv, writes, env: { ...env, LOGIN: task.loginPath ?? '' } };
    },
  });
  expect(await applying(ground.work)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  expect(tasks).toMatchObject([
    { gateway: null, model: null, loginPath: loginPathOf(ground.work.settings, 'claude-code') },
  ]);
  expect(await sessions(ground)).toMatchObject([
    {
      way: 'login',
      egress: 'listed',
      loginBackAt: null,
      reportedInputTokens: 1_000n,
      reportedOutputTokens: 50n,
      notionalNanoUsd: 250_000_000n,
      refused: [{ host: 'example.com', port: 443, reason: 'not listed' }],
    },
  ]);
  // The program can refresh its login, and nothing is booked as money.
  const file = join(loginPathOf(ground.work.settings, 'claude-code'), login.file);
  expect(readFileSync(file, 'utf8')).toBe('refreshed\n');
  const booked = await database.query
    .selectFrom('costTracking')
    .selectAll()
    .where('type', '=', 'actual')
    .execute();
  expect(booked.filter(({ workOrderId }) => workOrderId === ground.work.order.id)).toEqual([]);
});

test('R-PROJ-9: a usage limit of the provider pauses all work with the login until the time that it names', async ({
  skip,
}) => {
  const database = await testDatabase();
  skip(!canIsolate, 'this machine cannot isolate');
  const limited = loginAgent({
    report: async () => {
      const failed = failureOfAgent({
        agent: 'claude-code',
        title: 'Claude Code',
        kind: 'usage_limit',
        said: 'resets 10:08am',
        retryAfterMs: 2 * hourMs,
      });
      return { ...used, finalEvent: 'failure', summary: 'limit', failure: failed };
    },
  });
  const first = await withLogin(database, limited);
  const stopped = await failure(applying(first.work));
  expect(stopped).toMatchObject({
    code: 'AGENT_USAGE_LIMIT',
    category: 'external',
    retryAfterMs: 2 * hourMs,
  });
  // No circuit counts it: with a key, the agent still works.
  expect(stopped.metadata).not.toHaveProperty('circuit');
  const [session] = await sessions(first);
  expect(session?.loginBackAt?.getTime()).toBe((session?.endedAt?.getTime() ?? 0) + 2 * hourMs);
  const later = await withLogin(database, loginAgent(), {
    settings: { ...settings(), host: first.work.settings.host },
  });
  const refused = await failure(applying(later.work));
  expect(refused).toMatchObject({ code: 'LOGIN_USED_UP', category: 'external' });
  expect(refused.retryAfterMs).toBeGreaterThan(1.9 * hourMs);
  expect(await sessions(later)).toEqual([]);
});

test('R-PROJ-9: fear: an agent makes its program name a far time, and stops the login for a month', async ({
  skip,
}) => {
  const database = await testDatabase();
  skip(!canIsolate, 'this machine cannot isolate');
  const forged = loginAgent({
    report: async () => {
      const named = { agent: 'claude-code', title: 'Claude Code', said: 'resets never' };
      const failed = failureOfAgent({ ...named, kind: 'usage_limit', retryAfterMs: 30 * 24 * hourMs });
      return { ...used, finalEvent: 'failure', summary: 'limit', failure: failed };
    },
  });
  const { work, ...rest } = await withLogin(database, forged, {
    settings: { ...settings(), host: 'forged' },
  });
  await failure(applying(work));
  const [session] = await sessions({ work, ...rest });
  const stoppedMs = (session?.loginBackAt?.getTime() ?? 0) - (session?.endedAt?.getTime() ?? 0);
  expect(stoppedMs).toBe(8 * 24 * hourMs);
});

test('R-PROJ-9: fear: a session that was intended before a restart starts beside another one', async () => {
  const database = await testDatabase();
  const own = { settings: { ...settings(), host: 'twice' } };
  const one = await withLogin(database, loginAgent(), own);
  const two = await withLogin(database, loginAgent(), own);
  const row = ({ work: { order, run, settings: at } }: Ground, state: 'intended' | 'running') => ({
    id: order.id as never,
    workOrderId: order.id,
    runId: run.id,
    purpose: 'agent' as const,
    cycle: 0,
    name: 'claude-code',
    attempt: 1,
    host: 'twice',
    command: '',
    state,
    way: 'login' as const,
    directory: join(at.dataDirectory, 'sessions', order.id),
  });
  await database.query
    .insertInto('sessions')
    .values([row(one, 'running'), row(two, 'intended')])
    .execute();
  expect(await failure(applying(two.work))).toMatchObject({
    code: 'LOGIN_USED_UP',
    message: expect.stringContaining('another session uses it'),
  });
});

test('R-PROJ-9: at the own limit of the login nothing starts, and another machine has its own login', async ({
  skip,
}) => {
  const database = await testDatabase();
  skip(!canIsolate, 'this machine cannot isolate');
  const host = 'limited';
  const one = await withLogin(database, loginAgent(), { settings: { ...settings({ runsMax: 1 }), host } });
  expect(await applying(one.work)).toMatchObject({ end: 'done' });
  const two = await withLogin(database, loginAgent(), { settings: { ...settings({ runsMax: 1 }), host } });
  const full = await failure(applying(two.work));
  expect(full).toMatchObject({
    code: 'LOGIN_USED_UP',
    message: expect.stringContaining('your limit of runs'),
  });
  const elsewhere = { settings: { ...settings({ runsMax: 1 }), host: 'other' } };
  expect(await applying((await withLogin(database, loginAgent(), elsewhere)).work)).toMatchObject({
    end: 'done',
  });
});

test('R-PROJ-9: a session of a login that outlived its Moose keeps the login to itself', async () => {
  const database = await testDatabase();
  const host = 'busy';
  const one = await withLogin(database, loginAgent(), { settings: { ...settings(), host } });
  const { id: runId } = one.work.run;
  await database.query
    .insertInto('sessions')
    .values({
      id: one.work.order.id as never,
      workOrderId: one.work.order.id,
      runId,
      purpose: 'agent',
      cycle: 0,
      name: 'claude-code',
      attempt: 1,
      host,
      directory: '/nowhere',
      command: '',
      state: 'running',
      way: 'login',
    })
    .execute();
  const two = await withLogin(database, loginAgent(), { settings: { ...settings(), host } });
  expect(await failure(applying(two.work))).toMatchObject({
    code: 'LOGIN_USED_UP',
    message: expect.stringContaining('another session uses it'),
  });
});

test('R-PROJ-9: fear: after a restart of Moose, a session with a login gets more time than what was left', async ({
  skip,
}) => {
  const database = await testDatabase();
  skip(!canIsolate, 'this machine cannot isolate');
  const agent = loginAgent({ script: `sleep 6; ${ok}` });
  const { work } = await withLogin(database, agent, { settings: { ...settings(), host: 'restarted' } });
  const { order, run } = work;
  const id = order.id as never;
  await database.query
    .insertInto('sessions')
    .values({
      id,
      workOrderId: order.id,
      runId: run.id,
      purpose: 'agent',
      cycle: 0,
      attempt: 1,
      name: 'claude-code',
      host: 'restarted',
      command: '',
      state: 'intended',
      way: 'login',
      directory: join(work.settings.dataDirectory, 'sessions', id),
      timeLimitMs: 1_000,
    })
    .execute();
  expect(await failure(applying(work))).toMatchObject({ code: 'AGENT_TIMED_OUT' });
});

test('R-PROJ-9: fear: a cost that the database cannot store stops the work order', async ({ skip }) => {
  const database = await testDatabase();
  skip(!canIsolate, 'this machine cannot isolate');
  const agent = loginAgent();
  const ground = await withLogin(database, {
    ...agent,
    report: async (files, end) => ({ ...(await agent.report(files, end)), costNanoUsd: 10n ** 19n }),
  });
  expect(await applying(ground.work)).toMatchObject({ end: 'done' });
  expect(await sessions(ground)).toMatchObject([{ notionalNanoUsd: null, reportedInputTokens: 1_000n }]);
});

test('R-PROJ-9: fear: the words of a usage limit make a session with a key run again and again', () => {
  const named = { agent: 'claude-code', title: 'Claude Code', said: 'limit' };
  const of = (kind: 'usage_limit' | 'quota') => ({
    ...used,
    finalEvent: 'failure' as const,
    summary: 'limit',
    failure: failureOfAgent({ ...named, kind }),
  });
  expect(believedReport(of('usage_limit'), 'gateway').failure).toBeNull();
  expect(believedReport(of('usage_limit'), 'login').failure).toMatchObject({ code: 'AGENT_USAGE_LIMIT' });
  expect(believedReport(of('quota'), 'gateway').failure).toMatchObject({ code: 'AGENT_QUOTA' });
});

test('R-PROJ-9: without a login, and where its session could reach more, nothing starts', async () => {
  const database = await testDatabase();
  const none = await atStep(database, 'applying', { agents: [loginAgent()], settings: settings() });
  expect(await failure(applying(none.work))).toMatchObject({
    code: 'LOGIN_MISSING',
    category: 'configuration',
  });
  const open = await withLogin(database, loginAgent(), {
    settings: { ...settings(), isolation: 'off', host: 'open' },
  });
  expect(await failure(applying(open.work))).toMatchObject({ code: 'LOGIN_NEEDS_ISOLATION' });
});

test('R-PROJ-9: routing needs no key for a login, and refuses a model of another provider', async () => {
  const database = await testDatabase();
  const ground = await atStep(database, 'routing', { agents: [loginAgent()], settings: settings() });
  expect(await routing(ground.work)).toMatchObject({ end: 'done', result: { models: [] } });
  const named = (model: string) =>
    atStep(database, 'routing', { agents: [loginAgent()], settings: settings(), orderSettings: { model } });
  expect(await routing((await named('anthropic/claude-x')).work)).toMatchObject({
    result: { models: ['anthropic/claude-x'] },
  });
  expect(await failure(routing((await named('openai/gpt-x')).work))).toMatchObject({
    code: 'AGENT_MODEL_UNFIT',
  });
});

test('R-PROJ-9: the wish of a person for one project precedes the setting for all', async () => {
  const database = await testDatabase();
  const agent = { ...loginAgent(), wires: [] };
  const never = await atStep(database, 'routing', { agents: [agent], settings: settings() });
  never.work.project.settings.login = 'never';
  expect(wayOf(never.work, agent, await sessionOfAttempt(never.work, agent.name, 1))).toBeNull();
  expect(wayOf(never.work, loginAgent(), await sessionOfAttempt(never.work, loginAgent().name, 1))).toBe(
    'gateway',
  );
  const use = await atStep(database, 'routing', { agents: [agent], settings: settings({ agents: [] }) });
  expect(wayOf(use.work, loginAgent(), await sessionOfAttempt(use.work, loginAgent().name, 1))).toBe(
    'gateway',
  );
  use.work.project.settings.login = 'use';
  expect(wayOf(use.work, loginAgent(), await sessionOfAttempt(use.work, loginAgent().name, 1))).toBe('login');
  expect(await routing(use.work)).toMatchObject({ end: 'done', result: { models: [] } });
});
