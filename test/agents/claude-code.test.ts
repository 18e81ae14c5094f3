import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createClaudeCode } from '../../src/agents/claude-code/agent.ts';
import type { ClaudeCodeOptions } from '../../src/agents/claude-code/options.ts';
import { inlineBriefBytesMax } from '../../src/agents/prompt.ts';
import { decideOutcome } from '../../src/domain/work-order/outcome.ts';
import {
  type Ground,
  installReal,
  installTimeoutMs,
  makeGround,
  makeTask,
  runAgent,
  straightTo,
} from './agent-ground.fixture.ts';
import {
  type Answer,
  errorAnswer,
  type FaultProvider,
  startFaultProvider,
} from './fault-provider.fixture.ts';
import { startScriptedProvider, type ToolCall, usagePerCall } from './scripted-provider.fixture.ts';

// The behaviour of the program was measured once; these tests check that the pinned version still has it.

let programPath = '';
beforeAll(async () => {
  programPath = await installReal('claude-code');
}, installTimeoutMs);

/** A test that needs the real program: half a second to start it, much more on a busy machine. */
function realTest(
  name: string,
  body: (make: (options?: ClaudeCodeOptions) => ReturnType<typeof createClaudeCode>) => Promise<void>,
): void {
  test(name, async () => {
    await body((options) => createClaudeCode({ programPath, retriesMax: 0, ...options }));
  });
}

function makeScene(files: Record<string, string> = {}): Ground {
  const ground = makeGround({ 'hello.txt': 'hello\n', ...files });
  onTestFinished(ground.remove);
  return ground;
}

async function faulty(answer: Answer): Promise<FaultProvider> {
  const provider = await startFaultProvider(answer);
  onTestFinished(provider.stop);
  return provider;
}

async function scripted(...turns: ToolCall[][]) {
  const provider = await startScriptedProvider(turns);
  onTestFinished(provider.stop);
  return provider;
}

const bash = (command: string): ToolCall => ({ name: 'Bash', arguments: { command, description: 'Test' } });

realTest('529: it retries as often as configured', async (make) => {
  const { url, requests } = await faulty(errorAnswer(529, 'overloaded_error', 'Overloaded'));
  const scene = makeScene();
  const { report } = await runAgent(
    make({ retriesMax: 1 }),
    makeTask(scene, { gateway: straightTo(url) }),
    scene,
  );
  expect(report.failure).toMatchObject({ code: 'AGENT_PROVIDER_DOWN', category: 'transient' });
  expect(requests.map(({ apiKey }) => apiKey)).toEqual(['session-key', 'session-key']);
});

realTest('a conversation that the provider refuses as too long is not resumed', async (make) => {
  const { url } = await faulty(
    errorAnswer(400, 'invalid_request_error', 'prompt is too long: 210000 tokens'),
  );
  const scene = makeScene();
  const agent = make();
  const first = await runAgent(agent, makeTask(scene, { gateway: straightTo(url) }), scene);
  expect(first.report.failure).toMatchObject({ code: 'AGENT_CONTEXT_TOO_LONG' });
  const next = await agent.prepare(makeTask(scene.nextSession(), { gateway: straightTo(url) }));
  expect(next.argv).not.toContain('--resume');
  expect(next.argv.at(-1)).not.toBe(first.command.argv.at(-1));
});

realTest('a refusal by the model is not a failure of the program', async (make) => {
  const { url } = await faulty(refusal);
  const scene = makeScene();
  const { end, report } = await runAgent(make(), makeTask(scene, { gateway: straightTo(url) }), scene);
  expect(report).toMatchObject({ finalEvent: 'refused', failure: { code: 'AGENT_REFUSED' } });
  const { outcome } = decideOutcome({ report, end, ledgerCalls: 2, changed: false, agentCallsModels: true });
  expect(outcome).toBe('refused');
});

const refusal: Answer = (_request, response) => {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 1 },
  };
  const events: Record<string, object> = {
    message_start: { message },
    content_block_start: { index: 0, content_block: { type: 'text', text: '' } },
    content_block_stop: { index: 0 },
    message_delta: { delta: { stop_reason: 'refusal', stop_sequence: null }, usage: { output_tokens: 1 } },
    message_stop: {},
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [type, data] of Object.entries(events))
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  response.end();
};

realTest(
  'a brief that is too long for an argument is passed in a file, which the agent can read',
  async (make) => {
    const made = makeScene({ 'CLAUDE.md': 'x', 'AGENTS.md': 'y' });
    // A session path that is too long for a socket must not break the agent either.
    const scene = { ...made, sessionPath: join(made.sessionPath, 'x'.repeat(100), 'y'.repeat(100)) };
    mkdirSync(scene.sessionPath, { recursive: true });
    const path = join(scene.sessionPath, 'brief.md');
    const look = { name: 'Grep', arguments: { pattern: 'last word', path, output_mode: 'content' } };
    const { url, requests } = await scripted([look]);
    const brief = `${'The greeting matters. '.repeat(inlineBriefBytesMax / 20)}\nThe last word is PINEAPPLE.`;
    const { report } = await runAgent(make(), makeTask(scene, { brief, gateway: straightTo(url) }), scene);
    expect(report.finalEvent).toBe('success');
    const [first, second] = requests.map(({ messages }) => JSON.stringify(messages));
    expect(first).toContain(path);
    expect(first).toContain('Read CLAUDE.md and AGENTS.md first');
    expect(first).not.toContain('PINEAPPLE');
    expect(second).toContain('PINEAPPLE');
  },
);

realTest(
  'cost, calls and tokens are those of this run only, even if it resumes a conversation',
  async (make) => {
    const { url, requests } = await scripted([bash('true')]);
    const scene = makeScene();
    const agent = make();
    const gateway = straightTo(url);
    const { prompt_tokens: input, completion_tokens: output } = usagePerCall;
    // This model costs $3 and $15 per million tokens.
    const costNanoUsd = BigInt(2 * (input * 3_000 + output * 15_000));
    const spent = { modelCalls: 2, inputTokens: 2 * input, outputTokens: 2 * output, costNanoUsd };
    const first = await runAgent(agent, makeTask(scene, { gateway }), scene);
    expect(first.report).toMatchObject({ finalEvent: 'success', ...spent });
    const next = scene.nextSession();
    const second = await runAgent(agent, makeTask(next, { title: 'Again', brief: 'Again.', gateway }), next);
    expect(second.command.argv).toContain('--resume');
    expect(second.report).toMatchObject({ finalEvent: 'success', ...spent });
    expect(JSON.stringify(requests.at(-1)?.messages)).toContain('Greet in two words');
    // The agent's temporary files stay in the session's directory.
    expect(readdirSync(next.sessionPath)).toContain('tmp');
  },
);

realTest('the spending limit of the agent itself stops it', async (make) => {
  const { url, requests } = await scripted(...Array(20).fill([bash('true')]));
  const scene = makeScene();
  const task = makeTask(scene, { spendLimitNanoUsd: 10_000_000n, gateway: straightTo(url) });
  const { report } = await runAgent(make(), task, scene);
  const failure = { code: 'AGENT_BUDGET', failureClass: 'budget_exceeded' };
  expect(report).toMatchObject({ finalEvent: 'failure', failure });
  expect(requests.length).toBeLessThan(5);
});
