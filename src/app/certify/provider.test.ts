import { afterEach, expect, test } from 'vitest';
import { cutStream } from './cut-stream.ts';
import { errorAnswer } from './error-answer.ts';
import { type Behaviour, type CertifyingProvider, startCertifyingProvider } from './provider.ts';

const running: CertifyingProvider[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((provider) => provider.stop()));
});

async function start(behaviour: Behaviour): Promise<CertifyingProvider> {
  const provider = await startCertifyingProvider();
  running.push(provider);
  provider.behave(behaviour);
  return provider;
}

const messages = [{ role: 'user', content: 'Do it.' }];
const calls: Record<string, object> = {
  '/v1/chat/completions': { model: 'm', messages },
  '/v1/messages': { model: 'm', max_tokens: 10, messages },
  '/v1/responses': {
    model: 'm',
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'Do it.' }] }],
  },
  '/v1beta/models/m:generateContent': { contents: [{ role: 'user', parts: [{ text: 'Do it.' }] }] },
};

const ask = (provider: CertifyingProvider, path: string, signal?: AbortSignal) =>
  fetch(`${provider.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls[path]),
    ...(signal ? { signal } : {}),
  });

test.each(Object.keys(calls))('%s is answered by the script, and counted', async (path) => {
  const provider = await start({ kind: 'script', answer: ({ index }) => ({ text: `Call ${index}` }) });
  expect(await (await ask(provider, path)).text()).toContain('Call 0');
  expect(await (await ask(provider, path)).text()).toContain('Call 1');
  expect(provider.calls()).toBe(2);
});

test.each(Object.keys(calls))('%s fails as the row says, in its own words', async (path) => {
  const provider = await start({
    kind: 'fault',
    fault: (wire) => errorAnswer(wire, 429, 'Slow down.', { 'retry-after': '1' }),
  });
  const response = await ask(provider, path);
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await response.text()).toContain('Slow down.');
  expect(provider.calls()).toBe(1);
});

test('an answer is cut in the middle', async () => {
  const provider = await start({ kind: 'fault', fault: (wire) => cutStream(wire, 'm') });
  const response = await ask(provider, '/v1/chat/completions');
  await expect(response.text()).rejects.toThrow();
});

test('a call that is never answered ends with the row', async () => {
  const provider = await start({ kind: 'fault', fault: () => ({ kind: 'hang' }) });
  const asking = ask(provider, '/v1/messages').catch(() => 'closed');
  await expect.poll(() => provider.calls(), { interval: 5 }).toBe(1);
  provider.behave({ kind: 'script', answer: () => ({ text: 'Next row' }) });
  expect(await asking).toBe('closed');
  expect(provider.calls()).toBe(0);
});

test('the script sees the tools, and how far the conversation is', async () => {
  const seen: unknown[] = [];
  const provider = await start({
    kind: 'script',
    answer: ({ turn, tools }) => {
      seen.push([turn, tools?.map(({ function: { name } }) => name)]);
      return { tool: { name: 'bash', arguments: '{"command":"true"}' } };
    },
  });
  const tools = [{ type: 'function', function: { name: 'bash', parameters: { type: 'object' } } }];
  calls['/v1/chat/completions'] = {
    model: 'm',
    tools,
    messages: [
      ...messages,
      { role: 'assistant', content: 'I begin.' },
      { role: 'tool', tool_call_id: 'c', content: '' },
    ],
  };
  expect(await (await ask(provider, '/v1/chat/completions')).text()).toContain('"name":"bash"');
  expect(seen).toEqual([[1, ['bash']]]);
});
