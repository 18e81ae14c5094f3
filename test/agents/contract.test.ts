import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClaudeCode } from '../../src/agents/claude-code/agent.ts';
import { createPatch } from '../../src/agents/patch/agent.ts';
import { decideOutcome } from '../../src/domain/outcome.ts';
import type { Agent, AgentTask } from '../../src/engine/ports/agent.ts';
import {
  type Ground,
  greeting,
  installReal,
  installTimeoutMs,
  makeGround,
  makeTask,
  runAgent,
  startAgent,
  straightTo,
} from './agent-ground.fixture.ts';
import { startScriptedProvider } from './scripted-provider.fixture.ts';

// What every agent owes the engine, asked of each on its real program.

interface Made {
  agent: Agent;
  task: Partial<AgentTask>;
  calls: () => number | null;
}

interface Subject {
  /** An agent that will make the change, or none. */
  make(ground: Ground, work: 'edits' | 'does nothing'): Promise<Made>;
}

const subjects: Record<string, Subject> = {
  patch: {
    make: async () => ({
      agent: createPatch(),
      task: { proposal: greeting, model: null },
      calls: () => null,
    }),
  },
  'claude-code': {
    make: async (ground, work) => {
      const path = join(ground.worktreePath, 'hello.txt');
      // It refuses to write over a file that it has not read.
      const read = { name: 'Read', arguments: { file_path: path } };
      const write = { name: 'Write', arguments: { file_path: path, content: 'hello world\n' } };
      const provider = await startScriptedProvider(work === 'edits' ? [[read], [write]] : [[read]]);
      onTestFinished(async () => await provider.stop());
      const agent = createClaudeCode({ programPath: claudePath });
      return { agent, task: { gateway: straightTo(provider.url) }, calls: () => provider.requests.length };
    },
  },
};

const nothing = { ...greeting, edits: [{ kind: 'write' as const, path: 'hello.txt', content: 'hello\n' }] };
const realRunMs = 30_000;
let claudePath = '';

beforeAll(async () => {
  claudePath = await installReal('claude-code');
}, installTimeoutMs);

describe.each(Object.entries(subjects))('%s', (name, subject) => {
  const real = (title: string, body: (ground: Ground) => Promise<void>): void => {
    test(title, { timeout: realRunMs }, async () => {
      const ground = makeGround({ 'hello.txt': 'hello\n', 'other.txt': 'other\n' });
      onTestFinished(ground.remove);
      await body(ground);
    });
  };

  real('is found, and names its version', async (ground) => {
    const { agent } = await subject.make(ground, 'edits');
    expect(agent.name).toBe(name);
    const probe = await agent.probe();
    expect(probe).toMatchObject({
      isInstalled: true,
      version: expect.stringMatching(/\d+\.\d+\.\d+/),
      advice: null,
    });
  });

  real('R-PIPE-5: makes the change and no other, exits, and says so', async (ground) => {
    const { agent, task, calls } = await subject.make(ground, 'edits');
    const head = ground.git('rev-parse', 'HEAD');
    const { end, report } = await runAgent(agent, makeTask(ground, task), ground);
    expect(report).toMatchObject({ finalEvent: 'success', failure: null });
    expect(end).toMatchObject({ exitCode: 0, signal: null });
    expect(ground.git('status', '--porcelain', '--ignored')).toBe(' M hello.txt\n');
    expect(readFileSync(join(ground.worktreePath, 'hello.txt'), 'utf8')).toBe('hello world\n');
    expect(ground.git('rev-parse', 'HEAD')).toBe(head);
    const { outcome } = decideOutcome({
      report,
      end,
      ledgerCalls: calls(),
      changed: true,
      agentCallsModels: agent.writesCode,
    });
    expect(outcome).toBe('changed');
  });

  real('R-SES-5: a run that changes nothing is no change, whatever its exit code', async (ground) => {
    const { agent, task, calls } = await subject.make(ground, 'does nothing');
    const asked = makeTask(ground, task.proposal ? { ...task, proposal: nothing } : task);
    const { end, report } = await runAgent(agent, asked, ground);
    expect(end.exitCode).toBe(0);
    const changed = ground.git('status', '--porcelain') !== '';
    const { outcome } = decideOutcome({
      report,
      end,
      ledgerCalls: calls(),
      changed,
      agentCallsModels: agent.writesCode,
    });
    expect(outcome).toBe('changed_nothing');
  });

  real(
    'R-SEC-4: gets an environment of its own, and hands its text over as no shell line',
    async (ground) => {
      const { agent, task } = await subject.make(ground, 'edits');
      process.env.MOOSE_TEST_CANARY = 'a secret of Moose';
      onTestFinished(() => void delete process.env.MOOSE_TEST_CANARY);
      const { argv, env } = await agent.prepare(
        makeTask(ground, { ...task, title: '-p $(touch x)', brief: '--version' }),
      );
      expect(JSON.stringify(env)).not.toContain('a secret of Moose');
      expect(argv[0].startsWith('/')).toBe(true);
      expect(argv).not.toContain('--version');
    },
  );

  real('R-SES-5: a run that was killed before its last word is a crash', async (ground) => {
    const { agent, task } = await subject.make(ground, 'edits');
    const running = startAgent(await agent.prepare(makeTask(ground, task)), ground);
    process.kill(-(running.child.pid ?? 0), 'SIGKILL');
    const end = await running.end();
    const report = await agent.report(running.files, end);
    expect(report).toMatchObject({ finalEvent: 'missing', failure: { code: 'AGENT_NO_RESULT' } });
    expect(report.failure?.message).toContain('SIGKILL');
    expect(
      decideOutcome({ report, end, ledgerCalls: null, changed: false, agentCallsModels: true }).outcome,
    ).toBe('crashed');
  });

  real('a session whose output files are not there is reported, not thrown', async (ground) => {
    const { agent } = await subject.make(ground, 'edits');
    const now = new Date();
    const absent = join(ground.sessionPath, 'absent');
    const end = { exitCode: null, signal: null, reason: 'lost' as const, startedAt: now, endedAt: now };
    const report = await agent.report(
      { sessionPath: ground.sessionPath, stdoutPath: absent, stderrPath: absent },
      end,
    );
    expect(report).toMatchObject({ finalEvent: 'missing', failure: { retryable: true } });
  });
});
