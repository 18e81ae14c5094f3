// What every agent owes the engine, asked of its real program in its tested version: the short form of the matrix.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { installAgent, installTimeoutMs, programsByAgent } from '../../scripts/agents/install-agent.ts';
import { decideOutcome } from '../../src/domain/outcome.ts';
import type { Agent } from '../../src/engine/ports/agent.ts';
import { startFaultServer } from '../fault-server.ts';
import { type Ground, makeGround, makeTask } from './agent-ground.fixture.ts';
import { problemsOf } from './cell.ts';
import { errorAnswer } from './error-answer.ts';
import { type AgentFault, faults } from './faults.ts';
import { runCell, runSession } from './run-cell.ts';
import { startLoopingProvider, startScriptedProvider, type Turn } from './scripted-provider.fixture.ts';
import type { OpenGateway } from './session-gateway.ts';
import type { Subject } from './subjects/subject.ts';
import { subjects } from './subjects/subjects.ts';

/** The cells of the matrix that every run of the tests has; what hangs is ended after a few seconds. */
const shortForm: Readonly<Record<string, number>> = {
  none: 30_000,
  budget: 30_000,
  '401': 30_000,
  '500': 8_000,
  'cut stream': 8_000,
  hang: 4_000,
};

/** For a program that takes half a second, on a machine that is busy. */
const testLimitMs = 90_000;
const wallClockMs = 30_000;

export function describeContract(name: string, openGateway: OpenGateway): void {
  const subject = subjects[name];
  if (subject === undefined) throw new Error(`There is no subject ${name}.`);
  describe(name, () => {
    let programPath = '';
    beforeAll(async () => {
      // Without a network this fails, and says so: an agent that was not asked is not one that keeps its contract.
      programPath = await installAgent(name);
    }, installTimeoutMs);
    const create = (): Agent => {
      const searchPath = process.env.PATH;
      return subject.create({ programPath, ...(searchPath ? { searchPath } : {}) });
    };
    describeStart(name, subject, create);
    describeCells(subject, () => programPath, openGateway);
    describeSessions(subject, create);
  });
}

function ground(files: Readonly<Record<string, string>> = {}): Ground {
  const made = makeGround({ 'hello.txt': 'hello\n', ...files });
  onTestFinished(made.remove);
  return made;
}

function describeStart(name: string, subject: Subject, create: () => Agent): void {
  const unused = {
    url: 'http://127.0.0.1:9/s/id/provider',
    key: 'session-key',
    wire: 'openai-chat',
  } as const;

  test('R-SES-4: is found, and names the tested version', { timeout: testLimitMs }, async () => {
    expect(create().name).toBe(name);
    const { testedVersion } = programsByAgent[name] ?? {};
    expect(await create().probe()).toEqual({
      ...{ isInstalled: true, version: testedVersion, testedVersion, advice: null },
    });
  });

  test('R-SEC-4: has an environment of its own, and its text is no shell line and no option', async () => {
    process.env.MOOSE_TEST_CANARY = 'a secret of Moose';
    onTestFinished(() => void delete process.env.MOOSE_TEST_CANARY);
    const told = { title: '-p $(touch x)', brief: '--version', model: subject.model, gateway: unused };
    const { argv, env } = await create().prepare(makeTask(ground(), told));
    expect(JSON.stringify(env)).not.toContain('a secret of Moose');
    expect(argv[0].startsWith('/')).toBe(true);
    expect(argv).not.toContain('--version');
    expect(argv.join(' ')).not.toContain(unused.key);
  });

  test('what it cannot do without is said before anything is started', async () => {
    const prepare = (task: object) => create().prepare(makeTask(ground(), { model: subject.model, ...task }));
    await expect(prepare({ gateway: null })).rejects.toMatchObject({ code: 'AGENT_GATEWAY_MISSING' });
    await expect(prepare({ gateway: unused, model: null })).rejects.toMatchObject({
      code: 'AGENT_MODEL_MISSING',
    });
    const absent = subject.create({ programPath: '/nowhere/at/all' });
    await expect(
      absent.prepare(makeTask(ground(), { model: subject.model, gateway: unused })),
    ).rejects.toMatchObject({ code: 'AGENT_PROGRAM_MISSING' });
  });

  test('R-SES-5: a session that left no output is reported, not thrown', async () => {
    const { sessionPath } = ground();
    const now = new Date();
    const absent = join(sessionPath, 'absent');
    const end = { exitCode: null, signal: null, reason: 'lost' as const, startedAt: now, endedAt: now };
    const report = await create().report({ sessionPath, stdoutPath: absent, stderrPath: absent }, end);
    expect(report).toMatchObject({ finalEvent: 'missing', failure: { retryable: true } });
  });
}

