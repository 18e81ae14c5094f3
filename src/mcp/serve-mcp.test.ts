import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { commandLineAsk } from '../../test/command-line-ask.ts';
import { testDatabase } from '../../test/database.ts';
import { createMoose } from '../engine/moose.ts';
import { noForge } from '../engine/no-forge.fixture.ts';
import { systemClock } from '../stdx/clock.ts';
import { serveMcp } from './serve-mcp.ts';

test('fear: a defect of Moose ends the conversation, or shows internal details to the assistant', async () => {
  const database = await testDatabase();
  const lines: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
  const known = { agentNames: [], assertModel: () => Promise.reject(new TypeError('the insides')) };
  const moose = createMoose({
    signal: new AbortController().signal,
    database,
    clock: systemClock,
    ...noForge,
    known,
    actor: 'mcp:helper',
  });
  const ask = commandLineAsk(database, moose, { actor: 'mcp:helper', via: 'mcp' });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const server = await serveMcp({ ask, logger, version: '1' }, ours);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(theirs);
  const given = { title: 'Mend it', repository_path: '/nowhere', model: 'a/b' };
  const answer = await client.callTool({ name: 'submit_work_order', arguments: given });
  expect(answer.isError).toBe(true);
  const [{ text } = { text: '' }] = answer.content as Array<{ text: string }>;
  expect(JSON.parse(text)).toMatchObject({ code: 'UNEXPECTED' });
  expect(text).not.toContain('the insides');
  expect(lines.join('')).toContain('the insides');
  const misspelt = { title: 'Mend it', repository_path: '/nowhere', limit: 5 };
  const refused = await client.callTool({ name: 'submit_work_order', arguments: misspelt });
  expect(JSON.stringify(refused)).toContain('has no');
  const listed = await client.callTool({ name: 'list_work_orders', arguments: {} });
  expect(listed.isError ?? false).toBe(false);
  await client.close();
  await server.close();
});
