import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { promptMarks } from '../domain/agents/prompt-marks.ts';
import { type Proposal, proposalSchema } from '../domain/agents/proposal.ts';
import { createModel } from '../models/catalog.ts';
import { findKnownPrice, scriptedModels } from '../models/prices.ts';
import { demoWorkOrders } from './demo-work-orders.ts';
import type { Script } from './scripted-answer.ts';
import { type ScriptedProvider, startScriptedProvider } from './scripted-provider.ts';

const running: ScriptedProvider[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((provider) => provider.stop()));
});

async function start(script: Script): Promise<ScriptedProvider> {
  const provider = await startScriptedProvider({ script });
  running.push(provider);
  return provider;
}

const workOrderId = '019a9f6e-0000-7000-8000-000000000001';
const proposal: Proposal = { plan: 'Do it.', edits: [{ kind: 'write', path: 'a', content: 'b' }], risks: [] };

function prompt(title: string, attempt: number): string {
  const { workOrder, title: titleMark, attempt: attemptMark } = promptMarks;
  return `${workOrder} ${workOrderId}\n${titleMark} ${title}\n${attemptMark} ${attempt}\n\nPlease.`;
}

function ask(baseUrl: string, asked: { title?: string; attempt?: number; timeoutMs?: number } = {}) {
  return createModel(scriptedModels.strong, { scripted: { baseUrl } }, findKnownPrice()).generate({
    system: 'You propose.',
    prompt: prompt(asked.title ?? 'Do it', asked.attempt ?? 1),
    schema: proposalSchema,
    schemaName: 'proposal',
    outputTokensMax: 4_000,
    timeoutMs: asked.timeoutMs ?? 5_000,
    signal: new AbortController().signal,
  });
}

test('a proposal is sent over the wire, with a usage that depends only on the texts (R-BASE-5)', async () => {
  const provider = await start(() => proposal);
  const answer = await ask(provider.baseUrl);
  expect(answer).toMatchObject({ kind: 'object', object: proposal });
  expect(answer.usage.inputTokens).toBeGreaterThan(50);
  expect(answer.usage.outputTokens).toBe(Math.ceil(JSON.stringify(proposal).length / 4));
  expect(provider.calls()).toEqual([
    { workOrderId, title: 'Do it', attempt: 1, model: 'strong', at: expect.any(Date) },
  ]);
});

test('the attempt comes from the prompt, so a call made again after a crash gets the same answer', async () => {
  const provider = await start(({ attempt }) => ({ ...proposal, plan: `Try ${attempt}` }));
  for (const attempt of [2, 1, 2]) {
    expect(await ask(provider.baseUrl, { attempt })).toMatchObject({ object: { plan: `Try ${attempt}` } });
  }
});

test.each<[string, Awaited<ReturnType<Script>>, object]>([
  ['broken text', { raw: '{"plan' }, { kind: 'malformed' }],
  ['an empty text', { raw: '' }, { kind: 'empty' }],
  ['a cut', { raw: '{"plan', finishReason: 'length' }, { kind: 'truncated' }],
  ['a refusal', { raw: 'No.', finishReason: 'content_filter' }, { kind: 'refused' }],
  [
    '429',
    { status: 429, body: { error: { message: 'slow' } }, headers: { 'retry-after': '2' } },
    { code: 'MODEL_RATE_LIMITED', retryAfterMs: 2_000 },
  ],
  [
    'HTML',
    { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } },
    { code: 'MODEL_GARBLED' },
  ],
  ['a short silence', { hangMs: 20 }, { code: 'MODEL_UNREACHABLE' }],
  ['a long silence', { hangMs: 60_000 }, { code: 'MODEL_TIMEOUT' }],
  ['a reset', { reset: true }, { code: 'MODEL_UNREACHABLE' }],
])('%s is sent as a provider would', async (_, answer, outcome) => {
  const provider = await start(() => answer);
  const asking = ask(provider.baseUrl, { timeoutMs: 300 }).catch((failure: unknown) => failure);
  expect(await asking).toMatchObject(outcome);
});

test('a script that throws is reported as a failure of the provider', async () => {
  const provider = await start(() => {
    throw new Error('no page');
  });
  await expect(ask(provider.baseUrl)).rejects.toMatchObject({
    code: 'MODEL_OVERLOADED',
    metadata: { providerMessage: 'The script failed: no page' },
  });
});

test('fifty concurrent calls all get their own answers', async () => {
  const provider = await start(({ title }) => ({ ...proposal, plan: String(title) }));
  const wanted = Array.from({ length: 50 }, (_, index) => `Order ${index}`);
  const answers = await Promise.all(wanted.map((title) => ask(provider.baseUrl, { title })));
  expect(answers.map((answer) => answer.kind === 'object' && answer.object.plan)).toEqual(wanted);
  expect(provider.calls()).toHaveLength(50);
});

test('agents can talk to it in the other protocols', async () => {
  const provider = await start(({ attempt }) => ({ raw: `Try ${attempt}` }));
  const content = prompt('Do it', 3);
  for (const [path, body] of [
    ['messages', { model: 'm', max_tokens: 10, messages: [{ role: 'user', content }] }],
    [
      'responses',
      { model: 'm', input: [{ role: 'user', content: [{ type: 'input_text', text: content }] }] },
    ],
  ] as const) {
    const response = await fetch(`${provider.baseUrl}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(await response.text()).toContain('Try 3');
  }
  expect(provider.calls().map(({ attempt }) => attempt)).toEqual([3, 3]);
});

test('it stops immediately, even with a hanging call', async () => {
  const provider = await startScriptedProvider({ script: () => ({ hangMs: 60_000 }) });
  const asking = ask(provider.baseUrl).catch((failure: unknown) => failure);
  await expect.poll(() => provider.calls().length, { interval: 5 }).toBe(1);
  await provider.stop();
  expect(await asking).toMatchObject({ code: 'MODEL_UNREACHABLE' });
});

test('as a separate program it prints its address, answers the demo, and ends on SIGTERM', async () => {
  const program = fileURLToPath(new URL('./scripted-provider-program.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { baseUrl } = JSON.parse(line) as { baseUrl: string };
    const title = demoWorkOrders[0]?.title ?? '';
    expect(await ask(baseUrl, { title })).toMatchObject({ kind: 'object' });
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});