function describeCells(subject: Subject, programPath: () => string, openGateway: OpenGateway): void {
  const short = faults.filter(({ name }) => name in shortForm);
  test.each(short)(
    'R-SES-5, R-BUD-4: its model goes wrong: $name',
    { timeout: testLimitMs },
    async (fault) => {
      await expectCell(subject, programPath(), fault, openGateway);
    },
  );
}

async function expectCell(
  subject: Subject,
  programPath: string,
  fault: AgentFault,
  openGateway: OpenGateway,
): Promise<void> {
  const limitMs = shortForm[fault.name] ?? wallClockMs;
  const cell = await runCell({ subject, programPath, fault, openGateway, wallClockMs: limitMs });
  expect(problemsOf(cell, fault), JSON.stringify(cell)).toEqual([]);
}

const noWatchdog = { watchdog: () => null };

function describeSessions(subject: Subject, create: () => Agent): void {
  const inFront = async (turns: readonly Turn[]) => {
    const provider = await startScriptedProvider(turns);
    onTestFinished(provider.stop);
    return provider;
  };
  const taskFor = (scene: Ground, agent: Agent, url: string, key = 'session-key') => {
    const wire = agent.wires[0];
    if (wire === undefined) throw new Error(`${agent.name} calls no model.`);
    return makeTask(scene, { model: subject.model, gateway: { url, key, wire } });
  };

  test('R-SES-5: a run that changes nothing is no change', { timeout: testLimitMs }, async () => {
    const scene = ground();
    const { url, requests } = await inFront(subject.look(scene.worktreePath));
    const agent = create();
    const run = await runSession(agent, taskFor(scene, agent, url), scene, noWatchdog, { wallClockMs });
    const changed = scene.git('status', '--porcelain') !== '';
    const witnesses = { ...run, changed, ledgerCalls: requests.length, agentCallsModels: true };
    expect(decideOutcome(witnesses).outcome, run.report.summary).toBe('changed_nothing');
  });

  test('R-BUD-6: a run that says it succeeded and was not metered has gone past the gateway', {
    timeout: testLimitMs,
  }, async () => {
    const scene = ground();
    const { url } = await inFront(subject.edit(scene.worktreePath));
    const agent = create();
    const run = await runSession(agent, taskFor(scene, agent, url), scene, noWatchdog, { wallClockMs });
    const witnesses = { ...run, changed: true, ledgerCalls: 0, agentCallsModels: true };
    expect(decideOutcome(witnesses).outcome).toBe('bypassed');
  });

  test('R-BUD-6, R-SEC-2: a repository cannot send it elsewhere, nor have it run anything', {
    timeout: testLimitMs,
  }, async () => {
    const evil = await startFaultServer(errorAnswer('openai-chat', 400, 'elsewhere'));
    onTestFinished(evil.stop);
    const scene = ground(subject.redirect(evil.url));
    const { showEnvironment: show } = subject;
    const { url, requests } = await inFront(show ? [show] : subject.edit(scene.worktreePath));
    const agent = create();
    const task = taskFor(scene, agent, url, 'key-to-look-for');
    const { report } = await runSession(agent, task, scene, noWatchdog, { wallClockMs });
    expect(report, report.summary).toMatchObject({ finalEvent: 'success' });
    expect(evil.requests).toEqual([]);
    expect(scene.git('status', '--porcelain')).toBe(show ? '?? made-by-agent\n' : ' M hello.txt\n');
    if (!show) return;
    const seen = readFileSync(join(scene.worktreePath, 'made-by-agent'), 'utf8');
    expect(seen).toContain(`HOME=${scene.homePath}`);
    expect(JSON.stringify(requests.at(-1)?.messages)).toContain(scene.homePath);
  });

  if (subject.resumes) {
    test('R-SES-2: killed at work, it goes on with its conversation', { timeout: testLimitMs }, async () => {
      const scene = ground();
      const loop = await startLoopingProvider(subject.loop);
      onTestFinished(loop.stop);
      const agent = create();
      // Stopped as soon as a few of its turns are over.
      const watchdog = () => (loop.requests.length > 3 ? ('braked' as const) : null);
      const first = await runSession(
        agent,
        taskFor(scene, agent, loop.url),
        scene,
        { watchdog },
        { wallClockMs, graceMs: 0 },
      );
      expect(first.end).toMatchObject({ reason: 'braked', signal: 'SIGKILL' });
      expect(first.report.finalEvent).toBe('missing');
      const next = scene.nextSession();
      const { url, requests } = await inFront(subject.edit(next.worktreePath));
      const task = { ...taskFor(next, agent, url), title: 'Go on', brief: 'Go on.' };
      const second = await runSession(agent, task, next, noWatchdog, { wallClockMs });
      expect(second.report, second.report.summary).toMatchObject({ finalEvent: 'success' });
      expect(JSON.stringify(requests.at(-1)?.messages)).toContain('Greet in two words');
    });
  }
}
