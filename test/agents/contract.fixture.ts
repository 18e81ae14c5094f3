// What the engine requires of every agent, tested with the real program in its tested version: the short form of the
// matrix.

import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { installAgent, installTimeoutMs, programsByAgent } from '../../scripts/agents/install-agent.ts';
import type { Agent } from '../../src/engine/ports/agent.ts';
import { makeTask } from './agent-ground.fixture.ts';
import { problemsOf } from './cell.ts';
import { faults } from './faults.ts';
import { runCell } from './run-cell.ts';
import { describeSessions, ground, testLimitMs } from './session-contract.fixture.ts';
import type { OpenGateway } from './session-gateway.ts';
import type { Subject } from './subjects/subject.ts';
import { subjects } from './subjects/subjects.ts';

/** The cells of the matrix that every test run includes, and how long an agent may be idle in them. */
const shortForm: Readonly<Record<string, number>> = {
  none: 30_000,
  budget: 30_000,
  '401': 30_000,
  // An agent that waits longer than this between its own retries is stopped.
  '500': 6_000,
  'cut stream': 6_000,
  hang: 1_500,
};
const wallClockMs = 120_000;
/** Agents that wait this long at most spend most of their time waiting, so they run at the same time. */
const briefIdleMsMax = 6_000;

export function describeContract(
  name: string,
  openGateway: OpenGateway,
  subject: Subject | undefined = subjects[name],
): void {
  if (subject === undefined) throw new Error(`There is no subject ${name}.`);
  describe(name, () => {
    let programPath = '';
    beforeAll(async () => {
      // Without a network this fails with a clear message: an agent that was not tested has not passed.
      programPath = await installAgent(subject.program ?? name);
    }, installTimeoutMs);
    const create = (): Agent => {
      const searchPath = process.env.PATH;
      return subject.create({ programPath, ...(searchPath ? { searchPath } : {}) });
    };
    describeStart(name, subject, create);
    describeCells(subject, () => programPath, openGateway);
    describeSessions(subject, create, openGateway);
  });
}

const unused = { url: 'http://127.0.0.1:9/s/id/provider', key: 'session-key', wire: 'openai-chat' } as const;

function describeStart(name: string, subject: Subject, create: () => Agent): void {
  const prepare = (task: object, agent = create()) =>
    agent.prepare(makeTask(ground(), { model: subject.model, gateway: unused, ...task }));

  test('R-SES-4: the program is found, and has the tested version', { timeout: testLimitMs }, async () => {
    expect(create().name).toBe(name);
    const { testedVersion = null } = programsByAgent[name] ?? {};
    const version = testedVersion;
    expect(await create().probe()).toEqual({ isInstalled: true, version, testedVersion, advice: null });
  });

  test('R-SEC-4: has its own environment, and its prompt is neither a shell command nor an option', async () => {
    process.env.MOOSE_TEST_CANARY = 'a secret of Moose';
    onTestFinished(() => void delete process.env.MOOSE_TEST_CANARY);
    const { argv, env } = await prepare({ title: '-p $(touch x)', brief: '--version' });
    expect(JSON.stringify(env)).not.toContain('a secret of Moose');
    expect(argv[0].startsWith('/')).toBe(true);
    expect(argv).not.toContain('--version');
    expect(argv.join(' ')).not.toContain(unused.key);
  });

  test('a missing requirement is reported before anything is started', async () => {
    await expect(prepare({ gateway: null })).rejects.toMatchObject({ code: 'AGENT_GATEWAY_MISSING' });
    await expect(prepare({ model: null })).rejects.toMatchObject({ code: 'AGENT_MODEL_MISSING' });
    const absent = subject.create({ programPath: '/nowhere/at/all' });
    await expect(prepare({}, absent)).rejects.toMatchObject({ code: 'AGENT_PROGRAM_MISSING' });
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
  for (const fault of faults) {
    const idleMs = shortForm[fault.name];
    if (idleMs === undefined) continue;
    const run = idleMs > briefIdleMsMax ? test : test.concurrent;
    run(`R-SES-5, R-BUD-4: its model fails: ${fault.name}`, { timeout: testLimitMs }, async ({ expect }) => {
      const limits = { wallClockMs, idleMs };
      const cell = await runCell({ subject, programPath: programPath(), fault, openGateway, ...limits });
      expect(problemsOf(cell, fault), JSON.stringify(cell)).toEqual([]);
    });
  }
}
