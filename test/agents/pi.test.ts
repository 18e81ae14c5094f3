import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createPi } from '../../src/agents/pi/agent.ts';
import { errorAnswer } from '../../src/app/certify/error-answer.ts';
import { startFaultServer } from '../fault-server.ts';
import {
  type Ground,
  installReal,
  installTimeoutMs,
  makeGround,
  makeTask,
  runAgent,
  straightTo,
} from './agent-ground.fixture.ts';
import { startScriptedProvider, type Turn } from './scripted-provider.fixture.ts';

// The behaviour of the program was measured once; these tests check that the pinned version still has it.

let programPath = '';
beforeAll(async () => {
  programPath = await installReal('pi');
}, installTimeoutMs);

const timeout = 60_000;

function makeScene(files: Record<string, string> = {}): Ground {
  const ground = makeGround({ 'hello.txt': 'hello\n', ...files });
  onTestFinished(ground.remove);
  return ground;
}

async function scripted(...turns: Turn[]) {
  const provider = await startScriptedProvider(turns);
  onTestFinished(provider.stop);
  return provider;
}

const write = [{ name: 'write', arguments: { path: 'hello.txt', content: 'hello world\n' } }];

// A model's name may contain the characters of options, paths and reasoning levels.
test.each(['compatible/meta-llama/Llama-4:70b-instruct', 'openai/gpt-5.1:high'])(
  'it works over Chat Completions, with the model %s and no other',
  { timeout },
  async (model) => {
    const scene = makeScene();
    const { url, requests } = await scripted(write);
    const task = makeTask(scene, { model, gateway: straightTo(url, 'openai-chat') });
    const { report } = await runAgent(createPi({ programPath }), task, scene);
    expect(report, report.summary).toMatchObject({ finalEvent: 'success', modelCalls: 2 });
    expect(scene.git('status', '--porcelain', '--ignored')).toBe(' M hello.txt\n');
    const asked = new Set(requests.map((request) => request.model));
    expect([...asked]).toEqual([model.slice(model.indexOf('/') + 1)]);
  },
);

test("it speaks Gemini's protocol", { timeout }, async () => {
  const scene = makeScene();
  const { url, requests } = await scripted('Nothing is to be done.');
  const gateway = straightTo(url, 'gemini');
  const task = makeTask(scene, { model: 'gemini/gemini-3.8-flash', gateway });
  const { report } = await runAgent(createPi({ programPath }), task, scene);
  expect(report).toMatchObject({ finalEvent: 'success', summary: 'Nothing is to be done.' });
  expect(requests.map((request) => request.model)).toEqual(['gemini-3.8-flash']);
});

test('R-BUD-6: the commands that it runs do not have the key', { timeout }, async () => {
  const scene = makeScene();
  const { url } = await scripted([{ name: 'bash', arguments: { command: 'env > seen.txt' } }]);
  const gateway = { ...straightTo(url), key: 'key-to-look-for' };
  await runAgent(createPi({ programPath }), makeTask(scene, { gateway }), scene);
  const seen = readFileSync(join(scene.worktreePath, 'seen.txt'), 'utf8');
  expect(seen).toContain(`HOME=${scene.homePath}`);
  expect(seen).not.toContain('key-to-look-for');
});

test('a conversation that the provider refuses as too long is not resumed', { timeout }, async () => {
  const fault = errorAnswer('anthropic-messages', 400, 'prompt is too long: 210000 tokens > 200000 maximum');
  const { url, stop } = await startFaultServer(fault);
  onTestFinished(stop);
  const scene = makeScene();
  const agent = createPi({ programPath });
  const first = await runAgent(agent, makeTask(scene, { gateway: straightTo(url) }), scene);
  expect(first.report.failure).toMatchObject({ code: 'AGENT_CONTEXT_TOO_LONG' });
  const next = scene.nextSession();
  const works = await scripted(write);
  const task = makeTask(next, { brief: 'Go on.', gateway: straightTo(works.url) });
  const second = await runAgent(agent, task, next);
  expect(second.report).toMatchObject({ finalEvent: 'success' });
  expect(works.requests[0]?.messages.filter(({ role }) => role === 'user')).toHaveLength(1);
});

test('529: it retries as often as configured', { timeout }, async () => {
  const fault = errorAnswer('anthropic-messages', 529, 'Overloaded');
  const { url, requests, stop } = await startFaultServer(fault);
  onTestFinished(stop);
  const scene = makeScene();
  const agent = createPi({ programPath, retriesMax: 1 });
  const { report } = await runAgent(agent, makeTask(scene, { gateway: straightTo(url) }), scene);
  expect(report.failure).toMatchObject({ code: 'AGENT_PROVIDER_DOWN', category: 'transient' });
  expect(requests).toHaveLength(2);
});
