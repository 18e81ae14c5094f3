import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { expect, onTestFinished, test } from 'vitest';
import { exchangeFoldersIn } from '../../sessions/requests/exchange.ts';
import { makeExchange } from '../../sessions/requests/write-answer.ts';
import { serveSubtasks } from './serve-subtasks.ts';

async function ground(answerMsMax: number) {
  const directory = mkdtempSync(join(tmpdir(), 'moose-asking-'));
  const folders = exchangeFoldersIn(directory);
  makeExchange(folders);
  const [own, other] = InMemoryTransport.createLinkedPair();
  const server = await serveSubtasks(folders, other, { answerMsMax });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(own);
  onTestFinished(async () => {
    await client.close();
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const call = (name: string, given: Record<string, unknown>) => client.callTool({ name, arguments: given });
  return { client, folders, call };
}

const wanted = { title: 'Fix the parser', instructions: 'It drops a day.' };

test('R-AGENT-4: an agent is told what a sub-task is, and that it must not wait for one', async () => {
  const { client } = await ground(0);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(['request_subtask', 'list_subtasks']);
  expect(tools[0]?.description).toMatch(/not from your change.*do not wait for it.*at most 3/);
  expect(tools[0]?.inputSchema).toMatchObject({ required: ['title', 'instructions'] });
});

test('R-AGENT-4: without an answer, the agent is told to look later, and its request is taken back', async () => {
  const { folders, call } = await ground(0);
  expect(await call('list_subtasks', {})).toMatchObject({
    isError: true,
    content: [{ text: 'Moose has not answered yet. Call list_subtasks later.' }],
  });
  expect(readdirSync(folders.asked)).toEqual([]);
});

test('R-AGENT-4: a request is a whole file, and the answer to it is handed on', async () => {
  const { folders, call } = await ground(60_000);
  const answered = call('request_subtask', { ...wanted, limit_usd: 0.5 });
  await expect.poll(() => readdirSync(folders.asked)).toHaveLength(1);
  const [name = ''] = readdirSync(folders.asked);
  expect(JSON.parse(readFileSync(join(folders.asked, name), 'utf8'))).toEqual({
    kind: 'request_subtask',
    ...wanted,
    limit_usd: 0.5,
  });
  const refusal = { kind: 'refused', code: 'SUBTASKS_OFF', message: 'No.', advice: 'Ask.' };
  writeFileSync(join(folders.answered, name), JSON.stringify(refusal));
  expect(await answered).toMatchObject({ isError: true, content: [{ text: 'SUBTASKS_OFF: No. Ask.' }] });
  expect(readdirSync(folders.asked)).toEqual([]);
});

test('an answer that cannot be read is an error of the tool', async () => {
  const { folders, call } = await ground(60_000);
  const answered = call('list_subtasks', {});
  await expect.poll(() => readdirSync(folders.asked)).toHaveLength(1);
  writeFileSync(join(folders.answered, readdirSync(folders.asked)[0] ?? ''), '{');
  expect(await answered).toMatchObject({ isError: true });
});
